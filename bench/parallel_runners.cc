#include "bench/parallel_runners.h"

#include <cstdlib>
#include <utility>

#include "core/exec/thread_pool.h"
#include "tbb/blocked_range.h"
#include "tbb/global_control.h"
#include "tbb/parallel_for.h"
#include "tbb/partitioner.h"
#include "tbb/task_arena.h"

namespace assay::bench {
namespace {

class OwnPool final : public ParallelRunner {
 public:
  explicit OwnPool(int num_own_threads) : pool_(num_own_threads, 1024) {}

  void ForEach(size_t num, absl::FunctionRef<void(size_t)> body) override {
    pool_.ParallelFor(num, 0, body);
  }
  void Schedule(std::function<void()> task) override {
    if (!pool_.TrySchedule(std::move(task))) std::abort();
  }

 private:
  exec::ThreadPool pool_;
};

class Tbb final : public ParallelRunner {
 public:
  // One place in the arena is a caller's; oneTBB fills the others with as many
  // of its threads as it has, hence the global limit (which counts one caller).
  Tbb(int num_own_threads, bool isolate)
      : isolate_(isolate),
        limit_(tbb::global_control::max_allowed_parallelism,
               static_cast<size_t>(num_own_threads) + 1),
        arena_(num_own_threads + 1, 1) {}

  void ForEach(size_t num, absl::FunctionRef<void(size_t)> body) override {
    const auto loop = [&] {
      tbb::parallel_for(
          tbb::blocked_range<size_t>(0, num, 1),
          [&](const tbb::blocked_range<size_t>& range) {
            for (size_t i = range.begin(); i < range.end(); ++i) body(i);
          },
          tbb::simple_partitioner());
    };
    arena_.execute([&] {
      if (isolate_) {
        tbb::this_task_arena::isolate(loop);
      } else {
        loop();
      }
    });
  }
  void Schedule(std::function<void()> task) override {
    arena_.enqueue(std::move(task));
  }

 private:
  const bool isolate_;
  const tbb::global_control limit_;
  tbb::task_arena arena_;
};

}  // namespace

std::unique_ptr<ParallelRunner> MakeOwnPool(int num_own_threads) {
  return std::make_unique<OwnPool>(num_own_threads);
}

std::unique_ptr<ParallelRunner> MakeTbb(int num_own_threads, bool isolate) {
  return std::make_unique<Tbb>(num_own_threads, isolate);
}

}  // namespace assay::bench
