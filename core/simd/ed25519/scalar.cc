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

// Little-endian.
uint64_t LoadWord(const uint8_t* bytes) {
  uint64_t word = 0;
  for (int i = 7; i >= 0; --i) word = word << 8 | bytes[i];
  return word;
}

template <int kWords>
bool Less(const uint64_t* a, const uint64_t* b) {
  for (int i = kWords - 1; i >= 0; --i) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

// a += b modulo 2^320.
void Add(uint64_t* a, const uint64_t* b) {
  Uint128 carry = 0;
  for (int i = 0; i < 5; ++i) {
    carry += static_cast<Uint128>(a[i]) + b[i];
    a[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
}

// a -= b modulo 2^320.
void Subtract(uint64_t* a, const uint64_t* b) {
  uint64_t borrow = 0;
  for (int i = 0; i < 5; ++i) {
    const Uint128 difference = static_cast<Uint128>(a[i]) - b[i] - borrow;
    a[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64) & 1;
  }
}

// The lower `kLen` words of a·b, five words each.
template <int kLen>
void Multiply(const uint64_t* a, const uint64_t* b, uint64_t* product) {
  for (int i = 0; i < kLen; ++i) product[i] = 0;
  for (int i = 0; i < 5; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < 5 && i + j < kLen; ++j) {
      const Uint128 sum =
          static_cast<Uint128>(a[i]) * b[j] + product[i + j] + carry;
      product[i + j] = static_cast<uint64_t>(sum);
      carry = static_cast<uint64_t>(sum >> 64);
    }
    if (i + 5 < kLen) product[i + 5] = carry;
  }
}

// Adds 2^(w-1) 2^(wj) for j in [0, num_windows) to the number.
void AddBias(const TableShape& shape, WindowedScalar* scalar) {
  uint64_t bias[5] = {0};
  for (int j = 0; j < shape.num_windows; ++j) {
    const int bit = shape.window_bits * (j + 1) - 1;
    bias[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  Add(scalar->words, bias);
}

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
  uint64_t product[10], multiple[5];
  Multiply<10>(number + 3, kReciprocal, product);
  const uint64_t* const quotient = product + 5;
  Multiply<5>(quotient, kOrder, multiple);
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
  AddBias(KeyTableShape(window_bits), &split);
  return split;
}

WindowedScalar SplitForBaseTable(const Scalar& scalar) {
  WindowedScalar split = {};
  std::memcpy(split.words, scalar.words, sizeof scalar.words);
  const bool above_half = Less<5>(kHalfOrder, split.words);
  AddBias(kBaseTableShape, &split);
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
