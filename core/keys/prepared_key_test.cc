#include "core/keys/prepared_key.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/jose/thumbprint.h"
#include "core/keys/key_test_support.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using jose::Algorithm;

absl::StatusOr<std::unique_ptr<const PreparedKey>> Prepare(
    const jose::Jwk& jwk, bool for_signing = false) {
  return PreparedKey::Create(jose::CloneJwk(jwk), for_signing, Limits());
}

// A key that says nothing of its use.
jose::Jwk Unlabelled(Algorithm alg) {
  jose::Jwk jwk = FreshKey(alg, "k");
  jwk.kid = absl::nullopt;
  jwk.alg = Algorithm::kUnspecified;
  jwk.use = jose::KeyUse::kUnspecified;
  return jwk;
}

TEST(PreparedKeyTest, AlgOfTheJwkIsItsOnlyAlgorithm) {
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    const auto key = Prepare(FreshKey(info.algorithm, "k"), true);
    ASSERT_TRUE(key.ok()) << info.name << key.status();
    EXPECT_EQ((*key)->verify_algorithms(), jose::AlgorithmSet{info.algorithm});
    EXPECT_EQ((*key)->sign_algorithms(), jose::AlgorithmSet{info.algorithm});
  }
}

TEST(PreparedKeyTest, WithoutAlgAllCompatibleAlgorithmsCount) {
  EXPECT_EQ((*Prepare(Unlabelled(Algorithm::kRs256)))->verify_algorithms(),
            (jose::AlgorithmSet{Algorithm::kRs256, Algorithm::kRs384,
                                Algorithm::kRs512, Algorithm::kPs256,
                                Algorithm::kPs384, Algorithm::kPs512}));
  EXPECT_EQ((*Prepare(Unlabelled(Algorithm::kEs384)))->verify_algorithms(),
            jose::AlgorithmSet{Algorithm::kEs384});
  EXPECT_EQ((*Prepare(Unlabelled(Algorithm::kEdDsa)))->verify_algorithms(),
            (jose::AlgorithmSet{Algorithm::kEdDsa, Algorithm::kEd25519}));
  // 48 bytes are too short a secret for HS512 (RFC 7518 3.2).
  EXPECT_EQ((*Prepare(Unlabelled(Algorithm::kHs384)))->verify_algorithms(),
            (jose::AlgorithmSet{Algorithm::kHs256, Algorithm::kHs384}));
}

TEST(PreparedKeyTest, SignsAndVerifiesWithItself) {
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    const auto key = Prepare(FreshKey(info.algorithm, "k"), true);
    ASSERT_TRUE(key.ok()) << key.status();
    ASSERT_NE((*key)->signing_key(), nullptr);
    std::string signature((*key)->signing_key()->SignatureLen(info.scheme),
                          '\0');
    ASSERT_TRUE((*key)->signing_key()->Sign(
        info.scheme, "message", reinterpret_cast<uint8_t*>(&signature[0])));
    EXPECT_TRUE(
        (*key)->verifying_key().Verify(info.scheme, "message", signature));
    EXPECT_FALSE(
        (*key)->verifying_key().Verify(info.scheme, "massage", signature));
  }
}

TEST(PreparedKeyTest, ForVerifyingKeepsNoPrivateNumber) {
  const auto key = Prepare(FreshKey(Algorithm::kEs256, "k"));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ((*key)->signing_key(), nullptr);
  EXPECT_TRUE((*key)->sign_algorithms().empty());
  EXPECT_FALSE(crypto::HasPrivateNumbers((*key)->public_jwk()->material));
}

TEST(PreparedKeyTest, ForSigningThePublicJwkIsPublicAllTheSame) {
  const auto key = Prepare(FreshKey(Algorithm::kRs256, "k"), true);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_FALSE(crypto::HasPrivateNumbers((*key)->public_jwk()->material));
}

TEST(PreparedKeyTest, SymmetricKeyHasNoPublicJwk) {
  const auto key = Prepare(FreshKey(Algorithm::kHs256, "k"), true);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE((*key)->is_symmetric());
  EXPECT_FALSE((*key)->public_jwk().has_value());
}

TEST(PreparedKeyTest, KidIsTheThumbprintOnlyWhereItIsAbsent) {
  jose::Jwk jwk = Unlabelled(Algorithm::kEd25519);
  EXPECT_EQ((*Prepare(jwk))->kid(), jose::Thumbprint(jwk.material));
  jwk.kid = "";
  EXPECT_EQ((*Prepare(jwk))->kid(), "");
}

TEST(PreparedKeyTest, RefusesAnEncryptionKey) {
  jose::Jwk jwk = Unlabelled(Algorithm::kEs256);
  jwk.use = jose::KeyUse::kEncryption;
  const absl::Status status = Prepare(jwk, true).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "encryption")) << status;
}

TEST(PreparedKeyTest, RefusesAKeyWhoseKeyOpsAllowNothing) {
  jose::Jwk jwk = Unlabelled(Algorithm::kEs256);
  jwk.key_ops = jose::kKeyOpOther;
  const absl::Status status = Prepare(jwk, true).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "key_ops")) << status;
}

TEST(PreparedKeyTest, KeyOpsLimitWhatAKeyDoes) {
  jose::Jwk jwk = Unlabelled(Algorithm::kHs256);
  jwk.key_ops = jose::kKeyOpSign;
  const auto signer = Prepare(jwk, true);
  ASSERT_TRUE(signer.ok()) << signer.status();
  EXPECT_TRUE((*signer)->verify_algorithms().empty());
  EXPECT_FALSE((*signer)->sign_algorithms().empty());
  EXPECT_FALSE(Prepare(jwk, false).ok());

  jwk.key_ops = jose::kKeyOpVerify;
  const auto checker = Prepare(jwk, true);
  ASSERT_TRUE(checker.ok()) << checker.status();
  EXPECT_FALSE((*checker)->verify_algorithms().empty());
  EXPECT_EQ((*checker)->signing_key(), nullptr);
}

// RFC 7518 3.2, CVE-2026-45363.
TEST(PreparedKeyTest, RefusesASecretShorterThanEveryHash) {
  jose::Jwk jwk;
  jwk.material = *crypto::GenerateSymmetricKey(31);
  EXPECT_FALSE(Prepare(jwk, true).ok());
  EXPECT_FALSE(Prepare(jwk, false).ok());
}

// CVE-2026-45363.
TEST(PreparedKeyTest, RefusesAnEmptySecret) {
  EXPECT_FALSE(Prepare(jose::Jwk(), true).ok());
}

TEST(PreparedKeyTest, RefusesAnAlgThatDoesNotFitTheKey) {
  jose::Jwk jwk = Unlabelled(Algorithm::kEs256);
  jwk.alg = Algorithm::kHs256;
  EXPECT_FALSE(Prepare(jwk, true).ok());
}

TEST(PreparedKeyTest, RefusesAnRsaKeyAboveTheLimit) {
  Limits limits;
  limits.max_rsa_modulus_bits = 2048;
  jose::Jwk jwk;
  jwk.material = *crypto::GenerateRsaKey(2176);
  EXPECT_FALSE(PreparedKey::Create(jose::CloneJwk(jwk), false, limits).ok());
  EXPECT_TRUE(Prepare(jwk, false).ok());
}

}  // namespace
}  // namespace assay::keys
