// Base64url with AVX2: 32 characters or 24 bytes at a time. After Mula and
// Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions" (2018).
//
// A group of four characters a, b, c, d stands for 24 bits, aaaaaabb bbbbcccc
// ccdddddd, in three bytes. A vector's lower 128 bits hold four groups, its
// upper ones four more: no shuffle but the last crosses between them.
//
// Characters are told by their two halves of four bits. Each half looks up a
// set of classes: by the upper half, the one the character is in if it is in
// the alphabet; by the lower half, the ones it is not in. A class in both sets
// is a character that is not in the alphabet.
//
// What is left over at the end goes through a vector on the stack, which is
// wiped, so nothing beyond either buffer is touched.
#include <cstring>

#include "core/simd/base64url/base64url_kernel.h"
#include "core/simd/cpu_features.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

namespace assay::simd {
namespace {

#define ASSAY_INLINE inline __attribute__((always_inline))

constexpr size_t kNumCharacters = 32;  // Of a vector,
constexpr size_t kNumBytes = 24;       // and the bytes they stand for.

struct Table {
  alignas(32) uint8_t of[32];  // Both halves alike: 16 entries.
};

// Classes: '-'; digits; letters but P to Z and p to z; P to Z and '_'; p to z.
constexpr uint8_t kDash = 1, kDigit = 2, kLetter = 4, kUpper = 8, kLower = 16;
constexpr uint8_t kNoClass = 32;

constexpr Table MakeClassByUpperHalf() {
  Table table{};
  for (uint8_t& entry : table.of) entry = kNoClass;
  for (int i = 0; i < 32; i += 16) {
    table.of[i + 2] = kDash;
    table.of[i + 3] = kDigit;
    table.of[i + 4] = table.of[i + 6] = kLetter;
    table.of[i + 5] = kUpper;
    table.of[i + 7] = kLower;
  }
  return table;
}

constexpr Table MakeForeignByLowerHalf() {
  Table table{};
  for (int i = 0; i < 32; ++i) {
    const int half = i % 16;
    uint8_t foreign = kNoClass;
    if (half != 0xd) foreign |= kDash;
    if (half > 9) foreign |= kDigit;
    if (half == 0) foreign |= kLetter;
    if (half > 0xa && half != 0xf) foreign |= kUpper;
    if (half > 0xa) foreign |= kLower;
    table.of[i] = foreign;
  }
  return table;
}

// A character's sextet less the character, modulo 256, by its upper half; '_'
// shares its half with P to Z and needs some more.
constexpr uint8_t kMoreForUnderscore = 63 - ('_' - 'A');

constexpr Table MakeOffsetByUpperHalf() {
  Table table{};
  for (int i = 0; i < 32; i += 16) {
    table.of[i + 2] = 62 - '-';
    table.of[i + 3] = 52 - '0';
    table.of[i + 4] = table.of[i + 5] = static_cast<uint8_t>(0 - 'A');
    table.of[i + 6] = table.of[i + 7] = static_cast<uint8_t>(26 - 'a');
  }
  return table;
}

// The other way: a character less its sextet, by the number that EncodeVector
// makes of the sextet.
constexpr Table MakeOffsetByRange() {
  Table table{};
  for (int i = 0; i < 32; i += 16) {
    table.of[i] = 'a' - 26;
    for (int digit = 1; digit <= 10; ++digit) {
      table.of[i + digit] = static_cast<uint8_t>('0' - 52);
    }
    table.of[i + 11] = static_cast<uint8_t>('-' - 62);
    table.of[i + 12] = '_' - 63;
    table.of[i + 13] = 'A';
  }
  return table;
}

constexpr Table kClassByUpperHalf = MakeClassByUpperHalf();
constexpr Table kForeignByLowerHalf = MakeForeignByLowerHalf();
constexpr Table kOffsetByUpperHalf = MakeOffsetByUpperHalf();
constexpr Table kOffsetByRange = MakeOffsetByRange();

// Of each 32-bit group with 24 bits of value, the three bytes from high to low;
// zero in the last four places.
constexpr Table MakePacking() {
  Table packing{};
  for (int i = 0; i < 32; ++i) {
    const int to = i % 16;
    packing.of[i] =
        static_cast<uint8_t>(to < 12 ? to / 3 * 4 + (2 - to % 3) : 0x80);
  }
  return packing;
}

// To each 32-bit group its three bytes x, y, z as y, x, z, y: all sextets are
// then whole in it. The upper half of the vector was loaded 4 bytes early.
constexpr Table MakeSpreading() {
  Table spreading{};
  for (int i = 0; i < 8; ++i) {
    const int first = i < 4 ? 3 * i : 3 * (i - 4) + 4;
    spreading.of[4 * i] = static_cast<uint8_t>(first + 1);
    spreading.of[4 * i + 1] = static_cast<uint8_t>(first);
    spreading.of[4 * i + 2] = static_cast<uint8_t>(first + 2);
    spreading.of[4 * i + 3] = static_cast<uint8_t>(first + 1);
  }
  return spreading;
}

constexpr Table kPacking = MakePacking();
constexpr Table kSpreading = MakeSpreading();

ASSAY_INLINE __m256i Load(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}
ASSAY_INLINE void Store(void* to, __m256i value) {
  _mm256_storeu_si256(static_cast<__m256i*>(to), value);
}
ASSAY_INLINE __m256i LookUp(const Table& table, __m256i indices) {
  return _mm256_shuffle_epi8(Load(table.of), indices);
}
// One bit for each byte that is not zero.
ASSAY_INLINE uint32_t NonZeroBytes(__m256i bytes) {
  return ~static_cast<uint32_t>(
      _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())));
}

