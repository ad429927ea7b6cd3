// Base64url with AVX-512 VBMI: 64 characters or 48 bytes at a time. After
// Mula and Lemire, "Base64 encoding and decoding at almost the speed of a
// memory copy" (2019).
//
// A group of four characters a, b, c, d stands for 24 bits, aaaaaabb bbbbcccc
// ccdddddd, in three bytes. One VPERMI2B looks 64 characters up in a table of
// 128; two multiply-adds join the sextets of a group, first into 12 bits, then
// into 24; VPERMB picks the three bytes of each group in big-endian order. The
// other way, VPERMB gives each group its three bytes, VPMULTISHIFTQB cuts the
// sextets out, and VPERMB looks them up in the alphabet.
//
// What is left over at the end is loaded and stored under a mask, so nothing
// beyond either buffer is touched.
#include "core/simd/base64url/base64url_kernel.h"
#include "core/simd/cpu_features.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                    \
    __attribute__((target("avx512f,avx512bw,avx512vbmi,bmi2"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vbmi,bmi2")
// g++ 12 warns of its own header (its bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace assay::simd {
namespace {

#define ASSAY_INLINE inline __attribute__((always_inline))

constexpr size_t kNumCharacters = 64;  // Of a vector,
constexpr size_t kNumBytes = 48;       // and the bytes they stand for.

alignas(64) constexpr char kAlphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// What a character below 128 stands for; the high bit says: nothing.
constexpr uint8_t kInvalid = 0x80;

struct Sextets {
  alignas(64) uint8_t of[128];
};

constexpr Sextets MakeSextets() {
  Sextets sextets{};
  for (uint8_t& sextet : sextets.of) sextet = kInvalid;
  for (uint8_t i = 0; i < 64; ++i) {
    sextets.of[static_cast<uint8_t>(kAlphabet[i])] = i;
  }
  return sextets;
}

constexpr Sextets kSextets = MakeSextets();

struct Permutation {
  alignas(64) uint8_t from[64];
};

// Of each 32-bit group with 24 bits of value, the three bytes from high to low.
constexpr Permutation MakePacking() {
  Permutation packing{};
  for (uint8_t i = 0; i < kNumBytes; ++i) {
    packing.from[i] = static_cast<uint8_t>(i / 3 * 4 + (2 - i % 3));
  }
  return packing;
}

// To each 32-bit group its three bytes x, y, z as y, x, z, y: all sextets are
// then whole in the little-endian word, at bits 10, 4, 22 and 16.
constexpr Permutation MakeSpreading() {
  Permutation spreading{};
  for (uint8_t i = 0; i < 16; ++i) {
    const uint8_t first = static_cast<uint8_t>(3 * i);
    spreading.from[4 * i] = static_cast<uint8_t>(first + 1);
    spreading.from[4 * i + 1] = first;
    spreading.from[4 * i + 2] = static_cast<uint8_t>(first + 2);
    spreading.from[4 * i + 3] = static_cast<uint8_t>(first + 1);
  }
  return spreading;
}

constexpr Permutation kPacking = MakePacking();
constexpr Permutation kSpreading = MakeSpreading();

ASSAY_INLINE uint64_t LowBits(size_t num) {  // num < 64
  return _bzhi_u64(~uint64_t{0}, static_cast<uint32_t>(num));
}

// The 48 bytes that 64 characters stand for; the rest is zero. What is not in
// the alphabet leaves its trace in the high bits of `errors`.
ASSAY_INLINE __m512i DecodeVector(__m512i characters, __m512i* errors) {
  const __m512i sextets =
      _mm512_permutex2var_epi8(_mm512_load_si512(kSextets.of), characters,
                               _mm512_load_si512(kSextets.of + 64));
  // The table knows seven bits of a character, so the eighth counts by itself.
  *errors = _mm512_ternarylogic_epi32(*errors, sextets, characters, 0xfe);
  const __m512i pairs =
      _mm512_maddubs_epi16(sextets, _mm512_set1_epi32(0x01400140));
  const __m512i groups =
      _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00011000));
  return _mm512_maskz_permutexvar_epi8(
      (uint64_t{1} << kNumBytes) - 1, _mm512_load_si512(kPacking.from), groups);
}

bool Decode(const char* text, size_t len, uint8_t* out) {
  if (len % 4 == 1) return false;
  __m512i errors = _mm512_setzero_si512();
  const char* const end = text + len;
  constexpr uint64_t kAllBytes = (uint64_t{1} << kNumBytes) - 1;
  while (end - text >= static_cast<ptrdiff_t>(kNumCharacters)) {
    const __m512i bytes = DecodeVector(_mm512_loadu_si512(text), &errors);
    _mm512_mask_storeu_epi8(out, kAllBytes, bytes);
    text += kNumCharacters;
    out += kNumBytes;
  }
  const size_t left = static_cast<size_t>(end - text);
  // 'A' is zero: it adds nothing to the last bytes, and shows in the bytes
  // behind them what the last character should not have set.
  const __m512i characters =
      _mm512_mask_loadu_epi8(_mm512_set1_epi8('A'), LowBits(left), text);
  const __m512i bytes = DecodeVector(characters, &errors);
  const uint64_t stored = LowBits(left * 3 / 4);
  _mm512_mask_storeu_epi8(out, stored, bytes);
  const uint64_t trailing = _mm512_test_epi8_mask(bytes, bytes) & ~stored;
  return (_mm512_movepi8_mask(errors) | trailing) == 0;
}

ASSAY_INLINE __m512i EncodeVector(__m512i bytes) {
  const __m512i spread =
      _mm512_permutexvar_epi8(_mm512_load_si512(kSpreading.from), bytes);
  // For each byte of a 64-bit word, from which bit on; the two high bits of
  // what is cut out do not count in the look-up.
  const __m512i sextets = _mm512_multishift_epi64_epi8(
      _mm512_set1_epi64(0x3036242a1016040a), spread);
  return _mm512_permutexvar_epi8(sextets, _mm512_load_si512(kAlphabet));
}

void Encode(const uint8_t* bytes, size_t len, char* text) {
  constexpr uint64_t kAllBytes = (uint64_t{1} << kNumBytes) - 1;
  for (; len >= kNumBytes; len -= kNumBytes) {
    _mm512_storeu_si512(
        text, EncodeVector(_mm512_maskz_loadu_epi8(kAllBytes, bytes)));
    bytes += kNumBytes;
    text += kNumCharacters;
  }
  const __m512i last = _mm512_maskz_loadu_epi8(LowBits(len), bytes);
  _mm512_mask_storeu_epi8(text, LowBits((len * 4 + 2) / 3), EncodeVector(last));
}

constexpr Base64UrlKernel kKernel = {"avx512", Decode, Encode};

#undef ASSAY_INLINE

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const Base64UrlKernel* Base64UrlAvx512Kernel() {
  return UsableCpuFeatures().avx512_ifma ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const Base64UrlKernel* Base64UrlAvx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
