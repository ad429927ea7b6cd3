// s^65537 mod n for eight signatures at once: one in each 64-bit lane of the
// AVX-512 registers, each under a key of its own.
//
// Representation and ranges: see montgomery_lanes-inl.h. Numbers are 40, 60 or
// 80 limbs for moduli of 2048, 3072 or 4096 bits with the top bit set, so R / n
// is at least 2^32 and R > 4n. A signature that is not below n is below 2n, by
// the modulus' top bit, and may go through the arithmetic though it is refused.
//
// In memory, limb i of lane j is word j of vector i. A prepared key is the
// modulus and R^2 mod n, both as limbs padded with zeros to whole vectors, and
// -1/n mod 2^52.
#include "core/simd/rsa/rsa_avx512.h"

#include <cstdint>

#include "core/simd/cpu_features.h"
#include "core/simd/rsa/limb_bytes.h"
#include "core/simd/rsa/modulus52.h"

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                 \
    __attribute__((                                                           \
        target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi"))), \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC diagnostic push
// g++ 12 takes the undefined operand inside of many intrinsics for our mistake.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi")
#endif

#include "core/simd/rsa/montgomery_lanes-inl.h"
#include "core/simd/rsa/rsa_avx512-inl.h"

namespace assay::simd {
namespace {

template <int kModulusLen, int kTiles>
const RsaKernel* KernelOf() {
  using Kernel = Rsa<kModulusLen, kTiles>;
  static constexpr RsaKernel kKernel = {
      "avx512ifma",
      kModulusLen,
      kLanes,
      // All lanes together take about as long as two signatures in BoringSSL.
      2,
      sizeof(typename Kernel::Key),
      Kernel::PrepareKey,
      Kernel::Power65537,
  };
  return &kKernel;
}

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#pragma GCC diagnostic pop
#endif

namespace assay::simd {

const RsaKernel* RsaAvx512Kernel(size_t modulus_len) {
  if (!UsableCpuFeatures().avx512_ifma) return nullptr;
  switch (modulus_len) {
    case 256:
      return KernelOf<256, 4>();
    case 384:
      return KernelOf<384, 6>();
    case 512:
      return KernelOf<512, 8>();
    default:
      return nullptr;
  }
}

}  // namespace assay::simd

#else  // !__x86_64__

namespace assay::simd {

const RsaKernel* RsaAvx512Kernel(size_t) { return nullptr; }

}  // namespace assay::simd

#endif