// The 24 bytes that 32 characters stand for, and 8 zero bytes. What is not in
// the alphabet leaves a trace in `errors`.
ASSAY_INLINE __m256i DecodeVector(__m256i characters, __m256i* errors) {
  const __m256i half = _mm256_set1_epi8(0x0f);
  const __m256i lower = _mm256_and_si256(characters, half);
  const __m256i upper =
      _mm256_and_si256(_mm256_srli_epi32(characters, 4), half);
  *errors = _mm256_or_si256(
      *errors, _mm256_and_si256(LookUp(kClassByUpperHalf, upper),
                                LookUp(kForeignByLowerHalf, lower)));
  const __m256i is_underscore =
      _mm256_cmpeq_epi8(characters, _mm256_set1_epi8('_'));
  const __m256i offset = _mm256_add_epi8(
      LookUp(kOffsetByUpperHalf, upper),
      _mm256_and_si256(is_underscore, _mm256_set1_epi8(kMoreForUnderscore)));
  const __m256i sextets = _mm256_add_epi8(characters, offset);
  const __m256i pairs =
      _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
  const __m256i groups =
      _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  const __m256i packed = _mm256_shuffle_epi8(groups, Load(kPacking.of));
  return _mm256_permutevar8x32_epi32(packed,
                                     _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

// Copies less than 32 bytes: 16 of them, 8 and so on, as they fit.
ASSAY_INLINE void CopyShort(const void* from, size_t len, void* to) {
  const char* in = static_cast<const char*>(from);
  char* out = static_cast<char*>(to);
  if (len & 16) std::memcpy(out, in, 16), in += 16, out += 16;
  if (len & 8) std::memcpy(out, in, 8), in += 8, out += 8;
  if (len & 4) std::memcpy(out, in, 4), in += 4, out += 4;
  if (len & 2) std::memcpy(out, in, 2), in += 2, out += 2;
  if (len & 1) *out = *in;
}

// Keys are decoded here too.
ASSAY_INLINE void Wipe(void* vector) {
  Store(vector, _mm256_setzero_si256());
  // As far as the compiler knows, this reads what was stored.
  __asm__ __volatile__("" : : "r"(vector) : "memory");
}

// Less than a vector. Returns whether it is strict but for characters that are
// not in the alphabet.
ASSAY_INLINE bool DecodeRest(const char* text, size_t len, uint8_t* out,
                             __m256i* errors) {
  alignas(32) uint8_t buffer[32];
  // 'A' is zero: it adds nothing to the last bytes, and shows in the bytes
  // behind them what the last character should not have set.
  Store(buffer, _mm256_set1_epi8('A'));
  CopyShort(text, len, buffer);
  const __m256i bytes = DecodeVector(Load(buffer), errors);
  Store(buffer, bytes);
  const size_t num_bytes = len * 3 / 4;
  CopyShort(buffer, num_bytes, out);
  Wipe(buffer);
  return NonZeroBytes(bytes) >> num_bytes == 0;
}

bool Decode(const char* text, size_t len, uint8_t* out) {
  if (len % 4 == 1) return false;
  __m256i errors = _mm256_setzero_si256();
  for (; len >= kNumCharacters; len -= kNumCharacters) {
    const __m256i bytes = DecodeVector(Load(text), &errors);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                     _mm256_castsi256_si128(bytes));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + 16),
                     _mm256_extracti128_si256(bytes, 1));
    text += kNumCharacters;
    out += kNumBytes;
  }
  if (len > 0 && !DecodeRest(text, len, out, &errors)) return false;
  return NonZeroBytes(errors) == 0;
}

