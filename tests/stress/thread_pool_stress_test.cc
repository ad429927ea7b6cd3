// The thread pool under many callers at once. What the bodies write is plain
// memory on purpose: under TSan a missing order between helper and caller is a
// reported race.
#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include "core/exec/thread_pool.h"
#include "gtest/gtest.h"

namespace assay::exec {
namespace {

constexpr int kNumCallers = 4;

// Square every index in parallel, sum the squares here.
uint64_t SumOfSquares(ThreadPool* pool, size_t num, int max_parallelism) {
  std::vector<uint64_t> squares(num);
  pool->ParallelFor(num, max_parallelism,
                    [&](size_t i) { squares[i] = i * i; });
  return std::accumulate(squares.begin(), squares.end(), uint64_t{0});
}

uint64_t ExpectedSum(size_t num) {
  return num == 0 ? 0 : (num - 1) * num * (2 * num - 1) / 6;
}

TEST(ThreadPoolStressTest, ManyCallersOfLoopsOfEverySizeSeeTheirOwnResults) {
  for (int num_threads : {1, 2, 5}) {
    ThreadPool pool(num_threads, 64);
    std::atomic<int> num_wrong{0};
    const auto call = [&](unsigned seed) {
      std::mt19937 random(seed);
      for (int round = 0; round < 2000; ++round) {
        const size_t num = random() % 50;
        const int max_parallelism = static_cast<int>(random() % 4);
        if (SumOfSquares(&pool, num, max_parallelism) != ExpectedSum(num)) {
          ++num_wrong;
        }
      }
    };
    std::vector<std::thread> callers;
    for (int c = 0; c < kNumCallers; ++c) callers.emplace_back(call, c);
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(num_wrong, 0) << num_threads << " threads";
  }
}

TEST(ThreadPoolStressTest, TasksAndNestedLoopsShareAPoolThatIsFull) {
  for (int round = 0; round < 50; ++round) {
    auto owned = std::make_unique<ThreadPool>(2, 8);
    ThreadPool* const pool = owned.get();
    std::atomic<int> num_accepted{0};
    std::atomic<int> num_run{0};
    std::atomic<int> num_wrong{0};
    const auto call = [&] {
      for (int i = 0; i < 50; ++i) {
        num_accepted += pool->TrySchedule([&] {
          if (SumOfSquares(pool, 20, 0) != ExpectedSum(20)) ++num_wrong;
          ++num_run;
        });
        pool->ParallelFor(4, 0, [&](size_t) {
          if (SumOfSquares(pool, 10, 0) != ExpectedSum(10)) ++num_wrong;
        });
      }
    };
    std::vector<std::thread> callers;
    for (int c = 0; c < kNumCallers; ++c) callers.emplace_back(call);
    for (std::thread& caller : callers) caller.join();
    owned.reset();  // Runs what is still queued, which still uses the pool.
    EXPECT_EQ(num_run, num_accepted);
    EXPECT_EQ(num_wrong, 0);
  }
}

}  // namespace
}  // namespace assay::exec
