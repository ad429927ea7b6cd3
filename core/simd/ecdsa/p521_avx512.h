// ES512 verification in eight lanes of AVX-512 with IFMA.
#ifndef ASSAY_CORE_SIMD_ECDSA_P521_AVX512_H_
#define ASSAY_CORE_SIMD_ECDSA_P521_AVX512_H_

#include "core/simd/ecdsa/ecdsa_kernel.h"

namespace assay::simd {

// Null on a machine that lacks the instructions, or if ASSAY_SIMD forbids them.
const EcdsaKernel* P521Avx512Kernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ECDSA_P521_AVX512_H_
