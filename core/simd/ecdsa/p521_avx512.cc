// P-521 (FIPS 186-4 D.1.2.5) in eight AVX-512 lanes: the constants, and
// the instances of what ecdsa_ifma_inl.h does for a curve.
#include "core/simd/ecdsa/p521_avx512.h"

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
#include "core/simd/ecdsa/p521_field_inl.h"
#include "core/simd/ecdsa/wide_words_inl.h"
#include "core/simd/ecdsa/modular_inverse_inl.h"
#include "core/simd/ecdsa/scalar52_inl.h"
#include "core/simd/ecdsa/ifma_lanes_inl.h"
#include "core/simd/ecdsa/ecdsa_ifma_inl.h"
// clang-format on

struct P521 {
  using Field = P521Field<IfmaLanes>;
  static constexpr int kBits = 521;
  static constexpr int kBytes = 66;
  static constexpr int kDigestBytes = 64;
  static constexpr int kWords = 9;
  static constexpr int kScalarLimbs = 11;
  static constexpr int kWindows[] = {4, 6, 8, 0};
  static constexpr int kGeneratorWindow = 12;
  static constexpr uint64_t kPrime[kWords] = {
      0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff,
      0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff,
      0xffffffffffffffff, 0xffffffffffffffff, 0x00000000000001ff};
  static constexpr uint64_t kOrder[kWords] = {
      0xbb6fb71e91386409, 0x3bb5c9b8899c47ae, 0x7fcc0148f709a5d0,
      0x51868783bf2f966b, 0xfffffffffffffffa, 0xffffffffffffffff,
      0xffffffffffffffff, 0xffffffffffffffff, 0x00000000000001ff};
  // x, then y.
  static constexpr uint64_t kGenerator[2 * kWords] = {
      0xf97e7e31c2e5bd66, 0x3348b3c1856a429b, 0xfe1dc127a2ffa8de,
      0xa14b5e77efe75928, 0xf828af606b4d3dba, 0x9c648139053fb521,
      0x9e3ecb662395b442, 0x858e06b70404e9cd, 0x00000000000000c6,
      0x88be94769fd16650, 0x353c7086a272c240, 0xc550b9013fad0761,
      0x97ee72995ef42640, 0x17afbd17273e662c, 0x98f54449579b4468,
      0x5c8a5fb42c7d1bd9, 0x39296a789a3bc004, 0x0000000000000118};
};

// At compile time: an initialiser would run its AVX-512 on every machine.
constexpr EcdsaKernel kKernel = MakeKernel<P521>();

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
const EcdsaKernel* P521Avx512Kernel() {
  return UsableCpuFeatures().avx512_ifma ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const EcdsaKernel* P521Avx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
