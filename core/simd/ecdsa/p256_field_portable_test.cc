#include "core/simd/ecdsa/p256_field_portable.h"

#include <cstring>
#include <random>
#include <vector>

#include "core/simd/ecdsa/p256_inverse.h"
#include "core/simd/ecdsa/p256_number_for_test.h"
#include "gtest/gtest.h"

namespace assay::simd::p256_portable {
namespace {

void ExpectSameAsFiat(const Fe& a, const Fe& b) {
  const Fe ours = Mul(a, b);
  Fe fiats;
  fiat_p256_mul(fiats.w, a.w, b.w);
  ASSERT_EQ(std::memcmp(ours.w, fiats.w, sizeof(fiats.w)), 0)
      << std::hex << a.w[0] << " " << a.w[1] << " " << a.w[2] << " " << a.w[3];
}

Fe FromNumber(const NumberForTest& x) {
  Fe r;
  std::memcpy(r.w, x.data(), sizeof(r.w));
  return r;
}

// Elements at the borders: near 0, near p, near powers of 2, words of ones.
std::vector<Fe> Extremes() {
  std::vector<Fe> elements;
  const NumberForTest p = NumberFromWords(kP256Prime, 4);
  for (uint64_t k = 0; k < 5; ++k) {
    elements.push_back(FromNumber({k}));
    elements.push_back(FromNumber(Minus(p, {k + 1})));
  }
  for (int bit = 31; bit < 256; bit += 32) {
    for (int shift = bit; shift < bit + 2 && shift < 256; ++shift) {
      const NumberForTest power = ShiftLeft({1}, shift);
      elements.push_back(FromNumber(Modulo(power, kP256Prime)));
      elements.push_back(FromNumber(Modulo(Minus(power, {1}), kP256Prime)));
      elements.push_back(FromNumber(Modulo(Minus(p, power), kP256Prime)));
    }
  }
  for (int mask = 0; mask < 16; ++mask) {
    NumberForTest x = {};
    for (int j = 0; j < 4; ++j) x[j] = (mask >> j & 1) != 0 ? ~uint64_t{0} : 0;
    elements.push_back(FromNumber(Modulo(x, kP256Prime)));
  }
  return elements;
}

TEST(P256FieldPortableTest, MultipliesExtremesAsFiatDoes) {
  const std::vector<Fe> elements = Extremes();
  for (const Fe& a : elements) {
    for (const Fe& b : elements) ExpectSameAsFiat(a, b);
  }
}

TEST(P256FieldPortableTest, MultipliesRandomElementsAsFiatDoes) {
  std::mt19937_64 random(20240612);
  const auto element = [&random] {
    NumberForTest x = {};
    for (int j = 0; j < 4; ++j) {
      const uint64_t kinds[] = {random(), random(), random() << 32,
                                ~uint64_t{0} >> random() % 64};
      x[j] = kinds[random() % 4];
    }
    // Once is enough: 2^256 < 2p.
    const NumberForTest p = NumberFromWords(kP256Prime, 4);
    return FromNumber(IsLess(x, p) ? x : Minus(x, p));
  };
  for (int i = 0; i < 300000; ++i) ExpectSameAsFiat(element(), element());
}

TEST(P256FieldPortableTest, SquaresAsFiatDoes) {
  for (const Fe& a : Extremes()) {
    const Fe ours = Sqr(a);
    Fe fiats;
    fiat_p256_square(fiats.w, a.w);
    EXPECT_EQ(std::memcmp(ours.w, fiats.w, sizeof(fiats.w)), 0);
  }
}

}  // namespace
}  // namespace assay::simd::p256_portable
