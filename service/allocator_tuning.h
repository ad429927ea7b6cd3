// What the C library's allocator is told about a server of batches.
#ifndef ASSAY_SERVICE_ALLOCATOR_TUNING_H_
#define ASSAY_SERVICE_ALLOCATOR_TUNING_H_

#include <cstddef>

namespace assay::service {

// The most that glibc allows for a block that does not become a mapping of its
// own, and what every arena may keep for the next batch.
inline constexpr size_t kKeptByAllocatorBytes = 32 * 1024 * 1024;

// Keeps memory that a batch used for the next one. At its defaults, glibc gives
// a batch's megabytes back to the kernel when it ends and fetches them again,
// page by page, for the next: some 100 page faults for 1 000 tokens, and a
// fifth of the processor time of an HS256 token (//bench:service). Called once,
// before there are threads. Does nothing with another C library.
void TuneAllocator();

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ALLOCATOR_TUNING_H_
