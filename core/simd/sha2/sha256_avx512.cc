// SHA-256 (FIPS 180-4 6.2) of sixteen messages at a time with AVX-512: what
// sha2_avx512_inl.h does, for words of 32 bits. Up to ten messages are left to
// the SHA extensions, which do them sooner.
#include "core/simd/sha2/sha256_avx512.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/simd/cpu_features.h"
#include "core/simd/sha2/sha256_round_constants.h"
#include "core/simd/sha2/sha256_shani.h"
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
      _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
  return _mm512_shuffle_epi8(_mm512_loadu_si512(words), swap_bytes);
}

// Of four lanes: columns[i] gets word i of each, and in its further quarters
// words i + 4, i + 8 and i + 12.
ASSAY_INLINE void LoadFourLanes(const uint8_t* const* lanes, size_t offset,
                                __m512i* columns) {
  const __m512i r0 = LoadLane(lanes[0] + offset);
  const __m512i r1 = LoadLane(lanes[1] + offset);
  const __m512i r2 = LoadLane(lanes[2] + offset);
  const __m512i r3 = LoadLane(lanes[3] + offset);
  const __m512i low01 = _mm512_unpacklo_epi32(r0, r1);
  const __m512i low23 = _mm512_unpacklo_epi32(r2, r3);
  const __m512i high01 = _mm512_unpackhi_epi32(r0, r1);
  const __m512i high23 = _mm512_unpackhi_epi32(r2, r3);
  columns[0] = _mm512_unpacklo_epi64(low01, low23);
  columns[1] = _mm512_unpackhi_epi64(low01, low23);
  columns[2] = _mm512_unpacklo_epi64(high01, high23);
  columns[3] = _mm512_unpackhi_epi64(high01, high23);
}

// From one column of each four lanes to words w[0], w[4], w[8] and w[12] of all
// sixteen.
ASSAY_INLINE void JoinColumns(__m512i lanes0, __m512i lanes4, __m512i lanes8,
                              __m512i lanes12, __m512i* w) {
  constexpr int kEven = 0x88, kOdd = 0xdd;
  const __m512i even0 = _mm512_shuffle_i32x4(lanes0, lanes4, kEven);
  const __m512i even8 = _mm512_shuffle_i32x4(lanes8, lanes12, kEven);
  const __m512i odd0 = _mm512_shuffle_i32x4(lanes0, lanes4, kOdd);
  const __m512i odd8 = _mm512_shuffle_i32x4(lanes8, lanes12, kOdd);
  w[0] = _mm512_shuffle_i32x4(even0, even8, kEven);
  w[4] = _mm512_shuffle_i32x4(odd0, odd8, kEven);
  w[8] = _mm512_shuffle_i32x4(even0, even8, kOdd);
  w[12] = _mm512_shuffle_i32x4(odd0, odd8, kOdd);
}

// The sixteen words of each lane's block, transposed.
ASSAY_INLINE void TransposeBlocks(const uint8_t* const* lanes, size_t offset,
                                  __m512i* w) {
  __m512i c0[4], c4[4], c8[4], c12[4];
  LoadFourLanes(lanes, offset, c0);
  LoadFourLanes(lanes + 4, offset, c4);
  LoadFourLanes(lanes + 8, offset, c8);
  LoadFourLanes(lanes + 12, offset, c12);
  JoinColumns(c0[0], c4[0], c8[0], c12[0], w);
  JoinColumns(c0[1], c4[1], c8[1], c12[1], w + 1);
  JoinColumns(c0[2], c4[2], c8[2], c12[2], w + 2);
  JoinColumns(c0[3], c4[3], c8[3], c12[3], w + 3);
}

#include "core/simd/sha2/sha2_avx512_inl.h"

struct Arithmetic {
  using Word = uint32_t;
  static constexpr size_t kNumLanes = 16;
  static constexpr size_t kNumRounds = 64;
  static constexpr const Word (&kRoundConstants)[kNumRounds] =
      kSha256RoundConstants;

