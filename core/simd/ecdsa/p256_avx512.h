// P-256 in 8 lanes of AVX-512 IFMA.
#ifndef ASSAY_CORE_SIMD_ECDSA_P256_AVX512_H_
#define ASSAY_CORE_SIMD_ECDSA_P256_AVX512_H_

#include "core/simd/ecdsa/ecdsa_kernel.h"

namespace assay::simd {

// Null where this processor, or ASSAY_SIMD, does not allow it. Tables of 4, 8
// and 10 bits: 32, 256 and 832 KiB.
const EcdsaKernel* P256Avx512Kernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ECDSA_P256_AVX512_H_
