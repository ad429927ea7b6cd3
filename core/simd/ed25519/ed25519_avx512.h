// Ed25519 in eight lanes, with AVX-512 IFMA.
#ifndef ASSAY_CORE_SIMD_ED25519_ED25519_AVX512_H_
#define ASSAY_CORE_SIMD_ED25519_ED25519_AVX512_H_

#include "core/simd/ed25519/ed25519_kernel.h"

namespace assay::simd {

// Null where UsableCpuFeatures() lacks the instructions, and on other
// architectures than x86-64.
const Ed25519Kernel* Ed25519Avx512Kernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ED25519_ED25519_AVX512_H_
