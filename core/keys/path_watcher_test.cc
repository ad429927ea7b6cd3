#include "core/keys/path_watcher.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/keys/key_test_support.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using Owners = std::set<size_t>;

// Events of this process's own system calls are in the queue when the call
// returns, so nothing here waits.
class PathWatcherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto watcher = PathWatcher::Create();
    ASSERT_TRUE(watcher.ok()) << watcher.status();
    watcher_ = *std::move(watcher);
  }

  // Each path is its own owner.
  void Watch(const std::vector<std::string>& names) {
    paths_.clear();
    for (const std::string& name : names)
      paths_.push_back({folder_.path(name)});
    WatchAgain();
  }
  void WatchAgain() { ASSERT_TRUE(watcher_->Watch(paths_).ok()); }

  Owners Changed() {
    Owners changed;
    watcher_->Drain(&changed);
    return changed;
  }

  const TestFolder folder_;
  std::unique_ptr<PathWatcher> watcher_;
  std::vector<std::vector<std::string>> paths_;
};

TEST_F(PathWatcherTest, NoticesAWrite) {
  folder_.Write("a", "1");
  Watch({"a"});
  EXPECT_EQ(Changed(), Owners{});
  folder_.Write("a", "2");
  EXPECT_EQ(Changed(), Owners{0});
  EXPECT_EQ(Changed(), Owners{});
}

TEST_F(PathWatcherTest, TellsWhoseFileChanged) {
  folder_.Write("a", "1");
  folder_.Write("b", "1");
  Watch({"a", "b", "."});
  folder_.Write("b", "2");
  EXPECT_EQ(Changed(), (Owners{1, 2}));
}

TEST_F(PathWatcherTest, IgnoresOtherFilesOfTheSameFolder) {
  folder_.Write("a", "1");
  Watch({"a"});
  folder_.Write("b", "1");
  folder_.Remove("b");
  EXPECT_EQ(Changed(), Owners{});
}

TEST_F(PathWatcherTest, NoticesARenameOver) {
  folder_.Write("a", "1");
  folder_.Write("b", "2");
  Watch({"a"});
  folder_.Rename("b", "a");
  EXPECT_EQ(Changed(), Owners{0});
  WatchAgain();
  folder_.Write("a", "3");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, NoticesAChangeOfMode) {
  folder_.Write("a", "1", 0644);
  Watch({"a"});
  folder_.Chmod("a", 0600);
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, NoticesAFileThatAppearsLater) {
  Watch({"a"});
  folder_.Write("a", "1");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, NoticesAFolderThatAppearsLaterAndWhatIsInIt) {
  Watch({"f/g/a"});
  folder_.MakeFolder("f");
  EXPECT_EQ(Changed(), Owners{0});
  WatchAgain();
  folder_.MakeFolder("f/g");
  EXPECT_EQ(Changed(), Owners{0});
  WatchAgain();
  folder_.Write("f/g/a", "1");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, NoticesAFolderThatIsDeletedAndComesBack) {
  folder_.MakeFolder("f");
  folder_.Write("f/a.jwk", "1");
  Watch({"f"});
  folder_.Remove("f");
  EXPECT_EQ(Changed(), Owners{0});
  WatchAgain();
  EXPECT_EQ(Changed(), Owners{});
  folder_.MakeFolder("f");
  EXPECT_EQ(Changed(), Owners{0});
  WatchAgain();
  folder_.Write("f/a.jwk", "2");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, NoticesASwappedLinkOnTheWay) {
  folder_.MakeFolder("v1");
  folder_.MakeFolder("v2");
  folder_.Write("v1/a", "1");
  folder_.Write("v2/a", "2");
  folder_.Link("v1", "current");
  folder_.Link("v2", "next");
  Watch({"current/a"});
  folder_.Rename("next", "current");
  EXPECT_EQ(Changed(), Owners{0});
  WatchAgain();
  folder_.Write("v1/a", "3");
  EXPECT_EQ(Changed(), Owners{});
  folder_.Write("v2/a", "3");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, NoticesAWriteThroughALinkInAFolder) {
  folder_.MakeFolder("keys");
  folder_.MakeFolder("elsewhere");
  folder_.Write("elsewhere/real", "1");
  folder_.Link("../elsewhere/real", "keys/a.jwk");
  Watch({"keys"});
  folder_.Write("elsewhere/real", "2");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, SurvivesLinksInACircle) {
  folder_.Link("b", "a");
  folder_.Link("a", "b");
  Watch({"a"});
  folder_.Remove("b");
  EXPECT_EQ(Changed(), Owners{0});
}

TEST_F(PathWatcherTest, LostEventsMeanThatEverythingMayHaveChanged) {
  folder_.Write("a", "1");
  folder_.Write("b", "1");
  Watch({"a", "b"});
  // More than fs.inotify.max_queued_events, whose default is 16384; two names
  // by turns, because the kernel merges equal neighbours.
  for (int i = 0; i < 20'000; ++i) {
    folder_.Rename("a", "c");
    folder_.Rename("c", "a");
  }
  EXPECT_EQ(Changed(), (Owners{0, 1}));
}

}  // namespace
}  // namespace assay::keys
