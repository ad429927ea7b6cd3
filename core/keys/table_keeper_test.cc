#include "core/keys/table_keeper.h"

#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/crypto/key_material.h"
#include "core/crypto/lane_key.h"
#include "core/keys/rcu.h"
#include "core/simd/kernels.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using crypto::LaneKey;

// A kernel whose tables are bytes that all have the value of the window: the
// keeper does not care what is in a table.
constexpr int kWindows[] = {4, 8, 10, 0};
constexpr uint32_t kSmall = TableKeeper::kUsesForTable[0];
constexpr uint32_t kMiddle = TableKeeper::kUsesForTable[1];
constexpr uint32_t kLarge = TableKeeper::kUsesForTable[2];

size_t FakeTableBytes(int window_bits) {
  return size_t{1} << (window_bits + 6);
}
constexpr size_t kSmallBytes = 1024, kMiddleBytes = 16384;

simd::Kernels FakeKernels() {
  static const simd::Ed25519Kernel kernel = [] {
    simd::Ed25519Kernel fake = {};
    fake.name = "fake";
    fake.window_sizes = kWindows;
    fake.key_bytes = 64;
    fake.table_bytes = FakeTableBytes;
    fake.prepare_key = [](const uint8_t* encoded, void* key) {
      std::memcpy(key, encoded, 32);
      return true;
    };
    // A key of 'x' has no tables.
    fake.build_table = [](const void* key, int window_bits, void* table) {
      std::memset(table, window_bits, FakeTableBytes(window_bits));
      return *static_cast<const char*>(key) != 'x';
    };
    return fake;
  }();
  simd::Kernels kernels;
  kernels.ed25519 = &kernel;
  return kernels;
}

std::shared_ptr<LaneKey> Key(char name = 'k') {
  crypto::Ed25519Key key;
  key.x = std::string(32, name);
  return LaneKey::Create(crypto::KeyMaterial(std::move(key)), FakeKernels());
}

int WindowOf(const std::shared_ptr<LaneKey>& key) {
  return key->table() == nullptr ? 0 : key->table()->window_bits();
}

