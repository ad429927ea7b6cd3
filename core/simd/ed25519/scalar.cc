#include "core/simd/ed25519/scalar.h"

#include <cstring>

namespace assay::simd::ed25519 {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr uint64_t kOrder[5] = {0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0,
                                0x1000000000000000, 0};
constexpr uint64_t kHalfOrder[5] = {0x2c09318d2e7ae9f6, 0x0a6f7cef517bce6b, 0,
                                    0x0800000000000000, 0};
// floor(2^512 / L), for Barrett's reduction.
constexpr uint64_t kReciprocal[5] = {0xed9ce5a30a2c131b, 0x2106215d086329a7,
                                     0xffffffffffffffeb, 0xffffffffffffffff,
                                     0xf};

uint64_t LoadWord(const uint8_t* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

template <int kWords>
bool Less(const uint64_t* a, const uint64_t* b) {
  for (int i = kWords - 1; i >= 0; --i) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

inline uint64_t AddWithCarry(uint64_t a, uint64_t b, uint64_t* carry) {
  const Uint128 sum = static_cast<Uint128>(a) + b + *carry;
  *carry = static_cast<uint64_t>(sum >> 64);
  return static_cast<uint64_t>(sum);
}

inline uint64_t SubtractWithBorrow(uint64_t a, uint64_t b, uint64_t* borrow) {
  const Uint128 difference = static_cast<Uint128>(a) - b - *borrow;
  *borrow = static_cast<uint64_t>(difference >> 64) & 1;
  return static_cast<uint64_t>(difference);
}

// a += b modulo 2^320.
void Add(uint64_t* a, const uint64_t* b) {
  uint64_t carry = 0;
  a[0] = AddWithCarry(a[0], b[0], &carry);
  a[1] = AddWithCarry(a[1], b[1], &carry);
  a[2] = AddWithCarry(a[2], b[2], &carry);
  a[3] = AddWithCarry(a[3], b[3], &carry);
  a[4] = AddWithCarry(a[4], b[4], &carry);
}

// a -= b modulo 2^320.
void Subtract(uint64_t* a, const uint64_t* b) {
  uint64_t borrow = 0;
  a[0] = SubtractWithBorrow(a[0], b[0], &borrow);
  a[1] = SubtractWithBorrow(a[1], b[1], &borrow);
  a[2] = SubtractWithBorrow(a[2], b[2], &borrow);
  a[3] = SubtractWithBorrow(a[3], b[3], &borrow);
  a[4] = SubtractWithBorrow(a[4], b[4], &borrow);
}

// a·b + sum + *carry: the lower word is returned, the upper is the new carry.
inline uint64_t MultiplyAdd(uint64_t a, uint64_t b, uint64_t sum,
                            uint64_t* carry) {
  const Uint128 wide = static_cast<Uint128>(a) * b + sum + *carry;
  *carry = static_cast<uint64_t>(wide >> 64);
  return static_cast<uint64_t>(wide);
}

// sum[0..5) += a·b, and sum[5] is the carry. (Written out: g++ unrolls little.)
inline void AddRow(uint64_t a, const uint64_t* b, uint64_t* sum) {
  uint64_t carry = 0;
  sum[0] = MultiplyAdd(a, b[0], sum[0], &carry);
  sum[1] = MultiplyAdd(a, b[1], sum[1], &carry);
  sum[2] = MultiplyAdd(a, b[2], sum[2], &carry);
  sum[3] = MultiplyAdd(a, b[3], sum[3], &carry);
  sum[4] = MultiplyAdd(a, b[4], sum[4], &carry);
  sum[5] = carry;
}

// The upper five words of a·b, five words each.
void MultiplyHigh(const uint64_t* a, const uint64_t* b, uint64_t* high) {
  uint64_t product[10] = {0};
  AddRow(a[0], b, product);
  AddRow(a[1], b, product + 1);
  AddRow(a[2], b, product + 2);
  AddRow(a[3], b, product + 3);
  AddRow(a[4], b, product + 4);
  std::memcpy(high, product + 5, 5 * sizeof *high);
}

// a·L modulo 2^320. L is 2^252 and two words.
void MultiplyByOrder(const uint64_t* a, uint64_t* product) {
  uint64_t carry = 0;
  product[0] = MultiplyAdd(a[0], kOrder[0], 0, &carry);
  product[1] = MultiplyAdd(a[1], kOrder[0], 0, &carry);
  product[2] = MultiplyAdd(a[2], kOrder[0], 0, &carry);
  product[3] = MultiplyAdd(a[3], kOrder[0], a[0] << 60, &carry);
  product[4] = a[4] * kOrder[0] + (a[1] << 60 | a[0] >> 4) + carry;
  carry = 0;
  product[1] = MultiplyAdd(a[0], kOrder[1], product[1], &carry);
  product[2] = MultiplyAdd(a[1], kOrder[1], product[2], &carry);
  product[3] = MultiplyAdd(a[2], kOrder[1], product[3], &carry);
  product[4] += a[3] * kOrder[1] + carry;
}

// 2^(w-1) 2^(wj) for j in [0, num_windows), summed up.
constexpr WindowedScalar BiasOf(const TableShape& shape) {
  WindowedScalar bias = {};
  for (int j = 0; j < shape.num_windows; ++j) {
    const int bit = shape.window_bits * (j + 1) - 1;
    bias.words[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  return bias;
}

constexpr int kMinWindowBits = 4;
constexpr WindowedScalar kKeyBiases[] = {
    BiasOf(KeyTableShape(4)),  BiasOf(KeyTableShape(5)),
    BiasOf(KeyTableShape(6)),  BiasOf(KeyTableShape(7)),
    BiasOf(KeyTableShape(8)),  BiasOf(KeyTableShape(9)),
    BiasOf(KeyTableShape(10)),
};
constexpr WindowedScalar kBaseBias = BiasOf(kBaseTableShape);

}  // namespace

bool ReadCanonicalScalar(const uint8_t* bytes, Scalar* scalar) {
  for (int i = 0; i < 4; ++i) scalar->words[i] = LoadWord(bytes + 8 * i);
  return Less<4>(scalar->words, kOrder);
}

// Barrett (Handbook of Applied Cryptography, algorithm 14.42) with b = 2^64 and
// k = 4: the quotient is at most 2 too small, so the remainder is below 3L and
// the subtraction may be made modulo b^5.
Scalar ReduceChallenge(const uint8_t* bytes) {
  uint64_t number[8];
  for (int i = 0; i < 8; ++i) number[i] = LoadWord(bytes + 8 * i);
  uint64_t quotient[5], multiple[5];
  MultiplyHigh(number + 3, kReciprocal, quotient);
  MultiplyByOrder(quotient, multiple);
  uint64_t remainder[5];
  std::memcpy(remainder, number, sizeof remainder);
  Subtract(remainder, multiple);
  while (!Less<5>(remainder, kOrder)) Subtract(remainder, kOrder);
  Scalar scalar;
  std::memcpy(scalar.words, remainder, sizeof scalar.words);
  return scalar;
}

WindowedScalar SplitForKeyTable(const Scalar& scalar, int window_bits) {
  WindowedScalar split = {};
  std::memcpy(split.words, scalar.words, sizeof scalar.words);
  Add(split.words, kKeyBiases[window_bits - kMinWindowBits].words);
  return split;
}

WindowedScalar SplitForBaseTable(const Scalar& scalar) {
  WindowedScalar split = {};
  std::memcpy(split.words, scalar.words, sizeof scalar.words);
  const bool above_half = Less<5>(kHalfOrder, split.words);
  Add(split.words, kBaseBias.words);
  // The bias is above L/2: the difference is not negative.
  if (above_half) Subtract(split.words, kOrder);
  return split;
}

int DigitOf(const WindowedScalar& scalar, const TableShape& shape, int window) {
  const int bit = window * shape.window_bits;
  const int word = bit / 64, shift = bit % 64;
  uint64_t field = scalar.words[word] >> shift;
  if (shift != 0 && word < 4) field |= scalar.words[word + 1] << (64 - shift);
  if (window + 1 != shape.num_windows) {
    field &= (uint64_t{1} << shape.window_bits) - 1;
  }
  return static_cast<int>(field) - (1 << (shape.window_bits - 1));
}

}  // namespace assay::simd::ed25519
