#include "core/crypto/roca.h"

#include <string>

#include "core/crypto/boringssl.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::string PowerOf65537(uint64_t exponent, int plus) {
  bssl::UniquePtr<BN_CTX> ctx(BN_CTX_new());
  bssl::UniquePtr<BIGNUM> base(BN_new()), power(BN_new()), result(BN_new());
  BN_set_word(base.get(), 65537);
  BN_set_word(power.get(), exponent);
  BN_exp(result.get(), base.get(), power.get(), ctx.get());
  BN_add_word(result.get(), plus);
  std::string bytes(BN_num_bytes(result.get()), '\0');
  BN_bn2bin(result.get(), reinterpret_cast<uint8_t*>(&bytes[0]));
  return bytes;
}

// A power of 65537 is one modulo every prime, as the moduli of the weak
// generator are.
TEST(RocaTest, FindsPowersOfTheGenerator) {
  for (const int exponent : {1, 2, 100, 128, 129, 192, 256}) {
    EXPECT_TRUE(HasRocaFingerprint(PowerOf65537(exponent, 0))) << exponent;
  }
}

TEST(RocaTest, FindsNothingBesideThem) {
  for (const int exponent : {100, 128, 129, 192, 256}) {
    EXPECT_FALSE(HasRocaFingerprint(PowerOf65537(exponent, 2))) << exponent;
  }
}

TEST(RocaTest, LeadingZerosDoNotMatter) {
  EXPECT_TRUE(HasRocaFingerprint(std::string(3, '\0') + PowerOf65537(128, 0)));
}

}  // namespace
}  // namespace assay::crypto
