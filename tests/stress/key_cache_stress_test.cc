// The key cache with several writers of several names, and readers that check
// what the contract in key_cache.h promises.
#include <array>
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

constexpr int kNumWriters = 2;
constexpr int kNumReaders = 3;
constexpr int kNumNames = 4;
constexpr int kPublishesPerWriter = 3000;

std::string NameOf(int i) { return absl::StrCat("set", i); }

// An empty set is enough: here the directory is under test, not the keys.
std::unique_ptr<KeySet> EmptySet(const std::string& name) {
  Limits limits;
  limits.max_header_memo_entries = 0;
  auto set = KeySet::Create(name, KeySetUse::kVerify, {}, {}, limits);
  EXPECT_TRUE(set.ok()) << set.status();
  return *std::move(set);
}

void WriteMany(KeyCache* cache) {
  for (int i = 0; i < kPublishesPerWriter; ++i) {
    cache->Publish(EmptySet(NameOf(i % kNumNames)));
  }
}

// Returns how often something was seen that must not be.
int ReadUntil(const std::atomic<bool>& done, const KeyCache& cache) {
  int num_wrong = 0;
  std::map<std::string, uint64_t> newest;
  while (!done) {
    const KeyCache::ReadGuard guard(cache);
    const std::vector<const KeySet*> all = guard.All();
    for (const KeySet* set : all) {
      const KeyCache::ReadGuard nested(cache);
      num_wrong += guard.Find(set->name()) != set;
      num_wrong += set->generation() < newest[set->name()];
      newest[set->name()] = set->generation();
    }
  }
  return num_wrong;
}

TEST(KeyCacheStressTest, GuardsAreConsistentAndGenerationsNeverGoBack) {
  const int alive_before = KeySet::NumAliveForTest();
  {
    KeyCache cache;
    std::atomic<bool> done{false};
    std::array<int, kNumReaders> num_wrong{};
    std::vector<std::thread> readers;
    for (int& wrong : num_wrong) {
      readers.emplace_back([&] { wrong = ReadUntil(done, cache); });
    }
    std::vector<std::thread> writers;
    for (int w = 0; w < kNumWriters; ++w)
      writers.emplace_back(WriteMany, &cache);
    for (std::thread& writer : writers) writer.join();
    done = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(num_wrong, (std::array<int, kNumReaders>{}));
    EXPECT_EQ(KeySet::NumAliveForTest() - alive_before, kNumNames);
  }
  EXPECT_EQ(KeySet::NumAliveForTest(), alive_before);
}

// Threads come and go: liburcu registers each at its first guard and forgets
// it at its end.
TEST(KeyCacheStressTest, ShortLivedReadersDoNotDisturbTheWriter) {
  KeyCache cache;
  cache.Publish(EmptySet("set0"));
  std::atomic<bool> done{false};
  std::thread writer([&] {
    while (!done) cache.Publish(EmptySet("set0"));
  });
  for (int i = 0; i < 500; ++i) {
    std::thread([&] {
      const KeyCache::ReadGuard guard(cache);
      EXPECT_NE(guard.Find("set0"), nullptr);
    }).join();
  }
  done = true;
  writer.join();
}

}  // namespace
}  // namespace assay::keys
