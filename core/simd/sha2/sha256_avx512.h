// SHA-256 of sixteen messages at a time, with AVX-512.
#ifndef ASSAY_CORE_SIMD_SHA2_SHA256_AVX512_H_
#define ASSAY_CORE_SIMD_SHA2_SHA256_AVX512_H_

#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

// Null where UsableCpuFeatures() lacks AVX-512 (F, BW) or the SHA extensions,
// by which a few messages alone are quicker.
const Sha256Kernel* Sha256Avx512Kernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA256_AVX512_H_
