#include "core/exec/for_each.h"

#include <algorithm>

namespace assay::exec {

void ForEach(ThreadPool* pool, size_t num_items, int max_parallelism,
             absl::FunctionRef<void(size_t)> body) {
  if (pool != nullptr) {
    pool->ParallelFor(num_items, max_parallelism, body);
  } else {
    for (size_t i = 0; i < num_items; ++i) body(i);
  }
}

void ForEachChunk(ThreadPool* pool, size_t num_items, size_t per_chunk,
                  int max_parallelism,
                  absl::FunctionRef<void(size_t, size_t)> body) {
  ForEach(pool, NumChunks(num_items, per_chunk), max_parallelism,
          [&](size_t chunk) {
            const size_t begin = chunk * per_chunk;
            body(begin, std::min(begin + per_chunk, num_items));
          });
}

}  // namespace assay::exec
