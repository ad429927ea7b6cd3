// SHA-512 (FIPS 180-4 6.4), and SHA-384 from its own initial state, of eight
// messages at a time with AVX-512: what sha2_avx512_inl.h does, for words of 64
// bits.
#include "core/simd/sha2/sha512_avx512.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/simd/cpu_features.h"
#include "core/simd/sha2/sha2_lanes.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw"))), \
                             apply_to = function)
#else
#pragma GCC push_options
// g++ 12 warns of its own header (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC target("avx512f,avx512bw")
#endif

namespace assay::simd {
namespace {

#define ASSAY_INLINE inline __attribute__((always_inline))

ASSAY_INLINE __m512i LoadLane(const uint8_t* words) {
  const __m512i swap_bytes = _mm512_broadcast_i32x4(
      _mm_set_epi64x(0x08090a0b0c0d0e0f, 0x0001020304050607));
  return _mm512_shuffle_epi8(_mm512_loadu_si512(words), swap_bytes);
}

// From words of lanes 0 and 1, 2 and 3 and so on side by side, to four words of
// eight lanes: w[0], w[2], w[4] and w[6].
ASSAY_INLINE void JoinPairs(__m512i lanes01, __m512i lanes23, __m512i lanes45,
                            __m512i lanes67, __m512i* w) {
  constexpr int kEven = 0x88, kOdd = 0xdd;
  const __m512i w04_0123 = _mm512_shuffle_i64x2(lanes01, lanes23, kEven);
  const __m512i w04_4567 = _mm512_shuffle_i64x2(lanes45, lanes67, kEven);
  const __m512i w26_0123 = _mm512_shuffle_i64x2(lanes01, lanes23, kOdd);
  const __m512i w26_4567 = _mm512_shuffle_i64x2(lanes45, lanes67, kOdd);
  w[0] = _mm512_shuffle_i64x2(w04_0123, w04_4567, kEven);
  w[2] = _mm512_shuffle_i64x2(w26_0123, w26_4567, kEven);
  w[4] = _mm512_shuffle_i64x2(w04_0123, w04_4567, kOdd);
  w[6] = _mm512_shuffle_i64x2(w26_0123, w26_4567, kOdd);
}

// Eight words of each lane, transposed.
ASSAY_INLINE void TransposeWords(const uint8_t* const* lanes, size_t offset,
                                 __m512i* w) {
  const __m512i r0 = LoadLane(lanes[0] + offset);
  const __m512i r1 = LoadLane(lanes[1] + offset);
  const __m512i r2 = LoadLane(lanes[2] + offset);
  const __m512i r3 = LoadLane(lanes[3] + offset);
  const __m512i r4 = LoadLane(lanes[4] + offset);
  const __m512i r5 = LoadLane(lanes[5] + offset);
  const __m512i r6 = LoadLane(lanes[6] + offset);
  const __m512i r7 = LoadLane(lanes[7] + offset);
  JoinPairs(_mm512_unpacklo_epi64(r0, r1), _mm512_unpacklo_epi64(r2, r3),
            _mm512_unpacklo_epi64(r4, r5), _mm512_unpacklo_epi64(r6, r7), w);
  JoinPairs(_mm512_unpackhi_epi64(r0, r1), _mm512_unpackhi_epi64(r2, r3),
            _mm512_unpackhi_epi64(r4, r5), _mm512_unpackhi_epi64(r6, r7),
            w + 1);
}

#include "core/simd/sha2/sha2_avx512_inl.h"

struct Arithmetic {
  using Word = uint64_t;
  static constexpr size_t kNumLanes = 8;
  static constexpr size_t kNumRounds = 80;
  static constexpr Word kRoundConstants[kNumRounds] = {
      0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
      0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
      0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
      0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
      0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
      0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
      0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
      0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
      0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
      0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
      0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
      0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
      0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
      0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
      0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
      0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
      0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
      0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
      0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
      0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
      0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
      0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
      0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
      0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
      0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
      0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
      0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

  ASSAY_INLINE static __m512i Add(__m512i a, __m512i b) {
    return _mm512_add_epi64(a, b);
  }
  ASSAY_INLINE static __m512i Broadcast(Word word) {
    return _mm512_set1_epi64(static_cast<int64_t>(word));
  }
  template <int kTable>
  ASSAY_INLINE static __m512i Ternary(__m512i a, __m512i b, __m512i c) {
    return _mm512_ternarylogic_epi64(a, b, c, kTable);
  }
  ASSAY_INLINE static __m512i BigSigma0(__m512i x) {
    return Rotations<28, 34, 39>(x);
  }
  ASSAY_INLINE static __m512i BigSigma1(__m512i x) {
    return Rotations<14, 18, 41>(x);
  }
  ASSAY_INLINE static __m512i SmallSigma0(__m512i x) {
    return RotationsAndShift<1, 8, 7>(x);
  }
  ASSAY_INLINE static __m512i SmallSigma1(__m512i x) {
    return RotationsAndShift<19, 61, 6>(x);
  }
  static Word BigEndian(Word word) { return __builtin_bswap64(word); }
  ASSAY_INLINE static void LoadBlocks(const uint8_t* const* lanes,
                                      size_t offset, __m512i* w) {
    TransposeWords(lanes, offset, w);
    TransposeWords(lanes, offset + 64, w + 8);
  }

 private:
  template <int kRotate1, int kRotate2, int kRotate3>
  ASSAY_INLINE static __m512i Rotations(__m512i x) {
    return Ternary<kXor3>(_mm512_ror_epi64(x, kRotate1),
                          _mm512_ror_epi64(x, kRotate2),
                          _mm512_ror_epi64(x, kRotate3));
  }
  template <int kRotate1, int kRotate2, int kShift>
  ASSAY_INLINE static __m512i RotationsAndShift(__m512i x) {
    return Ternary<kXor3>(_mm512_ror_epi64(x, kRotate1),
                          _mm512_ror_epi64(x, kRotate2),
                          _mm512_srli_epi64(x, kShift));
  }
};

using Lanes = Sha2Lanes<LanesCompressor<Arithmetic>>;

__attribute__((noinline)) void HashInLanes(const Sha512Job* jobs, size_t num) {
  Lanes lanes;
  lanes.Hash(jobs, num);
}

void Hash(const Sha512Job* jobs, size_t num) {
  HashInLanes(jobs, num);
  WipeStackOfLastCall<sizeof(Lanes) + 1024>();
  WipeRegisters();
}

constexpr Sha512Kernel kKernel = {"avx512", Arithmetic::kNumLanes, Hash};

#undef ASSAY_INLINE

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const Sha512Kernel* Sha512Avx512Kernel() {
  return UsableCpuFeatures().avx512_ifma ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const Sha512Kernel* Sha512Avx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
