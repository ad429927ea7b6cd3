#include "core/simd/kernels.h"

#include <initializer_list>

#include "core/simd/cpu_features.h"
#include "core/simd/ecdsa/p256_avx512.h"
#include "core/simd/ecdsa/p256_portable.h"
#include "core/simd/ecdsa/p384_avx512.h"
#include "core/simd/ecdsa/p521_avx512.h"
#include "core/simd/ed25519/ed25519_avx512.h"
#include "core/simd/ed25519/ed25519_portable.h"
#include "core/simd/rsa/rsa_avx512.h"
#include "core/simd/sha2/sha256_avx512.h"
#include "core/simd/sha2/sha256_shani.h"
#include "core/simd/sha2/sha512_avx512.h"

namespace assay::simd {
namespace {

// The first that this machine can run.
template <typename Kernel>
const Kernel* FirstOf(std::initializer_list<const Kernel*> kernels) {
  for (const Kernel* kernel : kernels) {
    if (kernel != nullptr) return kernel;
  }
  return nullptr;
}

// Where 512 bits are two halves, sixteen lanes of AVX-512 take as long as the
// SHA extensions (docs/KERNELS.md).
const Sha256Kernel* BestSha256Kernel() {
  if (UsableCpuFeatures().avx512_in_one) {
    return FirstOf({Sha256Avx512Kernel(), Sha256ShaNiKernel()});
  }
  return Sha256ShaNiKernel();
}

Kernels Choose() {
  Kernels kernels;
  kernels.ed25519 = FirstOf({Ed25519Avx512Kernel(), Ed25519PortableKernel()});
  kernels.p256 = FirstOf({P256Avx512Kernel(), P256PortableKernel()});
  kernels.p384 = P384Avx512Kernel();
  kernels.p521 = P521Avx512Kernel();
  kernels.rsa2048 = RsaAvx512Kernel(256);
  kernels.rsa3072 = RsaAvx512Kernel(384);
  kernels.rsa4096 = RsaAvx512Kernel(512);
  kernels.sha256 = BestSha256Kernel();
  kernels.sha512 = Sha512Avx512Kernel();
  return kernels;
}

}  // namespace

const Kernels& BestKernels() {
  static const Kernels kernels = Choose();
  return kernels;
}

}  // namespace assay::simd
