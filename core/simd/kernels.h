// Which signature and hash kernel does what on this machine. (base64url and
// plain_text choose theirs by the same features.)
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_KERNELS_H_
#define ASSAY_CORE_SIMD_KERNELS_H_

#include "core/simd/ecdsa/ecdsa_kernel.h"
#include "core/simd/ed25519/ed25519_kernel.h"
#include "core/simd/rsa/rsa_kernel.h"
#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

// Null where there is none: then BoringSSL does that work. What is not null
// lives for ever.
struct Kernels {
  const Sha256Kernel* sha256 = nullptr;
  const Sha512Kernel* sha512 = nullptr;
  const Ed25519Kernel* ed25519 = nullptr;
  const EcdsaKernel* p256 = nullptr;
  const EcdsaKernel* p384 = nullptr;
  const EcdsaKernel* p521 = nullptr;
  const RsaKernel* rsa2048 = nullptr;
  const RsaKernel* rsa3072 = nullptr;
  const RsaKernel* rsa4096 = nullptr;
};

// The best that UsableCpuFeatures() allows, portable kernels included.
const Kernels& BestKernels();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_KERNELS_H_
