#ifndef ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_
#define ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_

#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

// SHA-256 of up to four messages at once with the SHA extensions, or null where
// UsableCpuFeatures() lacks them.
const Sha256Kernel* Sha256ShaNiKernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_
