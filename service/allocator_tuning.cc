#include "service/allocator_tuning.h"

#include <malloc.h>

namespace assay::service {

void TuneAllocator() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, static_cast<int>(kKeptByAllocatorBytes));
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kKeptByAllocatorBytes));
#endif
}

}  // namespace assay::service
