#include "core/exec/batch_plan.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace assay::exec {
namespace {

TEST(BatchPlanTest, GroupsItemsAndKeepsTheirOrderWithinAGroup) {
  const std::vector<PlanItem> items = {{7, 1}, {5, 1}, {7, 1}, {9, 1}, {5, 1}};
  const BatchPlan plan = PlanBatch(items, 1000);
  EXPECT_EQ(plan.order, (std::vector<uint32_t>{0, 2, 1, 4, 3}));
  ASSERT_EQ(plan.chunks.size(), 1);
  EXPECT_EQ(plan.chunks[0].begin, 0);
  EXPECT_EQ(plan.chunks[0].end, 5);
}

TEST(BatchPlanTest, GroupsOfOneKindFollowEachOther) {
  const std::vector<PlanItem> items = {{7, 1, 3}, {5, 1, 0},  {8, 1, 3},
                                       {7, 1, 3}, {9, 1, 15}, {6, 1, 0}};
  EXPECT_EQ(PlanBatch(items, 1000).order,
            (std::vector<uint32_t>{1, 5, 0, 3, 2, 4}));
}

TEST(BatchPlanTest, CutsWholeVectors) {
  const std::vector<PlanItem> items(100, PlanItem{1, 10});
  const BatchPlan plan = PlanBatch(items, 250);
  ASSERT_EQ(plan.chunks.size(), 5);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(plan.chunks[i].end - plan.chunks[i].begin, 24);
  }
  EXPECT_EQ(plan.chunks[4].end, 100);
}

TEST(BatchPlanTest, AVectorMayCostMoreThanAChunkButNotTwiceAsMuch) {
  const std::vector<PlanItem> cheap(32, PlanItem{1, 20});
  EXPECT_EQ(PlanBatch(cheap, 100).chunks.size(), 4) << "8 for 160";
  const std::vector<PlanItem> dear(32, PlanItem{1, 50});
  EXPECT_EQ(PlanBatch(dear, 100).chunks.size(), 8) << "4 for 200";
}

TEST(BatchPlanTest, PutsAnItemThatCostsMoreThanTwoChunksIntoOneAlone) {
  const std::vector<PlanItem> items = {{1, 10}, {1, 500}, {1, 10}, {1, 10}};
  const BatchPlan plan = PlanBatch(items, 100);
  ASSERT_EQ(plan.chunks.size(), 3);
  EXPECT_EQ(plan.chunks[1].begin, 1);
  EXPECT_EQ(plan.chunks[1].end, 2);
}

TEST(BatchPlanTest, HasNoChunksForNoItems) {
  const BatchPlan plan = PlanBatch({}, 100);
  EXPECT_TRUE(plan.order.empty());
  EXPECT_TRUE(plan.chunks.empty());
}

TEST(BatchPlanTest, SurvivesCostsThatAddUpBeyond32Bits) {
  const std::vector<PlanItem> items(10, PlanItem{1, 0xffffffffu});
  EXPECT_EQ(PlanBatch(items, 0xffffffffu).chunks.size(), 5);
  EXPECT_EQ(PlanBatch(items, uint64_t{1} << 40).chunks.size(), 1);
}

TEST(BatchPlanTest, CoversEveryItemOnceWithinTheCostBound) {
  std::mt19937 random(20220801);
  for (int round = 0; round < 200; ++round) {
    std::vector<PlanItem> items(random() % 300);
    for (PlanItem& item : items) {
      item = {random() % 7, static_cast<uint32_t>(random() % 200)};
    }
    const BatchPlan plan = PlanBatch(items, 100);
    std::vector<uint32_t> sorted = plan.order;
    std::sort(sorted.begin(), sorted.end());
    std::vector<uint32_t> all(items.size());
    std::iota(all.begin(), all.end(), 0);
    EXPECT_EQ(sorted, all) << "round " << round;
    uint32_t next = 0;
    for (const Chunk& chunk : plan.chunks) {
      EXPECT_EQ(chunk.begin, next);
      ASSERT_LT(chunk.begin, chunk.end);
      next = chunk.end;
      uint64_t cost = 0;
      for (uint32_t k = chunk.begin; k < chunk.end; ++k) {
        cost += items[plan.order[k]].cost_ns;
      }
      EXPECT_TRUE(cost <= 200 || chunk.end - chunk.begin == 1);
    }
    EXPECT_EQ(next, items.size());
  }
}

}  // namespace
}  // namespace assay::exec
