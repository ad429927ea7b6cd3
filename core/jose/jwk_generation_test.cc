#include "core/jose/jwk_generation.h"

#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/thumbprint.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

TEST(GenerateJwkTest, MakesAValidPrivateKeyForEveryAlgorithm) {
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    absl::StatusOr<Jwk> key = GenerateJwk(info.algorithm, "", 0);
    ASSERT_TRUE(key.ok()) << info.name << ": " << key.status();
    EXPECT_EQ(key->alg, info.algorithm);
    EXPECT_EQ(key->use, KeyUse::kSignature);
    EXPECT_EQ(key->kid, Thumbprint(key->material));
    EXPECT_TRUE(IsCompatible(info.algorithm, key->material)) << info.name;
    EXPECT_TRUE(key->MaySign() && key->MayVerify()) << info.name;
    EXPECT_TRUE(crypto::ValidateKeyMaterial(key->material, 2048).ok());
  }
}

TEST(GenerateJwkTest, SecretsAreAsLongAsTheHash) {
  absl::StatusOr<Jwk> key = GenerateJwk(Algorithm::kHs384, "", 0);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(absl::get<crypto::SymmetricKey>(key->material).secret.size(), 48u);
}

TEST(GenerateJwkTest, TakesTheKidThatIsAskedFor) {
  absl::StatusOr<Jwk> key = GenerateJwk(Algorithm::kEd25519, "k1", 0);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->kid, "k1");
}

TEST(GenerateJwkTest, TakesTheModulusThatIsAskedFor) {
  absl::StatusOr<Jwk> key = GenerateJwk(Algorithm::kPs256, "", 3072);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(crypto::RsaModulusBits(absl::get<crypto::RsaKey>(key->material)),
            3072);
}

TEST(GenerateJwkTest, RefusesWhatNoKeyMayBe) {
  EXPECT_FALSE(GenerateJwk(Algorithm::kUnspecified, "", 0).ok());
  EXPECT_FALSE(GenerateJwk(Algorithm::kRs256, "", 1024).ok());
  EXPECT_FALSE(GenerateJwk(Algorithm::kRs256, "", 1 << 20).ok());
}

}  // namespace
}  // namespace assay::jose
