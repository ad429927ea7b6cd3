#ifndef ASSAY_CORE_SIMD_SHA2_SHA512_AVX512_H_
#define ASSAY_CORE_SIMD_SHA2_SHA512_AVX512_H_

#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

// SHA-512 and SHA-384 of eight messages at once with AVX-512, or null where
// UsableCpuFeatures() lacks it. Fewer than eight take as long as eight: worth
// it from two or three messages of one length on.
const Sha512Kernel* Sha512Avx512Kernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA512_AVX512_H_
