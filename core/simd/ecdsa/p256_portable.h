// P-256 without intrinsics, on any machine with 64-bit words.
#ifndef ASSAY_CORE_SIMD_ECDSA_P256_PORTABLE_H_
#define ASSAY_CORE_SIMD_ECDSA_P256_PORTABLE_H_

#include "core/simd/ecdsa/ecdsa_kernel.h"

namespace assay::simd {

// Never null. Tables of 6, 8 and 10 bits: 86, 256 and 832 KiB. Keys without a
// table are left to BoringSSL.
const EcdsaKernel* P256PortableKernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ECDSA_P256_PORTABLE_H_
