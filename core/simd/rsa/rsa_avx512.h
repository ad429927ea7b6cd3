// The RSA kernels for AVX-512 with IFMA.
#ifndef ASSAY_CORE_SIMD_RSA_RSA_AVX512_H_
#define ASSAY_CORE_SIMD_RSA_RSA_AVX512_H_

#include <cstddef>

#include "core/simd/rsa/rsa_kernel.h"

namespace assay::simd {

// The kernel for moduli of this many bytes: 256, 384 or 512. Null for other
// lengths, and where UsableCpuFeatures() lacks the instructions.
const RsaKernel* RsaAvx512Kernel(size_t modulus_len);

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_RSA_RSA_AVX512_H_
