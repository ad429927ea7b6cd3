#include "tests/support/allocation_counter.h"

#include <cstdlib>
#include <new>

namespace {

thread_local size_t num_allocations = 0;

}  // namespace

// In a file of their own, so that the compiler never sees one of a pair inlined
// and the other not.
void* operator new(size_t len) {
  ++num_allocations;
  if (void* const place = std::malloc(len > 0 ? len : 1)) return place;
  std::abort();
}
// simdjson allocates so; a sanitizer wants each kind freed as it was allocated.
void* operator new(size_t len, const std::nothrow_t&) noexcept {
  ++num_allocations;
  return std::malloc(len > 0 ? len : 1);
}
void operator delete(void* place) noexcept { std::free(place); }
void operator delete(void* place, size_t) noexcept { std::free(place); }

namespace assay::testing {

size_t NumAllocations() { return num_allocations; }

}  // namespace assay::testing
