#include "core/exec/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace assay::exec {
namespace {

// One ParallelFor. Shared, so that a helper that comes late finds it alive; it
// finds no index left then, and never touches `body`, which is gone.
class Job {
 public:
  Job(size_t num_items, size_t num_helpers,
      absl::FunctionRef<void(size_t)> body)
      : helpers_wanted(num_helpers), num_items_(num_items), body_(body) {}

  // Works through indices until none is left or, between two of them,
  // `should_leave` says so.
  template <typename ShouldLeave>
  void Work(const ShouldLeave& should_leave) {
    size_t worked = 0;
    while (!should_leave()) {
      // Relaxed: an index is only a number; what the caller wrote before
      // ParallelFor came here through the pool's mutex.
      const size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= num_items_) break;
      body_(i);
      ++worked;
    }
    if (worked > 0) Finish(worked);
  }

  bool has_indices_left() const {
    return next_.load(std::memory_order_relaxed) < num_items_;
  }

  void WaitUntilFinished() {
    // Acquire pairs with the release in Finish: the calls' effects are seen.
    if (finished_.load(std::memory_order_acquire) == num_items_) return;
    std::unique_lock<std::mutex> lock(mutex_);
    all_finished_.wait(lock, [this] {
      return finished_.load(std::memory_order_acquire) == num_items_;
    });
  }

  size_t helpers_wanted;  // Under the pool's mutex.

 private:
  void Finish(size_t worked) {
    const size_t before =
        finished_.fetch_add(worked, std::memory_order_acq_rel);
    if (before + worked != num_items_) return;
    std::lock_guard<std::mutex> lock(mutex_);
    all_finished_.notify_one();
  }

  const size_t num_items_;
  const absl::FunctionRef<void(size_t)> body_;
  std::atomic<size_t> next_{0};      // The next index that nobody has taken.
  std::atomic<size_t> finished_{0};  // Calls of body_ that have returned.
  std::mutex mutex_;                 // For the wait alone.
  std::condition_variable all_finished_;
};

}  // namespace

class ThreadPool::Impl {
 public:
  Impl(int num_threads, size_t max_queued) : max_queued_(max_queued) {
    for (int i = 0; i < num_threads; ++i) {
      threads_.emplace_back([this] { RunWorker(); });
    }
  }

  ~Impl() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    work_arrived_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  int num_threads() const { return static_cast<int>(threads_.size()); }

  bool TrySchedule(std::function<void()> task) {
    if (threads_.empty()) return false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (tasks_.size() >= max_queued_) return false;
      tasks_.push_back(std::move(task));
      num_tasks_.store(tasks_.size(), std::memory_order_relaxed);
    }
    work_arrived_.notify_one();
    return true;
  }

  void ParallelFor(size_t num_items, int max_parallelism,
                   absl::FunctionRef<void(size_t)> body) {
    const size_t num_helpers = NumHelpers(num_items, max_parallelism);
    if (num_helpers == 0) {
      for (size_t i = 0; i < num_items; ++i) body(i);
      return;
    }
    const auto job = std::make_shared<Job>(num_items, num_helpers, body);
    const auto offer = Offer(job);
    job->Work([] { return false; });
    Withdraw(offer);
    job->WaitUntilFinished();
  }

 private:
  using Offers = std::list<std::shared_ptr<Job>>;

  size_t NumHelpers(size_t num_items, int max_parallelism) const {
    if (num_items <= 1 || max_parallelism == 1) return 0;
    size_t num = std::min(threads_.size(), num_items - 1);
    if (max_parallelism > 1) {
      num = std::min(num, static_cast<size_t>(max_parallelism) - 1);
    }
    return num;
  }

  Offers::iterator Offer(const std::shared_ptr<Job>& job) {
    Offers::iterator offer;
    size_t num_to_wake;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      offer = offers_.insert(offers_.end(), job);
      num_to_wake = std::min(job->helpers_wanted, num_idle_);
    }
    // Threads that are busy look for offers by themselves when they are done;
    // a wake-up costs microseconds, so only sleepers are woken.
    for (size_t i = 0; i < num_to_wake; ++i) work_arrived_.notify_one();
    return offer;
  }

  void Withdraw(Offers::iterator offer) {
    std::lock_guard<std::mutex> lock(mutex_);
    offers_.erase(offer);
  }

  void RunWorker() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      // Queued tasks first: a job makes progress by its caller, a task has
      // nobody else.
      if (!tasks_.empty()) {
        RunTask(&lock);
      } else if (const std::shared_ptr<Job> job = FindOffer()) {
        Help(job.get(), &lock);
      } else if (stopping_) {
        return;
      } else {
        ++num_idle_;
        work_arrived_.wait(lock);
        --num_idle_;
      }
    }
  }

  void RunTask(std::unique_lock<std::mutex>* lock) {
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    num_tasks_.store(tasks_.size(), std::memory_order_relaxed);
    lock->unlock();
    task();
    task = nullptr;  // What it captured is released without the lock.
    lock->lock();
  }

  // An offered job that wants one more helper, or null.
  std::shared_ptr<Job> FindOffer() {
    for (const std::shared_ptr<Job>& job : offers_) {
      if (job->helpers_wanted > 0 && job->has_indices_left()) return job;
    }
    return nullptr;
  }

  // A helper leaves when a task waits, as a small batch must not wait for the
  // end of a large one; and may come back.
  void Help(Job* job, std::unique_lock<std::mutex>* lock) {
    --job->helpers_wanted;
    lock->unlock();
    // Relaxed: a hint; the task itself is taken under the mutex.
    job->Work(
        [this] { return num_tasks_.load(std::memory_order_relaxed) > 0; });
    lock->lock();
    ++job->helpers_wanted;
  }

  const size_t max_queued_;
  std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::deque<std::function<void()>> tasks_;  // Under mutex_.
  std::atomic<size_t> num_tasks_{0};         // Of tasks_; set under mutex_.
  Offers offers_;                            // Under mutex_.
  size_t num_idle_ = 0;                      // Under mutex_.
  bool stopping_ = false;                    // Under mutex_.
  std::vector<std::thread> threads_;         // Fixed once constructed.
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
  impl_->ParallelFor(num_items, max_parallelism, body);
}

}  // namespace assay::exec