  ASSAY_INLINE static __m512i Add(__m512i a, __m512i b) {
    return _mm512_add_epi32(a, b);
  }
  ASSAY_INLINE static __m512i Broadcast(Word word) {
    return _mm512_set1_epi32(static_cast<int32_t>(word));
  }
  template <int kTable>
  ASSAY_INLINE static __m512i Ternary(__m512i a, __m512i b, __m512i c) {
    return _mm512_ternarylogic_epi32(a, b, c, kTable);
  }
  ASSAY_INLINE static __m512i BigSigma0(__m512i x) {
    return Rotations<2, 13, 22>(x);
  }
  ASSAY_INLINE static __m512i BigSigma1(__m512i x) {
    return Rotations<6, 11, 25>(x);
  }
  ASSAY_INLINE static __m512i SmallSigma0(__m512i x) {
    return RotationsAndShift<7, 18, 3>(x);
  }
  ASSAY_INLINE static __m512i SmallSigma1(__m512i x) {
    return RotationsAndShift<17, 19, 10>(x);
  }
  static Word BigEndian(Word word) { return __builtin_bswap32(word); }
  ASSAY_INLINE static void LoadBlocks(const uint8_t* const* lanes,
                                      size_t offset, __m512i* w) {
    TransposeBlocks(lanes, offset, w);
  }

 private:
  template <int kRotate1, int kRotate2, int kRotate3>
  ASSAY_INLINE static __m512i Rotations(__m512i x) {
    return Ternary<kXor3>(_mm512_ror_epi32(x, kRotate1),
                          _mm512_ror_epi32(x, kRotate2),
                          _mm512_ror_epi32(x, kRotate3));
  }
  template <int kRotate1, int kRotate2, int kShift>
  ASSAY_INLINE static __m512i RotationsAndShift(__m512i x) {
    return Ternary<kXor3>(_mm512_ror_epi32(x, kRotate1),
                          _mm512_ror_epi32(x, kRotate2),
                          _mm512_srli_epi32(x, kShift));
  }
};

// Up to so many messages the SHA extensions are quicker with, two at a time.
constexpr size_t kFewMessages = 10;

class Compressor : public LanesCompressor<Arithmetic> {
 public:
  void Compress(const uint8_t* const* blocks, size_t num_blocks,
                size_t num_active) {
    if (num_active > kFewMessages) {
      LanesCompressor::Compress(blocks, num_blocks, num_active);
    } else {
      CompressFew(blocks, num_blocks, num_active);
    }
  }

 private:
  void CompressFew(const uint8_t* const* blocks, size_t num_blocks,
                   size_t num_active) {
    for (size_t lane = 0; lane < num_active; lane += 2) {
      const size_t num = num_active - lane < 2 ? 1 : 2;
      uint32_t states[2][8];
      for (size_t i = 0; i < num; ++i) Store(lane + i, states[i]);
      Sha256ShaNiCompress(states, blocks + lane, num, num_blocks);
      for (size_t i = 0; i < num; ++i) Load(lane + i, states[i]);
    }
  }
};

using Lanes = Sha2Lanes<Compressor>;

__attribute__((noinline)) void HashInLanes(const Sha256Job* jobs, size_t num) {
  Lanes lanes;
  lanes.Hash(jobs, num);
}

void Hash(const Sha256Job* jobs, size_t num) {
  if (num <= kFewMessages) return Sha256ShaNiKernel()->hash(jobs, num);
  HashInLanes(jobs, num);
  WipeStackOfLastCall<sizeof(Lanes) + 3072>();
  WipeRegisters();
}

constexpr Sha256Kernel kKernel = {"avx512", Compressor::kNumLanes, Hash};

#undef ASSAY_INLINE

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const Sha256Kernel* Sha256Avx512Kernel() {
  const bool is_usable =
      UsableCpuFeatures().avx512_ifma && Sha256ShaNiKernel() != nullptr;
  return is_usable ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const Sha256Kernel* Sha256Avx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
