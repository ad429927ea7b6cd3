#include "core/crypto/key_generation.h"

#include <string>

#include "core/base/limits.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

TEST(KeyGenerationTest, MakesSecretsOfTheLengthAskedFor) {
  const auto a = GenerateSymmetricKey(48), b = GenerateSymmetricKey(48);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(absl::get<SymmetricKey>(*a).secret.size(), 48u);
  EXPECT_NE(absl::get<SymmetricKey>(*a).secret.view(),
            absl::get<SymmetricKey>(*b).secret.view());
}

TEST(KeyGenerationTest, RefusesSecretsOfNoUse) {
  EXPECT_FALSE(GenerateSymmetricKey(0).ok());
  EXPECT_FALSE(GenerateSymmetricKey(kMaxSymmetricKeyBytes + 1).ok());
}

TEST(KeyGenerationTest, MakesValidRsaKeys) {
  const auto key = GenerateRsaKey(2048);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(RsaModulusBits(absl::get<RsaKey>(*key)), 2048);
  EXPECT_EQ(absl::get<RsaKey>(*key).e, std::string("\1\0\1", 3));
  EXPECT_TRUE(HasPrivateNumbers(*key));
  EXPECT_TRUE(ValidateKeyMaterial(*key, 2048).ok());
}

TEST(KeyGenerationTest, RefusesRsaSizesThatItCannotMake) {
  for (const int bits : {0, -1, 1024, 2047, 2049, 2100, 16512}) {
    EXPECT_EQ(GenerateRsaKey(bits).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bits;
  }
}

TEST(KeyGenerationTest, MakesValidEcKeys) {
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    const auto key = GenerateEcKey(curve);
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(absl::get<EcKey>(*key).curve, curve);
    EXPECT_TRUE(HasPrivateNumbers(*key));
    EXPECT_TRUE(ValidateKeyMaterial(*key, 2048).ok());
  }
}

TEST(KeyGenerationTest, MakesValidEd25519Keys) {
  const auto key = GenerateEd25519Key();
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(HasPrivateNumbers(*key));
  EXPECT_TRUE(ValidateKeyMaterial(*key, 2048).ok());
}

TEST(KeyGenerationTest, MakesValidX25519Keys) {
  const auto key = GenerateX25519Key();
  ASSERT_TRUE(key.ok());
  EXPECT_TRUE(HasPrivateNumbers(*key));
  EXPECT_TRUE(ValidateKeyMaterial(*key, 2048).ok());
}

}  // namespace
}  // namespace assay::crypto
