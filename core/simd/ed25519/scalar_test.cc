#include "core/simd/ed25519/scalar.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace assay::simd::ed25519 {
namespace {

// A number of 640 bits, bit by bit and slow; two's complement.
struct Number {
  uint32_t words[20] = {};

  Number& ShiftLeft(int bits) {
    for (int i = 0; i < bits; ++i) *this += *this;
    return *this;
  }
  Number& operator+=(const Number& b) {
    uint64_t carry = 0;
    for (int i = 0; i < 20; ++i) {
      carry += uint64_t{words[i]} + b.words[i];
      words[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    return *this;
  }
  Number operator-() const {
    Number negative;
    for (int i = 0; i < 20; ++i) negative.words[i] = ~words[i];
    Number one;
    one.words[0] = 1;
    return negative += one;
  }
  bool IsNegative() const { return words[19] >> 31 != 0; }
  bool operator==(const Number& b) const {
    return std::equal(words, words + 20, b.words);
  }
};

Number Small(int64_t value) {
  Number number;
  const uint64_t magnitude = value < 0 ? -value : value;
  number.words[0] = static_cast<uint32_t>(magnitude);
  number.words[1] = static_cast<uint32_t>(magnitude >> 32);
  return value < 0 ? -number : number;
}

Number Power(int exponent) { return Small(1).ShiftLeft(exponent); }

Number Order() {
  Number order = Power(252);
  const uint32_t low[] = {0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de};
  std::copy_n(low, 4, order.words);
  return order;
}

Number Minus(Number a, const Number& b) { return a += -b; }
Number Plus(Number a, const Number& b) { return a += b; }

// By subtracting L, shifted, from the top.
Number Remainder(Number a) {
  constexpr int kMaxShift = 262;
  static const std::vector<Number>* const shifted = [] {
    auto* const numbers = new std::vector<Number>{Order()};
    for (int i = 0; i < kMaxShift; ++i) {
      numbers->push_back(Number(numbers->back()).ShiftLeft(1));
    }
    return numbers;
  }();
  for (int shift = kMaxShift; shift >= 0; --shift) {
    const Number difference = Minus(a, (*shifted)[shift]);
    if (!difference.IsNegative()) a = difference;
  }
  return a;
}

void ToBytes(const Number& a, uint8_t* bytes, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<uint8_t>(a.words[i / 4] >> (i % 4 * 8));
  }
}

Number FromWords(const uint64_t* words, int num) {
  Number number;
  for (int i = 0; i < num; ++i) {
    number.words[2 * i] = static_cast<uint32_t>(words[i]);
    number.words[2 * i + 1] = static_cast<uint32_t>(words[i] >> 32);
  }
  return number;
}

Number Random(std::mt19937_64* random, int bits) {
  uint64_t words[8] = {};
  for (int i = 0; i < (bits + 63) / 64; ++i) words[i] = (*random)();
  if (bits % 64 != 0) words[bits / 64] &= (uint64_t{1} << (bits % 64)) - 1;
  return FromWords(words, 8);
}

// Numbers below 2^512 around the multiples of L and the powers of two.
std::vector<Number> AwkwardNumbers() {
  std::vector<Number> numbers;
  const Number most = Minus(Power(512), Small(1));
  const Number top = Minus(most, Remainder(most));
  std::vector<Number> centres = {Small(0), top, most};
  for (int i = 0; i < 512; i += 3) centres.push_back(Power(i));
  for (int i = 1; i < 20; ++i) {
    Number multiple;
    for (int j = 0; j < i; ++j) multiple += Order();
    centres.push_back(multiple);
  }
  for (int shift = 0; shift < 259; shift += 7) {
    centres.push_back(Order().ShiftLeft(shift));
  }
  for (const Number& centre : centres) {
    for (int delta = -2; delta <= 2; ++delta) {
      const Number number = Plus(centre, Small(delta));
      if (number.IsNegative() || !Minus(most, number).IsNegative()) {
        numbers.push_back(number);
      }
    }
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    numbers.push_back(Random(&random, 1 + static_cast<int>(random() % 512)));
  }
  return numbers;
}

Scalar Reduce(const Number& number) {
  uint8_t bytes[64];
  ToBytes(number, bytes, sizeof bytes);
  return ReduceChallenge(bytes);
}

TEST(ScalarTest, ReducesToTheRemainder) {
  for (const Number& number : AwkwardNumbers()) {
    if (number.IsNegative()) continue;
    ASSERT_TRUE(FromWords(Reduce(number).words, 4) == Remainder(number));
  }
}

TEST(ScalarTest, ReadsOnlyScalarsBelowL) {
  for (const Number& number : AwkwardNumbers()) {
    if (!Minus(number, Power(256)).IsNegative() || number.IsNegative()) {
      continue;
    }
    uint8_t bytes[32];
    ToBytes(number, bytes, sizeof bytes);
    Scalar scalar;
    const bool is_below = Minus(number, Order()).IsNegative();
    ASSERT_EQ(ReadCanonicalScalar(bytes, &scalar), is_below);
    if (is_below) {
      ASSERT_TRUE(FromWords(scalar.words, 4) == number);
    }
  }
}

// Adds up the digits again, and checks that each has an entry.
Number Sum(const WindowedScalar& split, const TableShape& shape) {
  Number sum;
  for (int j = shape.num_windows - 1; j >= 0; --j) {
    const int digit = DigitOf(split, shape, j);
    EXPECT_LE(static_cast<size_t>(std::abs(digit)), shape.EntriesOf(j));
    sum.ShiftLeft(shape.window_bits);
    sum += Small(digit);
  }
  return sum;
}

TEST(ScalarTest, SplitsIntoDigitsThatHaveEntries) {
  for (const Number& number : AwkwardNumbers()) {
    if (number.IsNegative()) continue;
    const Scalar scalar = Reduce(number);
    const Number value = FromWords(scalar.words, 4);
    for (int window = 4; window <= 10; ++window) {
      ASSERT_TRUE(
          Sum(SplitForKeyTable(scalar, window), KeyTableShape(window)) == value)
          << window;
    }
    const Number base = Sum(SplitForBaseTable(scalar), kBaseTableShape);
    ASSERT_TRUE(base == value || base == Minus(value, Order()));
  }
}

TEST(TableLayoutTest, LastWindowsHoldTheRest) {
  EXPECT_EQ(KeyTableShape(4).num_windows, 63);
  EXPECT_EQ(KeyTableShape(4).last_entries, 16u);
  EXPECT_EQ(KeyTableShape(8).num_windows, 32);
  EXPECT_EQ(KeyTableShape(8).last_entries, 16u);
  EXPECT_EQ(KeyTableShape(9).num_windows, 28);
  EXPECT_EQ(KeyTableShape(9).last_entries, 512u);
  EXPECT_EQ(KeyTableShape(10).num_windows, 26);
  EXPECT_EQ(KeyTableShape(10).last_entries, 4u);
  EXPECT_FALSE(IsWindowSize(0));
  EXPECT_FALSE(IsWindowSize(5));
  EXPECT_TRUE(IsWindowSize(9));
}

}  // namespace
}  // namespace assay::simd::ed25519
