#include "core/exec/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace assay::exec {
namespace {

// One ParallelFor under way. Shared by the caller and its helpers: a helper
// that starts late finds no index left, touches nothing else, and goes.
class Loop {
 public:
  Loop(size_t num_items, absl::FunctionRef<void(size_t)> body)
      : num_items_(num_items), body_(body) {}

  // Works until no index is left. `body_` is alive whenever an index was got,
  // because the caller waits for all indices.
  void Work() {
    size_t num_done = 0;
    for (;;) {
      const size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= num_items_) break;
      body_(i);
      ++num_done;
    }
    if (num_done == 0) return;
    absl::MutexLock lock(&mutex_);
    num_done_ += num_done;
  }

  // Returns when every index has been worked on; the mutex makes the helpers'
  // effects visible.
  void Wait() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(this, &Loop::AllDone));
  }

 private:
  bool AllDone() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return num_done_ == num_items_;
  }

  const size_t num_items_;
  const absl::FunctionRef<void(size_t)> body_;
  std::atomic<size_t> next_{0};
  absl::Mutex mutex_;
  size_t num_done_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

class ThreadPool::Impl {
 public:
  Impl(int num_threads, size_t max_queued) : max_queued_(max_queued) {
    for (int i = 0; i < num_threads; ++i) {
      threads_.emplace_back([this] { Run(); });
    }
  }

  ~Impl() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    for (std::thread& thread : threads_) thread.join();
  }

  int num_threads() const { return static_cast<int>(threads_.size()); }

  bool TrySchedule(std::function<void()> task) {
    if (threads_.empty()) return false;
    absl::MutexLock lock(&mutex_);
    if (queue_.size() >= max_queued_) return false;
    queue_.push_back(std::move(task));
    return true;
  }

  // Offers the loop to `num_helpers` threads, but to no more than stand idle:
  // a busy pool helps whoever it is working for.
  void OfferHelp(const std::shared_ptr<Loop>& loop, size_t num_helpers) {
    absl::MutexLock lock(&mutex_);
    const size_t idle = num_idle_ > queue_.size() ? num_idle_ - queue_.size()
                                                  : 0;
    for (size_t i = 0; i < std::min(num_helpers, idle); ++i) {
      queue_.push_back([loop] { loop->Work(); });
    }
  }

 private:
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !queue_.empty();
  }

  void Run() {
    absl::MutexLock lock(&mutex_);
    for (;;) {
      ++num_idle_;
      mutex_.Await(absl::Condition(this, &Impl::HasWork));
      --num_idle_;
      if (queue_.empty()) return;  // Stopping, and nothing is left.
      const std::function<void()> task = std::move(queue_.front());
      queue_.pop_front();
      mutex_.Unlock();
      task();
      mutex_.Lock();
    }
  }

  const size_t max_queued_;
  std::vector<std::thread> threads_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  size_t num_idle_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

ThreadPool::ThreadPool(int num_threads, size_t max_queued)
    : impl_(std::make_unique<Impl>(num_threads, max_queued)) {}

ThreadPool::~ThreadPool() = default;

int ThreadPool::num_threads() const { return impl_->num_threads(); }

bool ThreadPool::TrySchedule(std::function<void()> task) {
  return impl_->TrySchedule(std::move(task));
}

void ThreadPool::ParallelFor(size_t num_items, int max_parallelism,
                             absl::FunctionRef<void(size_t)> body) {
  size_t num_helpers = std::min<size_t>(num_threads(), num_items);
  if (num_items > 0) num_helpers = std::min(num_helpers, num_items - 1);
  if (max_parallelism > 0) {
    num_helpers = std::min<size_t>(num_helpers, max_parallelism - 1);
  }
  if (num_helpers == 0) {
    for (size_t i = 0; i < num_items; ++i) body(i);
    return;
  }
  const auto loop = std::make_shared<Loop>(num_items, body);
  impl_->OfferHelp(loop, num_helpers);
  loop->Work();
  loop->Wait();
}

}  // namespace assay::exec
