// Ed25519 in portable 64-bit arithmetic.
#ifndef ASSAY_CORE_SIMD_ED25519_ED25519_PORTABLE_H_
#define ASSAY_CORE_SIMD_ED25519_ED25519_PORTABLE_H_

#include "core/simd/ed25519/ed25519_kernel.h"

namespace assay::simd {

// Never null. Keys without a table are left undecided.
const Ed25519Kernel* Ed25519PortableKernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ED25519_ED25519_PORTABLE_H_
