#include "core/exec/for_each.h"

#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace assay::exec {
namespace {

using Ranges = std::vector<std::pair<size_t, size_t>>;

Ranges ChunksOf(size_t num_items, size_t per_chunk) {
  Ranges ranges;
  ForEachChunk(nullptr, num_items, per_chunk, 0, [&](size_t begin, size_t end) {
    ranges.emplace_back(begin, end);
  });
  EXPECT_EQ(ranges.size(), NumChunks(num_items, per_chunk));
  return ranges;
}

TEST(ForEachTest, WithoutAPoolTheCallerWorksInOrder) {
  std::vector<size_t> order;
  ForEach(nullptr, 3, 0, [&](size_t i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<size_t>{0, 1, 2}));
}

TEST(ForEachTest, APoolIsToldHowManyThreadsAreAllowed) {
  ThreadPool pool(2, 1);
  const std::thread::id self = std::this_thread::get_id();
  std::vector<int> calls(100, 0);
  ForEach(&pool, calls.size(), 1, [&](size_t i) {
    ++calls[i];
    EXPECT_EQ(std::this_thread::get_id(), self);
  });
  EXPECT_EQ(calls, std::vector<int>(100, 1));
}

TEST(ForEachTest, ChunksAreNeighboursAndTheLastMayBeShorter) {
  EXPECT_EQ(ChunksOf(0, 4), Ranges());
  EXPECT_EQ(ChunksOf(1, 4), (Ranges{{0, 1}}));
  EXPECT_EQ(ChunksOf(8, 4), (Ranges{{0, 4}, {4, 8}}));
  EXPECT_EQ(ChunksOf(9, 4), (Ranges{{0, 4}, {4, 8}, {8, 9}}));
}

TEST(ForEachTest, ChunksOnAPoolCoverEveryItemOnce) {
  ThreadPool pool(2, 1);
  std::vector<int> calls(1001, 0);
  ForEachChunk(&pool, calls.size(), 10, 0, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) ++calls[i];
  });
  EXPECT_EQ(calls, std::vector<int>(1001, 1));
}

}  // namespace
}  // namespace assay::exec
