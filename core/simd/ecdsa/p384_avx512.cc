// P-384 (FIPS 186-4 D.1.2.4) in eight AVX-512 lanes: the constants, and
// the instances of what ecdsa_ifma_inl.h does for a curve.
#include "core/simd/ecdsa/p384_avx512.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/simd/cpu_features.h"

#if defined(__clang__)
#pragma clang attribute push(                                                   \
    __attribute__((target(                                                      \
        "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx"))), \
    apply_to = function)
#else
// g++ 12 warns of its own _mm512_undefined_epi32 inside the intrinsics.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
#endif

namespace assay::simd {
namespace {

// The order matters.
// clang-format off
#include "core/simd/ecdsa/radix48_inl.h"
#include "core/simd/ecdsa/p384_field_inl.h"
#include "core/simd/ecdsa/wide_words_inl.h"
#include "core/simd/ecdsa/modular_inverse_inl.h"
#include "core/simd/ecdsa/scalar52_inl.h"
#include "core/simd/ecdsa/ifma_lanes_inl.h"
#include "core/simd/ecdsa/ecdsa_ifma_inl.h"
// clang-format on

struct P384 {
  using Field = P384Field<IfmaLanes>;
  static constexpr int kBits = 384;
  static constexpr int kBytes = 48;
  static constexpr int kDigestBytes = 48;
  static constexpr int kWords = 6;
  static constexpr int kScalarLimbs = 8;
  static constexpr int kWindows[] = {4, 6, 8, 0};
  static constexpr int kGeneratorWindow = 12;
  static constexpr uint64_t kPrime[kWords] = {
      0x00000000ffffffff, 0xffffffff00000000, 0xfffffffffffffffe,
      0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff};
  static constexpr uint64_t kOrder[kWords] = {
      0xecec196accc52973, 0x581a0db248b0a77a, 0xc7634d81f4372ddf,
      0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff};
  // x, then y.
  static constexpr uint64_t kGenerator[2 * kWords] = {
      0x3a545e3872760ab7, 0x5502f25dbf55296c, 0x59f741e082542a38,
      0x6e1d3b628ba79b98, 0x8eb1c71ef320ad74, 0xaa87ca22be8b0537,
      0x7a431d7c90ea0e5f, 0x0a60b1ce1d7e819d, 0xe9da3113b5f0b8c0,
      0xf8f41dbd289a147c, 0x5d9e98bf9292dc29, 0x3617de4a96262c6f};
};

// At compile time: an initialiser would run its AVX-512 on every machine.
constexpr EcdsaKernel kKernel = MakeKernel<P384>();

}  // namespace

}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#pragma GCC diagnostic pop
#endif

namespace assay::simd {

// Asked on any machine: compiled for any.
const EcdsaKernel* P384Avx512Kernel() {
  return UsableCpuFeatures().avx512_ifma ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const EcdsaKernel* P384Avx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
