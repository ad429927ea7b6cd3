#include "core/keys/key_cache.h"

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/keys/key_test_support.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using jose::Algorithm;

std::unique_ptr<KeySet> SetNamed(absl::string_view name) {
  auto set = KeySet::Create(name, KeySetUse::kVerify, {}, {}, Limits());
  EXPECT_TRUE(set.ok()) << set.status();
  return *std::move(set);
}

TEST(KeyCacheTest, NumbersTheGenerationsOfEachNameFromOne) {
  KeyCache cache;
  EXPECT_EQ(cache.Publish(SetNamed("a")), 1);
  EXPECT_EQ(cache.Publish(SetNamed("a")), 2);
  EXPECT_EQ(cache.Publish(SetNamed("b")), 1);
  const KeyCache::ReadGuard guard(cache);
  EXPECT_EQ(guard.Find("a")->generation(), 2);
  EXPECT_EQ(guard.Find("b")->generation(), 1);
}

TEST(KeyCacheTest, FindsNothingUnderANameThatWasNeverPublished) {
  KeyCache cache;
  {
    const KeyCache::ReadGuard guard(cache);
    EXPECT_EQ(guard.Find("a"), nullptr);
    EXPECT_TRUE(guard.All().empty());
  }
  cache.Publish(SetNamed("a"));
  const KeyCache::ReadGuard guard(cache);
  EXPECT_EQ(guard.Find("b"), nullptr);
  EXPECT_EQ(guard.Find(""), nullptr);
}

TEST(KeyCacheTest, SaysWhichNameIsUnknown) {
  KeyCache cache;
  cache.Publish(SetNamed("a"));
  const KeyCache::ReadGuard guard(cache);
  EXPECT_EQ(*guard.Get("a"), guard.Find("a"));
  EXPECT_EQ(guard.Get("b").status(),
            absl::NotFoundError("there is no key set named \"b\""));
}

TEST(KeyCacheTest, ListsAllSetsByName) {
  KeyCache cache;
  for (const char* name : {"c", "a", "d", "b"}) cache.Publish(SetNamed(name));
  const KeyCache::ReadGuard guard(cache);
  std::string names;
  for (const KeySet* set : guard.All()) names += set->name();
  EXPECT_EQ(names, "abcd");
}

TEST(KeyCacheTest, PublishFreesTheSnapshotThatItReplaces) {
  const int alive_before = KeySet::NumAliveForTest();
  {
    KeyCache cache;
    for (int i = 0; i < 10; ++i) {
      cache.Publish(SetNamed("a"));
      EXPECT_EQ(KeySet::NumAliveForTest(), alive_before + 1);
    }
  }
  EXPECT_EQ(KeySet::NumAliveForTest(), alive_before);
}

TEST(KeyCacheTest, PublishingOneNameLeavesTheSnapshotsOfOthersAlone) {
  KeyCache cache;
  cache.Publish(SetNamed("a"));
  const KeySet* a;
  {
    const KeyCache::ReadGuard guard(cache);
    a = guard.Find("a");
  }
  cache.Publish(SetNamed("b"));
  const KeyCache::ReadGuard guard(cache);
  EXPECT_EQ(guard.Find("a"), a);
}

TEST(KeyCacheTest, SnapshotLivesUntilTheLastGuardThatMaySeeItIsGone) {
  KeyCache cache;
  cache.Publish(SetNamed("a"));
  const int alive = KeySet::NumAliveForTest();
  std::atomic<bool> published{false};
  std::thread writer;
  {
    const KeyCache::ReadGuard outer(cache);
    const KeySet* first = outer.Find("a");
    {
      const KeyCache::ReadGuard nested(cache);
      writer = std::thread([&] {
        cache.Publish(SetNamed("a"));
        published = true;
      });
      // Until the writer has published and is in its grace period.
      uint64_t seen = 1;
      while (seen == 1) {
        std::thread([&] {
          const KeyCache::ReadGuard guard(cache);
          seen = guard.Find("a")->generation();
        }).join();
      }
    }
    // The nested guard is gone, this one is not: the snapshot stays.
    EXPECT_FALSE(published);
    EXPECT_EQ(KeySet::NumAliveForTest(), alive + 1);
    EXPECT_EQ(outer.Find("a"), first);
    EXPECT_EQ(first->generation(), 1);
  }
  writer.join();
  EXPECT_EQ(KeySet::NumAliveForTest(), alive);
}

TEST(KeyCacheTest, OtherThreadsMayUseWhatTheGuardsOwnerFound) {
  KeyCache cache;
  jose::JwkSet jwks;
  jwks.keys.push_back(FreshPublicKey(Algorithm::kEdDsa, "k"));
  cache.Publish(
      *KeySet::Create("a", KeySetUse::kPublic, std::move(jwks), {}, Limits()));
  const KeyCache::ReadGuard guard(cache);
  const KeySet* set = guard.Find("a");
  std::thread([&] {
    EXPECT_EQ(set->FindForVerify("k", Algorithm::kEdDsa).num_keys, 1);
  }).join();
}

TEST(KeyCacheDeathTest, PublishUnderAGuardAbortsInsteadOfHanging) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  KeyCache cache;
  EXPECT_DEATH(
      {
        const KeyCache::ReadGuard guard(cache);
        cache.Publish(SetNamed("a"));
      },
      "ReadGuard");
}

}  // namespace
}  // namespace assay::keys
