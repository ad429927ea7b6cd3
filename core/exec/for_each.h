// What batches do with a pool that may be missing: without one the caller does
// all the work, in order.
//
// Thread safety: as ThreadPool::ParallelFor, so `body` may run on several
// threads at once.
#ifndef ASSAY_CORE_EXEC_FOR_EACH_H_
#define ASSAY_CORE_EXEC_FOR_EACH_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "core/exec/thread_pool.h"

namespace assay::exec {

// ThreadPool::ParallelFor of `pool`, which may be null.
void ForEach(ThreadPool* pool, size_t num_items, int max_parallelism,
             absl::FunctionRef<void(size_t)> body);

// The same by chunks: `body(begin, end)` for neighbouring items, `per_chunk` of
// them (1 at least) but for the last ones, which may be fewer.
void ForEachChunk(ThreadPool* pool, size_t num_items, size_t per_chunk,
                  int max_parallelism,
                  absl::FunctionRef<void(size_t, size_t)> body);

// How many chunks that makes.
constexpr size_t NumChunks(size_t num_items, size_t per_chunk) {
  return (num_items + per_chunk - 1) / per_chunk;
}

}  // namespace assay::exec

#endif  // ASSAY_CORE_EXEC_FOR_EACH_H_
