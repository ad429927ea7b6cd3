#include "core/keys/recipient_keys.h"

#include <string>
#include <utility>

#include "core/jose/jwk_generation.h"
#include "core/keys/key_set.h"
#include "core/keys/key_test_support.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using Half = RecipientKeys::Half;
using R = DecryptReason;
using jose::KeyManagement;
using ::testing::HasSubstr;

jose::Jwk Fresh(KeyManagement alg, absl::string_view kid) {
  jose::EncryptionKeyShape shape;
  shape.enc = jose::ContentAlgorithm::kA256Gcm;
  auto jwk = jose::GenerateEncryptionJwk(alg, shape, kid);
  EXPECT_TRUE(jwk.ok()) << jwk.status();
  return *std::move(jwk);
}

// Without alg.
jose::Jwk AnyAlg(KeyManagement alg, absl::string_view kid) {
  jose::Jwk jwk = Fresh(alg, kid);
  jwk.key_management = KeyManagement::kUnspecified;
  return jwk;
}

std::string WhyNot(Half half, const jose::Jwk& jwk) {
  return RecipientKeys(half).Add(jwk, Limits()).ToString();
}

TEST(RecipientKeysTest, AKeyServesItsAlgAlone) {
  RecipientKeys keys(Half::kDecrypts);
  ASSERT_TRUE(keys.Add(Fresh(KeyManagement::kRsaOaep256, "r"), Limits()).ok());
  EXPECT_EQ(keys.FindForDecrypt("r", KeyManagement::kRsaOaep256).num_keys, 1);
  EXPECT_EQ(keys.FindForDecrypt("r", KeyManagement::kRsaOaep).reason,
            R::kAlgorithmNotOfKey);
  EXPECT_EQ(keys.FindForDecrypt("R", KeyManagement::kRsaOaep256).reason,
            R::kKidUnknown);
  EXPECT_EQ(keys.FindForDecrypt("", KeyManagement::kRsaOaep256).reason,
            R::kKidUnknown);
  EXPECT_EQ(
      keys.FindForDecrypt(absl::nullopt, KeyManagement::kRsaOaep256).num_keys,
      1);
  EXPECT_EQ(keys.FindForDecrypt(absl::nullopt, KeyManagement::kDir).reason,
            R::kNoCompatibleKey);
}

TEST(RecipientKeysTest, WithoutAlgAKeyServesWhatFitsItsType) {
  RecipientKeys keys(Half::kDecrypts);
  ASSERT_TRUE(keys.Add(AnyAlg(KeyManagement::kEcdhEs, "e"), Limits()).ok());
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    const bool is_ecdh =
        info.family == jose::KeyManagementFamily::kEcdhEs ||
        info.family == jose::KeyManagementFamily::kEcdhEsKeyWrap;
    EXPECT_EQ(keys.FindForDecrypt("e", info.alg).num_keys, is_ecdh ? 1 : 0)
        << info.name;
  }
}

TEST(RecipientKeysTest, ASecretMustNameItsAlg) {
  EXPECT_THAT(WhyNot(Half::kDecrypts, AnyAlg(KeyManagement::kA256Kw, "s")),
              HasSubstr("must name its alg"));
  EXPECT_THAT(WhyNot(Half::kEncrypts, AnyAlg(KeyManagement::kA256Kw, "s")),
              HasSubstr("must name its alg"));
}

TEST(RecipientKeysTest, SaysWhyAKeyIsOfNoUse) {
  EXPECT_THAT(WhyNot(Half::kDecrypts, FreshKey(jose::Algorithm::kRs256, "k")),
              HasSubstr("for signatures"));
  EXPECT_THAT(WhyNot(Half::kEncrypts, FreshKey(jose::Algorithm::kEs256, "k")),
              HasSubstr("for signatures"));
  EXPECT_THAT(WhyNot(Half::kDecrypts,
                     jose::PublicHalf(Fresh(KeyManagement::kEcdhEs, "k"))),
              HasSubstr("private half is needed"));
  jose::Jwk ops = Fresh(KeyManagement::kA128Kw, "k");
  ops.key_ops = jose::kKeyOpWrapKey;
  EXPECT_THAT(WhyNot(Half::kDecrypts, ops), HasSubstr("key_ops"));
  EXPECT_EQ(WhyNot(Half::kEncrypts, ops), "OK");
  jose::Jwk ed25519 = FreshKey(jose::Algorithm::kEdDsa, "k");
  ed25519.alg = jose::Algorithm::kUnspecified;
  ed25519.use = jose::KeyUse::kUnspecified;
  EXPECT_THAT(WhyNot(Half::kEncrypts, ed25519),
              HasSubstr("no algorithm of encryption"));
}

