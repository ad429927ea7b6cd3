// A bounded pool of threads that runs batches.
//
// Concurrency contract: all methods may be called from any thread, pool
// threads included. A call to ParallelFor never waits for a free thread: the
// caller works through the indices itself, and pool threads that are idle
// help; so it cannot deadlock, however deeply nested or busy the pool is. It
// waits at its end only for indices that other threads are working on. A pool
// thread that helps goes to a scheduled task, if one waits, after the index it
// is at: a small batch does not wait for the end of a large one
// (//bench:exec, small_beside_large).
#ifndef ASSAY_CORE_EXEC_THREAD_POOL_H_
#define ASSAY_CORE_EXEC_THREAD_POOL_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/functional/function_ref.h"

namespace assay::exec {

class ThreadPool {
 public:
  // `num_threads` counts the threads that the pool starts (0 is allowed: then
  // all work is done by callers). At most `max_queued` tasks wait.
  ThreadPool(int num_threads, size_t max_queued);
  // Runs what is queued, then joins.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int num_threads() const;

  // Queues `task`. False, with `task` not run, if the queue is full or the
  // pool has no threads.
  bool TrySchedule(std::function<void()> task);

  // Calls `body(i)` for every i in [0, num_items), each once, on the calling
  // thread and on at most `max_parallelism` - 1 pool threads; returns when all
  // calls have returned, whose effects the caller then sees. 0: no limit.
  void ParallelFor(size_t num_items, int max_parallelism,
                   absl::FunctionRef<void(size_t)> body);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::exec

#endif  // ASSAY_CORE_EXEC_THREAD_POOL_H_
