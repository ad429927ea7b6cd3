#include "core/keys/key_reloader.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "core/keys/key_test_support.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using jose::Algorithm;

// Far beyond what any of these tests takes; only a failure waits for it.
constexpr std::chrono::seconds kPatience(30);

// Takes events from the reloader's thread.
class EventLog {
 public:
  void Add(const ReloadEvent& event) {
    std::lock_guard<std::mutex> lock(mutex_);
    events_.push_back(event);
    arrived_.notify_all();
  }
  // The next event; the test fails if none comes.
  ReloadEvent Next() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!arrived_.wait_for(lock, kPatience, [&] { return !events_.empty(); })) {
      ADD_FAILURE() << "no reload";
      return {};
    }
    ReloadEvent event = events_.front();
    events_.pop_front();
    return event;
  }
  // Skips events until one of a success.
  ReloadEvent NextSuccess() {
    for (int i = 0; i < 10; ++i) {
      ReloadEvent event = Next();
      if (event.status.ok()) return event;
    }
    ADD_FAILURE() << "only failures";
    return {};
  }
  size_t size() {
    std::lock_guard<std::mutex> lock(mutex_);
    return events_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<ReloadEvent> events_;
};

std::string PublicJwk(absl::string_view kid) {
  return jose::WritePublicJwk(FreshPublicKey(Algorithm::kEdDsa, kid));
}

class KeyReloaderTest : public ::testing::Test {
 protected:
  void AddSource(const std::string& name, const std::string& file) {
    KeySource source;
    source.name = name;
    source.paths = {folder_.path(file)};
    sources_.push_back(std::move(source));
  }

  // With AddSource before, and the files in place or not.
  void Start() {
    reloader_ = std::make_unique<KeyReloader>(
        &cache_, sources_, Limits(),
        [this](const ReloadEvent& event) { log_.Add(event); });
    first_load_ = reloader_->LoadAll();
    const absl::Status status = reloader_->Watch();
    ASSERT_TRUE(status.ok()) << status;
    for (size_t i = 0; i < sources_.size(); ++i) log_.Next();
  }

  // The kids of the current snapshot, each followed by a blank.
  std::string Kids(absl::string_view name) {
    const KeyCache::ReadGuard guard(cache_);
    const KeySet* set = guard.Find(name);
    if (set == nullptr) return "no set";
    std::string kids;
    for (const auto& key : set->keys()) kids += key->kid() + " ";
    return kids;
  }

  // Waits, event by event, until the snapshot holds `kids`. A slow machine may
  // see one change as two, and so reload twice.
  void AwaitKids(absl::string_view name, absl::string_view kids) {
    while (Kids(name) != kids) {
      log_.Next();
      ASSERT_FALSE(HasFailure()) << Kids(name) << "instead of " << kids;
    }
  }

  // A change that is one event to whoever watches `name`.
  void Replace(absl::string_view name, absl::string_view contents) {
    folder_.Write("replacement", contents);
    folder_.Rename("replacement", name);
  }

  const TestFolder folder_;
  KeyCache cache_;
  EventLog log_;
  std::vector<KeySource> sources_;
  absl::Status first_load_;
  std::unique_ptr<KeyReloader> reloader_;
};

TEST_F(KeyReloaderTest, ReloadsAFileThatIsRewritten) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  Start();
  EXPECT_TRUE(first_load_.ok()) << first_load_;
  EXPECT_EQ(Kids("a"), "k1 ");
  folder_.Write("a.jwk", PublicJwk("k2"));
  const ReloadEvent event = log_.NextSuccess();
  EXPECT_TRUE(event.status.ok()) << event.status;
  EXPECT_EQ(event.key_set, "a");
  EXPECT_EQ(event.generation, 2);
  EXPECT_EQ(event.num_keys, 1);
  EXPECT_EQ(Kids("a"), "k2 ");
}

TEST_F(KeyReloaderTest, ReloadsAFileThatIsReplacedByARenameOver) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  Start();
  for (const char* kid : {"k2", "k3", "k4"}) {
    Replace("a.jwk", PublicJwk(kid));
    EXPECT_TRUE(log_.Next().status.ok());
    EXPECT_EQ(Kids("a"), std::string(kid) + " ");
  }
}

