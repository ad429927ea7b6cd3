// Counts calls of operator new, for tests that promise not to allocate. Linking
// this in replaces the program's operators new and delete.
#ifndef ASSAY_TESTS_SUPPORT_ALLOCATION_COUNTER_H_
#define ASSAY_TESTS_SUPPORT_ALLOCATION_COUNTER_H_

#include <cstddef>

namespace assay::testing {

// Calls of operator new on this thread since it started.
size_t NumAllocations();

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_ALLOCATION_COUNTER_H_
