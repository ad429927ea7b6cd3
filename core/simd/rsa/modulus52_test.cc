#include "core/simd/rsa/modulus52.h"

#include <random>
#include <vector>

#include "core/simd/rsa/plain_numbers.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

struct Size {
  size_t bits;
  size_t limbs;
};
constexpr Size kSizes[] = {{2048, 40}, {3072, 60}, {4096, 80}};

TEST(Modulus52Test, BytesBecomeLimbs) {
  const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                           0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
  uint64_t limbs[4];
  BytesToLimbs(bytes, sizeof(bytes), limbs, 4);
  EXPECT_EQ(limbs[0], 0x9'0a0b'0c0d'0e0fu);
  EXPECT_EQ(limbs[1], 0x3040'5060'7080u);
  EXPECT_EQ(limbs[2], 0x102u);
  EXPECT_EQ(limbs[3], 0u);
}

TEST(Modulus52Test, RandomNumbersSurviveTheConversion) {
  std::mt19937_64 random(20240502);
  for (const Size& size : kSizes) {
    const Number number = RandomNumber(size.bits, size.limbs, &random);
    const std::vector<uint8_t> bytes = ToBytes(number, size.bits / 8);
    Number back(size.limbs);
    BytesToLimbs(bytes.data(), bytes.size(), back.data(), back.size());
    EXPECT_EQ(back, number);
  }
}

TEST(Modulus52Test, MinusInverseTimesNumberIsMinusOne) {
  std::mt19937_64 random(20240503);
  std::vector<uint64_t> numbers = {1, 3, 5, 7, kLimbMask, kLimbMask - 2};
  for (int i = 0; i < 1000; ++i) numbers.push_back((random() & kLimbMask) | 1);
  for (uint64_t odd : numbers) {
    EXPECT_EQ(odd * MinusInverse52(odd) & kLimbMask, kLimbMask) << odd;
    EXPECT_LE(MinusInverse52(odd), kLimbMask);
  }
}

TEST(Modulus52Test, RSquaredIsRightForModuliOfEveryShape) {
  std::mt19937_64 random(20240504);
  for (const Size& size : kSizes) {
    for (const Number& n : Moduli(size.bits, size.limbs, &random)) {
      Number r_squared(size.limbs);
      MontgomeryRSquared(n.data(), size.limbs, r_squared.data());
      EXPECT_EQ(r_squared, PowerOfTwoModulo(2 * kLimbBits * size.limbs, n))
          << size.bits;
    }
  }
}

}  // namespace
}  // namespace assay::simd