class TableKeeperTest : public testing::Test {
 protected:
  // Counts uses, and waits for what comes of it.
  void Use(TableKeeper* keeper, const std::shared_ptr<LaneKey>& key,
           uint32_t num_uses) {
    keeper->Used(key, num_uses, now_);
    keeper->WaitUntilIdleForTest();
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(TableKeeperTest, AKeyThatIsUsedOftenGetsATable) {
  TableKeeper keeper(1 << 20);
  const auto key = Key();
  Use(&keeper, key, kSmall - 1);
  EXPECT_EQ(WindowOf(key), 0);
  Use(&keeper, key, 1);
  EXPECT_EQ(WindowOf(key), 4);
  EXPECT_EQ(static_cast<const char*>(key->table()->data())[kSmallBytes - 1], 4);
  EXPECT_EQ(keeper.counts().tables, 1);
  EXPECT_EQ(keeper.counts().bytes, kSmallBytes);
}

TEST_F(TableKeeperTest, AHotterKeyGetsALargerTableInsteadOfItsOld) {
  TableKeeper keeper(1 << 20);
  const auto key = Key();
  Use(&keeper, key, kSmall);
  Use(&keeper, key, kMiddle);
  EXPECT_EQ(WindowOf(key), 8);
  Use(&keeper, key, kLarge);
  EXPECT_EQ(WindowOf(key), 10);
  EXPECT_EQ(keeper.counts().tables, 1);
  EXPECT_EQ(keeper.counts().built, 3);
  EXPECT_EQ(keeper.counts().retired, 2);
}

TEST_F(TableKeeperTest, UsesLongAgoDoNotCount) {
  TableKeeper keeper(1 << 20);
  const auto key = Key();
  for (int i = 0; i < 50; ++i) {
    Use(&keeper, key, kSmall / 2 - 1);
    now_ += 2 * TableKeeper::kHalfLife;
  }
  EXPECT_EQ(WindowOf(key), 0);
}

TEST_F(TableKeeperTest, AClockThatGoesBackDoesNoHarm) {
  TableKeeper keeper(1 << 20);
  const auto key = Key();
  Use(&keeper, key, 1);
  now_ -= absl::Hours(1);
  Use(&keeper, key, kSmall - 1);
  EXPECT_EQ(WindowOf(key), 4);
}

TEST_F(TableKeeperTest, WithoutABudgetThereAreNoTables) {
  TableKeeper keeper(0);
  const auto key = Key();
  Use(&keeper, key, 1'000'000);
  EXPECT_EQ(WindowOf(key), 0);
}

TEST_F(TableKeeperTest, WhatDoesNotFitIsASmallerTableOrNone) {
  TableKeeper keeper(kSmallBytes);
  const auto key = Key(), other = Key('o');
  Use(&keeper, key, 10 * kLarge);
  EXPECT_EQ(WindowOf(key), 4);
  Use(&keeper, other, 10 * kLarge);
  EXPECT_EQ(WindowOf(other), 0) << "as hot as the one that has the place";
  EXPECT_EQ(keeper.counts().bytes, kSmallBytes);
  EXPECT_GE(keeper.counts().refused, 1);
}

TEST_F(TableKeeperTest, AColdTableGoesForAClearlyHotterKey) {
  TableKeeper keeper(2 * kSmallBytes);
  const auto cold = Key('a'), warm = Key('b'), hot = Key('c');
  Use(&keeper, cold, kSmall);
  Use(&keeper, warm, 4 * kSmall);
  Use(&keeper, hot, 3 * kSmall);
  EXPECT_EQ(WindowOf(cold), 0);
  EXPECT_EQ(WindowOf(warm), 4);
  EXPECT_EQ(WindowOf(hot), 4);
  EXPECT_EQ(keeper.counts().retired, 1);
}

TEST_F(TableKeeperTest, KeysOfLikeHeatDoNotTakeTurns) {
  TableKeeper keeper(kSmallBytes);
  const auto a = Key('a'), b = Key('b');
  Use(&keeper, a, kSmall);
  for (int i = 0; i < 1000; ++i) {
    Use(&keeper, a, kSmall);
    Use(&keeper, b, kSmall);
    if (i % 10 == 0) now_ += TableKeeper::kHalfLife;
  }
  EXPECT_EQ(keeper.counts().built, 1);
  EXPECT_LE(keeper.counts().refused, 101) << "asked at most once per period";
}

TEST_F(TableKeeperTest, ARefusedKeyMayAskAgainInTheNextPeriod) {
  TableKeeper keeper(kSmallBytes);
  const auto first = Key('a'), second = Key('b');
  Use(&keeper, first, 2 * kSmall);
  Use(&keeper, second, 2 * kSmall);
  EXPECT_EQ(WindowOf(second), 0);
  // The first is not used any more.
  for (int i = 0; i < 4; ++i) {
    now_ += TableKeeper::kHalfLife;
    Use(&keeper, second, 2 * kSmall);
    // What a third asks for wakes the keeper in the new period.
    Use(&keeper, Key('c'), kSmall);
    Use(&keeper, second, 1);
  }
  EXPECT_EQ(WindowOf(first), 0);
  EXPECT_EQ(WindowOf(second), 4);
}

TEST_F(TableKeeperTest, AKeyThatGoesTakesItsTableAlong) {
  TableKeeper keeper(kSmallBytes);
  auto gone = Key('a');
  Use(&keeper, gone, 100 * kSmall);
  gone.reset();
  const auto next = Key('b');
  Use(&keeper, next, kSmall);
  EXPECT_EQ(WindowOf(next), 4);
  EXPECT_EQ(keeper.counts().tables, 1);
}

TEST_F(TableKeeperTest, AKeyWhoseTableCannotBeBuiltHasNone) {
  TableKeeper keeper(1 << 20);
  const auto key = Key('x');
  Use(&keeper, key, kSmall);
  EXPECT_EQ(WindowOf(key), 0);
  EXPECT_EQ(keeper.counts().bytes, 0);
  EXPECT_EQ(keeper.counts().refused, 1);
}

TEST_F(TableKeeperTest, NeverExceedsItsBudget) {
  constexpr size_t kBudget = 5 * kMiddleBytes;
  TableKeeper keeper(kBudget);
  std::vector<std::shared_ptr<LaneKey>> keys;
  for (int i = 0; i < 200; ++i) keys.push_back(Key('a'));
  uint32_t random = 1;
  for (int i = 0; i < 5000; ++i) {
    random = random * 1664525 + 1013904223;
    // Some keys are used far more often than others.
    const size_t which = (random >> 16) % (1 + (random >> 8) % keys.size());
    Use(&keeper, keys[which], 1 + (random >> 20) % kSmall);
    ASSERT_LE(keeper.counts().bytes, kBudget);
    if (i % 500 == 0) now_ += TableKeeper::kHalfLife;
  }
  EXPECT_GT(keeper.counts().retired, 0);
}

TEST_F(TableKeeperTest, TwoKeepersMayServeOneKey) {
  TableKeeper one(1 << 20), other(1 << 20);
  const auto key = Key();
  Use(&one, key, kSmall);
  Use(&other, key, kMiddle);
  EXPECT_EQ(WindowOf(key), 8);
  Use(&one, key, kLarge);
  EXPECT_EQ(WindowOf(key), 10);
  EXPECT_EQ(one.counts().tables, 1);
}

TEST_F(TableKeeperTest, AKeeperThatEndsLeavesNoKeyWaiting) {
  const auto key = Key();
  {
    TableKeeper keeper(kSmallBytes - 1);
    Use(&keeper, key, kSmall);
    EXPECT_EQ(keeper.counts().refused, 1);
  }
  TableKeeper keeper(1 << 20);
  Use(&keeper, key, 1);
  EXPECT_EQ(WindowOf(key), 4);
}

// Readers use tables while others take their place: under AddressSanitizer and
// ThreadSanitizer this shows that none is freed too early.
TEST_F(TableKeeperTest, ReadersMayKeepATableToTheEndOfTheirSection) {
  TableKeeper keeper(2 * kMiddleBytes);
  std::vector<std::shared_ptr<LaneKey>> keys;
  for (int i = 0; i < 8; ++i) keys.push_back(Key('a'));
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> num_wrong{0};
  const auto read = [&](size_t first) {
    for (size_t i = first; !stop.load(); ++i) {
      rcu::BeginRead();
      const crypto::KeyTable* const table = keys[i % keys.size()]->table();
      if (table != nullptr) {
        const char* const bytes = static_cast<const char*>(table->data());
        if (bytes[0] != table->window_bits() ||
            bytes[table->len() - 1] != table->window_bits()) {
          num_wrong.fetch_add(1);
        }
      }
      rcu::EndRead();
    }
  };
  std::thread one(read, 0), two(read, 3);
  for (uint32_t i = 0; i < 600; ++i) {
    // Each in turn is by far the hottest.
    keeper.Used(keys[i % keys.size()], kMiddle << (i / 100), now_);
    if (i % 10 == 0) now_ += TableKeeper::kHalfLife;
    if (i % 4 == 0) keeper.WaitUntilIdleForTest();
  }
  keeper.WaitUntilIdleForTest();
  stop.store(true);
  one.join();
  two.join();
  EXPECT_EQ(num_wrong.load(), 0);
  EXPECT_GT(keeper.counts().retired, 0);
}

}  // namespace
}  // namespace assay::keys
