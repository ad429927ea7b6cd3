// The engine's thread pool and oneTBB behind one interface: who runs a batch
// that has been cut into chunks.
#ifndef ASSAY_BENCH_PARALLEL_RUNNERS_H_
#define ASSAY_BENCH_PARALLEL_RUNNERS_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/functional/function_ref.h"

namespace assay::bench {

// Thread safety: all methods may be called concurrently.
class ParallelRunner {
 public:
  virtual ~ParallelRunner() = default;
  // Calls `body` for every index below `num`, on this thread and on others;
  // returns when all calls have.
  virtual void ForEach(size_t num, absl::FunctionRef<void(size_t)> body) = 0;
  // Has `task` called by one of the runner's threads, which may call ForEach:
  // how the service hands a batch over.
  virtual void Schedule(std::function<void()> task) = 0;
};

// Runners of `num_own_threads` threads; callers of ForEach come on top.
std::unique_ptr<ParallelRunner> MakeOwnPool(int num_own_threads);
// The same as a tbb::task_arena, within which ForEach is a tbb::parallel_for
// that hands out one chunk at a time. With `isolate`, who waits for the rest of
// a batch takes no chunks of another one.
std::unique_ptr<ParallelRunner> MakeTbb(int num_own_threads, bool isolate);

}  // namespace assay::bench

#endif  // ASSAY_BENCH_PARALLEL_RUNNERS_H_