// From 24 bytes, of which the upper half has bytes 8 to 23, 32 characters.
ASSAY_INLINE __m256i EncodeVector(__m256i bytes) {
  const __m256i spread = _mm256_shuffle_epi8(bytes, Load(kSpreading.of));
  // Two sextets of each group come into place by a multiplication that shifts
  // right, two by one that shifts left.
  const __m256i ac = _mm256_mulhi_epu16(
      _mm256_and_si256(spread, _mm256_set1_epi32(0x0fc0fc00)),
      _mm256_set1_epi32(0x04000040));
  const __m256i bd = _mm256_mullo_epi16(
      _mm256_and_si256(spread, _mm256_set1_epi32(0x003f03f0)),
      _mm256_set1_epi32(0x01000010));
  const __m256i sextets = _mm256_or_si256(ac, bd);
  // 0 for small letters, 1 to 10 for digits, 11 and 12 for '-' and '_', and 13
  // for capital letters.
  const __m256i is_capital = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), sextets);
  const __m256i range =
      _mm256_or_si256(_mm256_subs_epu8(sextets, _mm256_set1_epi8(51)),
                      _mm256_and_si256(is_capital, _mm256_set1_epi8(13)));
  return _mm256_add_epi8(sextets, LookUp(kOffsetByRange, range));
}

ASSAY_INLINE __m256i LoadBytes(const uint8_t* bytes) {
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i high =
      _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 8));
  return _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1);
}

void Encode(const uint8_t* bytes, size_t len, char* text) {
  for (; len >= kNumBytes; len -= kNumBytes) {
    Store(text, EncodeVector(LoadBytes(bytes)));
    bytes += kNumBytes;
    text += kNumCharacters;
  }
  if (len == 0) return;
  alignas(32) uint8_t buffer[32];
  Store(buffer, _mm256_setzero_si256());
  CopyShort(bytes, len, buffer);
  Store(buffer, EncodeVector(LoadBytes(buffer)));
  CopyShort(buffer, (len * 4 + 2) / 3, text);
  Wipe(buffer);
}

constexpr Base64UrlKernel kKernel = {"avx2", Decode, Encode};

#undef ASSAY_INLINE

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const Base64UrlKernel* Base64UrlAvx2Kernel() {
  return UsableCpuFeatures().avx2 ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const Base64UrlKernel* Base64UrlAvx2Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