TEST(RecipientKeysTest, TriesAFewKeysAtMost) {
  RecipientKeys keys(Half::kDecrypts);
  for (size_t i = 0; i <= kMaxKeyCandidates; ++i) {
    ASSERT_TRUE(keys.Add(Fresh(KeyManagement::kA128Kw, "k"), Limits()).ok());
  }
  EXPECT_EQ(keys.FindForDecrypt("k", KeyManagement::kA128Kw).num_keys,
            kMaxKeyCandidates);
  EXPECT_EQ(keys.FindForDecrypt(absl::nullopt, KeyManagement::kA128Kw).num_keys,
            kMaxKeyCandidates);
}

TEST(RecipientKeysTest, ChoosesAKeyToEncryptFor) {
  RecipientKeys keys(Half::kEncrypts);
  const auto none = KeyManagement::kUnspecified;
  EXPECT_FALSE(keys.FindForEncrypt(absl::nullopt, none).ok());
  ASSERT_TRUE(keys.Add(AnyAlg(KeyManagement::kRsaOaep, "r"), Limits()).ok());
  EXPECT_EQ(keys.FindForEncrypt(absl::nullopt, none)->key->alg(),
            KeyManagement::kRsaOaep256);
  EXPECT_EQ(keys.FindForEncrypt("r", KeyManagement::kRsaOaep512)->key->alg(),
            KeyManagement::kRsaOaep512);
  ASSERT_TRUE(keys.Add(Fresh(KeyManagement::kA192Kw, "a"), Limits()).ok());
  const auto several = keys.FindForEncrypt(absl::nullopt, none);
  EXPECT_EQ(several.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(several.status().message()),
              HasSubstr("\"r\", \"a\""));
  EXPECT_EQ(keys.FindForEncrypt("a", none)->key->alg(), KeyManagement::kA192Kw);
  EXPECT_EQ(keys.FindForEncrypt(absl::nullopt, KeyManagement::kA192Kw)->kid,
            "a");
  EXPECT_EQ(keys.FindForEncrypt("b", none).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(keys.FindForEncrypt("a", KeyManagement::kEcdhEs).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// Of a set for JWE, nothing can be taken for a key of signatures.
TEST(RecipientKeysTest, ASetForJweHasNoKeysOfSignatures) {
  jose::JwkSet jwks;
  jwks.keys.push_back(Fresh(KeyManagement::kEcdhEs, "e"));
  jwks.keys.push_back(FreshKey(jose::Algorithm::kEs256, "s"));
  jose::JwkSet copy;
  for (const jose::Jwk& jwk : jwks.keys) {
    copy.keys.push_back(jose::CloneJwk(jwk));
  }
  const auto set =
      KeySet::Create("set", KeySetUse::kDecrypt, std::move(jwks), {}, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_TRUE((*set)->keys().empty());
  EXPECT_EQ((*set)->num_keys(), 1);
  ASSERT_EQ((*set)->skipped().size(), 1);
  EXPECT_EQ((*set)->skipped()[0].kid, "s");
  EXPECT_EQ((*set)->FindForVerify("s", jose::Algorithm::kEs256).num_keys, 0);
  EXPECT_FALSE(
      (*set)->FindForSign(absl::nullopt, jose::Algorithm::kUnspecified).ok());

  const auto other =
      KeySet::Create("set", KeySetUse::kVerify, std::move(copy), {}, Limits());
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ((*other)->recipients(), nullptr);
  EXPECT_EQ((*other)->num_keys(), 1);
  ASSERT_EQ((*other)->skipped().size(), 1);
  EXPECT_EQ((*other)->skipped()[0].kid, "e");
}

}  // namespace
}  // namespace assay::keys
