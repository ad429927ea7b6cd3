#include "core/jose/iteration_budget.h"

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace assay::jose {
namespace {

TEST(IterationBudgetTest, IsSpentToTheLast) {
  IterationBudget budget(10);
  EXPECT_TRUE(budget.Charge(7));
  EXPECT_EQ(budget.left(), 3u);
  EXPECT_TRUE(budget.Charge(3));
  EXPECT_FALSE(budget.Charge(1));
}

TEST(IterationBudgetTest, WhatDoesNotFitTakesNothing) {
  IterationBudget budget(10);
  EXPECT_FALSE(budget.Charge(11));
  EXPECT_FALSE(budget.Charge(std::numeric_limits<uint64_t>::max()));
  EXPECT_EQ(budget.left(), 10u);
  EXPECT_TRUE(budget.Charge(10));
}

TEST(IterationBudgetTest, ThreadsNeverSpendMoreThanThereIs) {
  IterationBudget budget(1000);
  std::atomic<int> num_charged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (budget.Charge(3)) ++num_charged;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_charged, 333);
  EXPECT_EQ(budget.left(), 1u);
}

}  // namespace
}  // namespace assay::jose
