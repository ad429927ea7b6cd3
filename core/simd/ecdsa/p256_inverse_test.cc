#include "core/simd/ecdsa/p256_inverse.h"

#include <cstring>
#include <random>

#include "core/simd/ecdsa/p256_number_for_test.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

using Invert = void (*)(const uint64_t*, uint64_t*);

struct Modulus {
  const char* name;
  const uint64_t* words;
  Invert invert;
};

const Modulus kModuli[] = {{"p", kP256Prime, P256InvertModPrime},
                           {"n", kP256Order, P256InvertModOrder}};

void ExpectInverse(const Modulus& modulus, const uint64_t value[4]) {
  uint64_t inverse[4];
  modulus.invert(value, inverse);
  EXPECT_TRUE(
      IsLess(NumberFromWords(inverse, 4), NumberFromWords(modulus.words, 4)));
  const NumberForTest product =
      Modulo(Times(NumberFromWords(value, 4), NumberFromWords(inverse, 4)),
             modulus.words);
  EXPECT_EQ(product, (NumberForTest{1})) << modulus.name;
}

TEST(P256InverseTest, SmallNumbersAndTheirNegatives) {
  for (const Modulus& modulus : kModuli) {
    for (uint64_t k = 1; k <= 300; ++k) {
      const uint64_t small[4] = {k, 0, 0, 0};
      ExpectInverse(modulus, small);
      const NumberForTest negative =
          Minus(NumberFromWords(modulus.words, 4), NumberFromWords(small, 4));
      ExpectInverse(modulus, negative.data());
    }
  }
}

TEST(P256InverseTest, PowersOfTwoAndTheirNeighbours) {
  for (const Modulus& modulus : kModuli) {
    for (int bit = 1; bit < 255; ++bit) {
      for (const uint64_t low : {0, 1}) {
        NumberForTest x = ShiftLeft({1}, bit);
        x[0] |= low;
        ExpectInverse(modulus, x.data());
        x = Minus(ShiftLeft({1}, bit), {1});
        ExpectInverse(modulus, x.data());
      }
    }
  }
}

TEST(P256InverseTest, RandomNumbersAndExtremeWords) {
  std::mt19937_64 random(20240611);
  for (const Modulus& modulus : kModuli) {
    for (int i = 0; i < 3000; ++i) {
      NumberForTest x = {};
      for (int j = 0; j < 4; ++j) {
        const uint64_t kinds[] = {random(), random(), 0, ~uint64_t{0}};
        x[j] = kinds[random() % 4];
      }
      x = Modulo(x, modulus.words);
      if (x == NumberForTest{}) continue;
      ExpectInverse(modulus, x.data());
    }
  }
}

TEST(P256InverseTest, ZeroHasTheInverseZero) {
  for (const Modulus& modulus : kModuli) {
    const uint64_t zero[4] = {};
    uint64_t inverse[4] = {1, 2, 3, 4};
    modulus.invert(zero, inverse);
    EXPECT_EQ(std::memcmp(inverse, zero, sizeof(zero)), 0);
  }
}

}  // namespace
}  // namespace assay::simd
