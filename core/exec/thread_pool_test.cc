#include "core/exec/thread_pool.h"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace assay::exec {
namespace {

TEST(ThreadPoolTest, ParallelForCallsEveryIndexOnce) {
  for (int num_threads : {0, 1, 3}) {
    ThreadPool pool(num_threads, 16);
    for (size_t num_items : {0, 1, 2, 1000}) {
      std::vector<int> calls(num_items, 0);
      pool.ParallelFor(num_items, 0, [&](size_t i) { ++calls[i]; });
      EXPECT_EQ(calls, std::vector<int>(num_items, 1)) << num_threads;
    }
  }
}

TEST(ThreadPoolTest, ParallelForUsesNoMoreThreadsThanAllowed) {
  ThreadPool pool(4, 16);
  const std::thread::id self = std::this_thread::get_id();
  pool.ParallelFor(
      100, 1, [&](size_t) { EXPECT_EQ(std::this_thread::get_id(), self); });
}

TEST(ThreadPoolTest, IdleThreadsHelp) {
  ThreadPool pool(1, 16);
  // The caller does not go on until it is helped, or nobody comes.
  absl::Notification helped;
  const std::thread::id self = std::this_thread::get_id();
  pool.ParallelFor(2, 0, [&](size_t) {
    if (std::this_thread::get_id() == self) {
      helped.WaitForNotificationWithTimeout(absl::Seconds(20));
    } else if (!helped.HasBeenNotified()) {
      helped.Notify();
    }
  });
  EXPECT_TRUE(helped.HasBeenNotified());
}

TEST(ThreadPoolTest, ParallelForNestsOnABusyPoolWithoutDeadlock) {
  ThreadPool pool(2, 2);
  std::atomic<int> calls{0};
  pool.ParallelFor(8, 0, [&](size_t) {
    pool.ParallelFor(8, 0, [&](size_t) {
      pool.ParallelFor(4, 0, [&](size_t) { ++calls; });
    });
  });
  EXPECT_EQ(calls, 8 * 8 * 4);
}

TEST(ThreadPoolTest, ManyCallersShareOnePool) {
  ThreadPool pool(2, 64);
  std::atomic<int> calls{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        pool.ParallelFor(10, 0, [&](size_t) { ++calls; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(calls, 4 * 200 * 10);
}

TEST(ThreadPoolTest, AHelperLeavesALargeJobForATaskThatWaits) {
  constexpr size_t kNumItems = 1000;
  absl::Notification helper_is_in, task_is_queued, task_ran;
  std::atomic<size_t> calls{0};
  std::atomic<size_t> calls_before_task{kNumItems};
  ThreadPool pool(1, 2);
  std::thread owner([&] {
    const std::thread::id self = std::this_thread::get_id();
    pool.ParallelFor(kNumItems, 0, [&](size_t) {
      // The owner is held up in its first index, so the rest is the helper's.
      if (std::this_thread::get_id() == self) {
        task_ran.WaitForNotification();
      } else if (!helper_is_in.HasBeenNotified()) {
        helper_is_in.Notify();
        task_is_queued.WaitForNotification();
      }
      ++calls;
    });
  });
  helper_is_in.WaitForNotification();
  ASSERT_TRUE(pool.TrySchedule([&] {
    calls_before_task = calls.load();
    task_ran.Notify();
  }));
  task_is_queued.Notify();
  owner.join();
  EXPECT_EQ(calls_before_task, 1u);
  EXPECT_EQ(calls, kNumItems);
}

TEST(ThreadPoolTest, RefusesATaskWhenTheQueueIsFull) {
  absl::Notification started, release;
  auto pool = std::make_unique<ThreadPool>(1, 2);
  ASSERT_TRUE(pool->TrySchedule([&] {
    started.Notify();
    release.WaitForNotification();
  }));
  started.WaitForNotification();
  std::atomic<int> ran{0};
  EXPECT_TRUE(pool->TrySchedule([&] { ++ran; }));
  EXPECT_TRUE(pool->TrySchedule([&] { ++ran; }));
  EXPECT_FALSE(pool->TrySchedule([&] { ++ran; }));
  release.Notify();
  pool.reset();  // Runs what was queued.
  EXPECT_EQ(ran, 2);
}

TEST(ThreadPoolTest, RefusesTasksWithoutThreads) {
  ThreadPool pool(0, 16);
  EXPECT_FALSE(pool.TrySchedule([] { FAIL(); }));
}

}  // namespace
}  // namespace assay::exec