TEST_F(KeyReloaderTest, BrokenFileKeepsTheOldSnapshotAndSaysWhy) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  Start();
  folder_.Write("a.jwk", "{\"kty\":");
  const ReloadEvent broken = log_.Next();
  EXPECT_FALSE(broken.status.ok());
  EXPECT_TRUE(absl::StrContains(broken.status.message(), "a.jwk"))
      << broken.status;
  EXPECT_EQ(broken.generation, 0);
  EXPECT_EQ(Kids("a"), "k1 ");

  folder_.Write("a.jwk", PublicJwk("k2"));
  EXPECT_EQ(log_.NextSuccess().generation, 2);
  EXPECT_EQ(Kids("a"), "k2 ");
}

// A failed refresh never empties the set.
TEST_F(KeyReloaderTest, DeletedOrEmptiedFileKeepsTheOldSnapshot) {
  folder_.Write("a.json", JwkSetText({PublicJwk("k1")}));
  AddSource("a", "a.json");
  Start();
  folder_.Write("a.json", JwkSetText({}));
  EXPECT_FALSE(log_.Next().status.ok());
  folder_.Remove("a.json");
  EXPECT_FALSE(log_.Next().status.ok());
  EXPECT_EQ(Kids("a"), "k1 ");
}

TEST_F(KeyReloaderTest, ReadableSecretIsRefusedUntilItsModeIsRight) {
  folder_.Write("a.jwk",
                jose::WritePrivateJwk(FreshKey(Algorithm::kEdDsa, "k1")), 0644);
  AddSource("a", "a.jwk");
  Start();
  EXPECT_EQ(first_load_.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Kids("a"), "no set");
  folder_.Chmod("a.jwk", 0600);
  EXPECT_TRUE(log_.Next().status.ok());
  EXPECT_EQ(Kids("a"), "k1 ");
}

TEST_F(KeyReloaderTest, LoadsAFileThatAppearsLater) {
  AddSource("a", "later/a.jwk");
  Start();
  EXPECT_EQ(first_load_.code(), absl::StatusCode::kNotFound);
  folder_.MakeFolder("later");
  folder_.Write("later/a.jwk", PublicJwk("k1"));
  AwaitKids("a", "k1 ");
}

TEST_F(KeyReloaderTest, FollowsTheFilesOfAFolder) {
  folder_.MakeFolder("f");
  folder_.Write("f/1.jwk", PublicJwk("k1"));
  AddSource("a", "f");
  Start();
  folder_.Write("f/2.jwk", PublicJwk("k2"));
  AwaitKids("a", "k1 k2 ");
  folder_.Remove("f/1.jwk");
  AwaitKids("a", "k2 ");
}

TEST_F(KeyReloaderTest, RecoversWhenAFolderIsDeletedAndComesBack) {
  folder_.MakeFolder("f");
  folder_.Write("f/1.jwk", PublicJwk("k1"));
  AddSource("a", "f");
  Start();
  folder_.Remove("f");
  EXPECT_FALSE(log_.Next().status.ok());
  EXPECT_EQ(Kids("a"), "k1 ");
  folder_.MakeFolder("f");
  folder_.Write("f/1.jwk", PublicJwk("k2"));
  AwaitKids("a", "k2 ");
  folder_.Write("f/1.jwk", PublicJwk("k3"));
  AwaitKids("a", "k3 ");
}

// A mounted secret: the files are links through ..data, which is swapped by a
// rename, after which the old folder is deleted.
TEST_F(KeyReloaderTest, FollowsTheSwapOfAKubernetesMount) {
  folder_.MakeFolder("mount");
  folder_.MakeFolder("mount/..v1");
  folder_.Write("mount/..v1/a.jwk", PublicJwk("k1"));
  folder_.Link("..v1", "mount/..data");
  folder_.Link("..data/a.jwk", "mount/a.jwk");
  AddSource("file", "mount/a.jwk");
  AddSource("folder", "mount");
  Start();
  EXPECT_EQ(Kids("file"), "k1 ");
  for (int version = 2; version < 5; ++version) {
    const std::string next = "mount/..v" + std::to_string(version);
    const std::string kid = "k" + std::to_string(version);
    folder_.MakeFolder(next);
    folder_.Write(next + "/a.jwk", PublicJwk(kid));
    folder_.Link("..v" + std::to_string(version), "mount/..data_tmp");
    folder_.Rename("mount/..data_tmp", "mount/..data");
    folder_.Remove("mount/..v" + std::to_string(version - 1));
    AwaitKids("file", kid + " ");
    AwaitKids("folder", kid + " ");
  }
}

