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

constexpr auto kEnc = jose::ContentAlgorithm::kA256Gcm;

jose::Jwk Fresh(KeyManagement alg, absl::string_view kid) {
  jose::EncryptionKeyShape shape;
  shape.enc = kEnc;
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
  EXPECT_EQ(keys.FindForDecrypt("r", KeyManagement::kRsaOaep256, kEnc).num_keys,
            1);
  EXPECT_EQ(keys.FindForDecrypt("r", KeyManagement::kRsaOaep, kEnc).reason,
            R::kAlgorithmNotOfKey);
  EXPECT_EQ(keys.FindForDecrypt("R", KeyManagement::kRsaOaep256, kEnc).reason,
            R::kKidUnknown);
  EXPECT_EQ(keys.FindForDecrypt("", KeyManagement::kRsaOaep256, kEnc).reason,
            R::kKidUnknown);
  EXPECT_EQ(keys.FindForDecrypt(absl::nullopt, KeyManagement::kRsaOaep256, kEnc)
                .num_keys,
            1);
  EXPECT_EQ(
      keys.FindForDecrypt(absl::nullopt, KeyManagement::kDir, kEnc).reason,
      R::kNoCompatibleKey);
}

TEST(RecipientKeysTest, KnowsWhetherAKeyIsAPassword) {
  for (const Half half : {Half::kEncrypts, Half::kDecrypts}) {
    RecipientKeys keys(half);
    ASSERT_TRUE(keys.Add(Fresh(KeyManagement::kA256Kw, "s"), Limits()).ok());
    ASSERT_TRUE(keys.Add(AnyAlg(KeyManagement::kEcdhEs, "e"), Limits()).ok());
    EXPECT_FALSE(keys.HasPassword());
    ASSERT_TRUE(
        keys.Add(Fresh(KeyManagement::kPbes2Hs256A128Kw, "p"), Limits()).ok());
    EXPECT_TRUE(keys.HasPassword());
  }
}

TEST(RecipientKeysTest, WithoutAlgAKeyServesWhatFitsItsType) {
  RecipientKeys keys(Half::kDecrypts);
  ASSERT_TRUE(keys.Add(AnyAlg(KeyManagement::kEcdhEs, "e"), Limits()).ok());
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    const bool is_ecdh =
        info.family == jose::KeyManagementFamily::kEcdhEs ||
        info.family == jose::KeyManagementFamily::kEcdhEsKeyWrap;
    EXPECT_EQ(keys.FindForDecrypt("e", info.alg, kEnc).num_keys,
              is_ecdh ? 1 : 0)
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
  EXPECT_EQ(keys.FindForDecrypt("k", KeyManagement::kA128Kw, kEnc).num_keys,
            kMaxKeyCandidates);
  EXPECT_EQ(
      keys.FindForDecrypt(absl::nullopt, KeyManagement::kA128Kw, kEnc).num_keys,
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
  EXPECT_EQ(*keys.FindForEncrypt(absl::nullopt, KeyManagement::kA192Kw)->kid,
            "a");
  EXPECT_EQ(keys.FindForEncrypt("b", none).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(keys.FindForEncrypt("a", KeyManagement::kEcdhEs).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// RFC 7638 7: a password's thumbprint is as good as the password.
TEST(RecipientKeysTest, ASecretWithoutKidIsNeverNamed) {
  for (const auto alg :
       {KeyManagement::kPbes2Hs256A128Kw, KeyManagement::kA128Kw}) {
    jose::Jwk secret = Fresh(alg, "");
    const std::string thumbprint = *secret.kid;
    secret.kid.reset();
    RecipientKeys to(Half::kEncrypts), from(Half::kDecrypts);
    ASSERT_TRUE(to.Add(secret, Limits()).ok());
    ASSERT_TRUE(from.Add(secret, Limits()).ok());
    EXPECT_FALSE(to.FindForEncrypt(absl::nullopt, alg)->kid.has_value());
    EXPECT_THAT(std::string(to.FindForEncrypt("x", alg).status().message()),
                ::testing::Not(HasSubstr(thumbprint)));
    EXPECT_EQ(from.FindForDecrypt(absl::nullopt, alg, kEnc).num_keys, 1);
  }
  RecipientKeys keys(Half::kEncrypts);
  jose::Jwk ec = Fresh(KeyManagement::kEcdhEs, "");
  const std::string thumbprint = *ec.kid;
  ec.kid.reset();
  ASSERT_TRUE(keys.Add(ec, Limits()).ok());
  EXPECT_EQ(*keys.FindForEncrypt(absl::nullopt, KeyManagement::kEcdhEs)->kid,
            thumbprint);
}

// However many secrets of other lengths there are.
TEST(RecipientKeysTest, DirectKeysAreFoundByTheirLength) {
  RecipientKeys keys(Half::kDecrypts);
  for (const absl::string_view kid : {"a", "b"}) {
    for (const jose::ContentAlgorithmInfo& info :
         jose::AllContentAlgorithms()) {
      jose::EncryptionKeyShape shape;
      shape.enc = info.enc;
      auto jwk = jose::GenerateEncryptionJwk(KeyManagement::kDir, shape, kid);
      ASSERT_TRUE(jwk.ok());
      ASSERT_TRUE(keys.Add(*jwk, Limits()).ok());
    }
  }
  const auto dir = KeyManagement::kDir;
  const auto found = [&](absl::optional<absl::string_view> kid,
                         jose::ContentAlgorithm enc) {
    return keys.FindForDecrypt(kid, dir, enc).num_keys;
  };
  EXPECT_EQ(found("a", jose::ContentAlgorithm::kA256CbcHs512), 1);
  EXPECT_EQ(found("a", jose::ContentAlgorithm::kA192Gcm), 1);
  // Two encs have keys of 32 bytes.
  EXPECT_EQ(found("b", jose::ContentAlgorithm::kA256Gcm), 2);
  EXPECT_EQ(found(absl::nullopt, jose::ContentAlgorithm::kA128Gcm), 2);
  EXPECT_EQ(found(absl::nullopt, jose::ContentAlgorithm::kA256CbcHs512), 2);
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
