#ifndef ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_
#define ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_

#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

// SHA-256 of two messages at once with the SHA extensions, or null where
// UsableCpuFeatures() lacks them (or AVX2). From two messages on it is quicker
// than one after the other; one alone takes as long as with any good library.
const Sha256Kernel* Sha256ShaNiKernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_