TEST_F(KeyReloaderTest, ReloadsOnlyTheSourcesThatChanged) {
  folder_.Write("a.jwk", PublicJwk("a1"));
  folder_.Write("b.jwk", PublicJwk("b1"));
  AddSource("a", "a.jwk");
  AddSource("b", "b.jwk");
  Start();
  Replace("b.jwk", PublicJwk("b2"));
  EXPECT_EQ(log_.Next().key_set, "b");
  Replace("a.jwk", PublicJwk("a2"));
  EXPECT_EQ(log_.Next().key_set, "a");
  const KeyCache::ReadGuard guard(cache_);
  EXPECT_EQ(guard.Find("a")->generation(), 2);
  EXPECT_EQ(guard.Find("b")->generation(), 2);
}

TEST_F(KeyReloaderTest, NoticesAChangeBetweenTheFirstLoadAndTheWatch) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  KeyReloader reloader(&cache_, sources_, Limits(),
                       [this](const ReloadEvent& event) { log_.Add(event); });
  ASSERT_TRUE(reloader.LoadAll().ok());
  log_.Next();
  folder_.Write("a.jwk", PublicJwk("k2"));
  ASSERT_TRUE(reloader.Watch().ok());
  AwaitKids("a", "k2 ");
}

TEST_F(KeyReloaderTest, ReloadThatChangesNothingKeepsSnapshotsAndSaysSo) {
  folder_.Write("a.jwk", PublicJwk("a1"));
  folder_.Write("b.jwk", PublicJwk("b1"));
  AddSource("a", "a.jwk");
  AddSource("b", "b.jwk");
  Start();
  reloader_->Reload();
  for (const char* name : {"a", "b"}) {
    const ReloadEvent event = log_.Next();
    EXPECT_EQ(event.key_set, name);
    EXPECT_TRUE(event.status.ok()) << event.status;
    EXPECT_EQ(event.generation, 1);
    EXPECT_EQ(event.num_keys, 1);
    EXPECT_FALSE(event.changed);
  }
  Replace("b.jwk", PublicJwk("b2"));
  EXPECT_TRUE(log_.Next().changed);
}

TEST_F(KeyReloaderTest, AFileThatIsRenamedOrMovesToAnotherPlaceIsAChange) {
  folder_.MakeFolder("f");
  folder_.Write("f/1.jwk", PublicJwk("k1"));
  AddSource("a", "f");
  Start();
  folder_.Rename("f/1.jwk", "f/2.jwk");
  EXPECT_EQ(log_.NextSuccess().generation, 2);
}

TEST_F(KeyReloaderTest, ReloadWorksWithoutWatching) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  KeyReloader reloader(&cache_, sources_, Limits(), nullptr);
  ASSERT_TRUE(reloader.LoadAll().ok());
  folder_.Write("a.jwk", PublicJwk("k2"));
  reloader.Reload();
  EXPECT_EQ(Kids("a"), "k2 ");
}

TEST_F(KeyReloaderTest, LoadAllReturnsTheFirstFailureAndLoadsTheOthers) {
  folder_.Write("good.jwk", PublicJwk("k1"));
  AddSource("a", "missing.jwk");
  AddSource("b", "good.jwk");
  KeyReloader reloader(&cache_, sources_, Limits(), nullptr);
  const absl::Status status = reloader.LoadAll();
  EXPECT_TRUE(absl::StrContains(status.message(), "missing.jwk")) << status;
  EXPECT_EQ(Kids("b"), "k1 ");
}

TEST_F(KeyReloaderTest, ListenerMayAskForAReload) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  KeyReloader* self = nullptr;
  KeyReloader reloader(&cache_, sources_, Limits(),
                       [&](const ReloadEvent& event) {
                         log_.Add(event);
                         if (event.generation != 1) return;
                         folder_.Write("a.jwk", PublicJwk("k2"));
                         self->Reload();
                       });
  self = &reloader;
  ASSERT_TRUE(reloader.LoadAll().ok());
  EXPECT_EQ(log_.Next().generation, 1);
  EXPECT_EQ(log_.Next().generation, 2);
}

// Rewriting a file much faster than the settle time must not put the reload
// off for ever.
TEST_F(KeyReloaderTest, FileThatNeverComesToRestIsReadAllTheSame) {
  folder_.Write("a.jwk", PublicJwk("k1"));
  AddSource("a", "a.jwk");
  Start();
  const std::string jwk = PublicJwk("k2");
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (log_.size() == 0 && std::chrono::steady_clock::now() < give_up) {
    Replace("a.jwk", jwk);
  }
  EXPECT_EQ(log_.NextSuccess().num_keys, 1);
}

}  // namespace
}  // namespace assay::keys
