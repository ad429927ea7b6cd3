// The published examples, twice: by the formats and the primitives alone, and
// by the engine.
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/crypto/signing_key.h"
#include "core/crypto/verifying_key.h"
#include "core/jose/compact.h"
#include "core/jose/header.h"
#include "core/jose/jwk.h"
#include "core/jose/thumbprint.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"
#include "tests/conformance/engine_harness.h"
#include "tests/conformance/rfc_vectors.h"

namespace assay::testing {
namespace {

jose::Jwk Key(const char* json) {
  absl::StatusOr<jose::Jwk> key = jose::ParseJwk(json, Limits());
  EXPECT_TRUE(key.ok()) << key.status();
  return key.ok() ? *std::move(key) : jose::Jwk();
}

Judgement Judge(const char* jwk, const std::string& token,
                const jose::Policy& policy) {
  return JudgeTokens(jwk, {token}, policy)[0];
}

jose::Policy PlainJws() {
  jose::Policy policy;
  policy.form = jose::Form::kJws;
  return policy;
}

jose::Policy JwtAt(int64_t unix_seconds) {
  jose::Policy policy;
  policy.as_of = absl::FromUnixSeconds(unix_seconds);
  return policy;
}

class RfcExampleTest : public ::testing::TestWithParam<RfcExample> {};

INSTANTIATE_TEST_SUITE_P(All, RfcExampleTest, ::testing::ValuesIn(kRfcExamples),
                         [](const auto& info) {
                           return std::string(
                               jose::AlgorithmName(info.param.alg));
                         });

TEST_P(RfcExampleTest, VerifiesByFormatsAndPrimitives) {
  const RfcExample& example = GetParam();
  SCOPED_TRACE(example.where);
  jose::UnverifiedCompact compact;
  ASSERT_EQ(jose::SplitCompact(example.token, Limits(), &compact),
            Reason::kValid);
  jose::ProtectedHeader header;
  ASSERT_EQ(jose::HeaderParser().Parse(compact.header, &header),
            Reason::kValid);
  EXPECT_EQ(header.alg, example.alg);
  std::string payload, signature;
  ASSERT_TRUE(Base64UrlDecode(compact.payload, &payload));
  ASSERT_TRUE(Base64UrlDecode(compact.signature, &signature));
  EXPECT_EQ(payload, example.payload);

  auto key = crypto::VerifyingKey::Create(Key(example.jwk).material,
                                          Limits().max_rsa_modulus_bits);
  ASSERT_TRUE(key.ok()) << key.status();
  const crypto::SignatureScheme scheme = jose::InfoOf(header.alg).scheme;
  EXPECT_TRUE((*key)->Supports(scheme));
  EXPECT_TRUE((*key)->Verify(scheme, compact.signing_input, signature));
  signature[signature.size() / 2] ^= 1;
  EXPECT_FALSE((*key)->Verify(scheme, compact.signing_input, signature));
}

TEST_P(RfcExampleTest, IsSignedAgain) {
  const RfcExample& example = GetParam();
  SCOPED_TRACE(example.where);
  jose::UnverifiedCompact compact;
  ASSERT_EQ(jose::SplitCompact(example.token, Limits(), &compact),
            Reason::kValid);
  auto key = crypto::SigningKey::Create(Key(example.jwk).material,
                                        Limits().max_rsa_modulus_bits);
  ASSERT_TRUE(key.ok()) << key.status();
  const crypto::SignatureScheme scheme = jose::InfoOf(example.alg).scheme;
  std::string signature((*key)->SignatureLen(scheme), '\0');
  ASSERT_TRUE((*key)->Sign(scheme, compact.signing_input,
                           reinterpret_cast<uint8_t*>(&signature[0])));
  const std::string token =
      absl::StrCat(compact.signing_input, ".", Base64UrlEncode(signature));
  if (example.deterministic) {
    EXPECT_EQ(token, example.token);
  }
  EXPECT_EQ(Judge(example.jwk, token, PlainJws()).reason, Reason::kValid);
}

TEST_P(RfcExampleTest, VerifiesThroughTheEngine) {
  const RfcExample& example = GetParam();
  SCOPED_TRACE(example.where);
  const Judgement judgement = Judge(example.jwk, example.token, PlainJws());
  EXPECT_EQ(judgement.reason, Reason::kValid);
  EXPECT_EQ(judgement.payload, example.payload);
}

TEST_P(RfcExampleTest, DoesNotVerifyUnderAnotherExamplesKey) {
  const RfcExample& example = GetParam();
  for (const RfcExample& other : kRfcExamples) {
    if (other.alg == example.alg) continue;
    EXPECT_EQ(Judge(other.jwk, example.token, PlainJws()).reason,
              Reason::kNoCompatibleKey)
        << example.where << " under the key of " << other.where;
  }
}

TEST(Rfc7519Section31Test, IsAJwtUntilItExpires) {
  const Judgement valid =
      Judge(kRfc7515A1.jwk, kRfc7515A1.token, JwtAt(kRfcExp - 1));
  EXPECT_EQ(valid.reason, Reason::kValid);
  EXPECT_EQ(valid.payload, kRfcClaims);
  EXPECT_EQ(Judge(kRfc7515A1.jwk, kRfc7515A1.token, JwtAt(kRfcExp)).reason,
            Reason::kExpired);
}

TEST(Rfc7519Section31Test, IsIssuedByJoe) {
  jose::Policy policy = JwtAt(kRfcExp - 1);
  policy.issuers = {"joe"};
  policy.typ = "jwt";
  EXPECT_EQ(Judge(kRfc7515A1.jwk, kRfc7515A1.token, policy).reason,
            Reason::kValid);
  policy.issuers = {"jane"};
  EXPECT_EQ(Judge(kRfc7515A1.jwk, kRfc7515A1.token, policy).reason,
            Reason::kIssuerMismatch);
}

// RFC 7515 A.4's payload is no JSON.
TEST(Rfc7515A4Test, IsNoJwt) {
  EXPECT_EQ(Judge(kRfc7515A4.jwk, kRfc7515A4.token, JwtAt(0)).reason,
            Reason::kPayloadNotJson);
}

// RFC 7515 A.5 is an unsecured JWS: refused as it stands, and refused for its
// algorithm when it bears a signature.
TEST(Rfc7515A5Test, IsRefusedUnderEveryKeyAndInBothForms) {
  for (const RfcExample& example : kRfcExamples) {
    for (const jose::Policy& policy : {PlainJws(), JwtAt(kRfcExp - 1)}) {
      const std::string signed_too = absl::StrCat(kRfc7515A5Token, "AAAA");
      EXPECT_EQ(Judge(example.jwk, kRfc7515A5Token, policy).reason,
                Reason::kEmptySegment);
      EXPECT_EQ(Judge(example.jwk, signed_too, policy).reason,
                Reason::kAlgorithmNone);
    }
  }
}

TEST(Rfc7638Section31Test, GivesTheThumbprint) {
  const jose::Jwk key = Key(kRfc7638Jwk);
  EXPECT_EQ(jose::Thumbprint(key.material), kRfc7638Thumbprint);
  // RFC 9278 5 has the same key.
  EXPECT_EQ(jose::ThumbprintUri(key.material),
            absl::StrCat("urn:ietf:params:oauth:jwk-thumbprint:sha-256:",
                         kRfc7638Thumbprint));
  EXPECT_EQ(key.EffectiveKid(), "2011-04-29");
}

TEST(Rfc8037Test, A2IsThePublicHalfOfA1) {
  const jose::Jwk key = Key(kRfc8037A4.jwk);
  EXPECT_TRUE(key.MaySign());
  EXPECT_EQ(jose::WritePublicJwk(key), kRfc8037A2PublicJwk);
}

TEST(Rfc8037Test, A3IsTheThumbprintOfA2) {
  EXPECT_EQ(jose::Thumbprint(Key(kRfc8037A2PublicJwk).material),
            kRfc8037A3Thumbprint);
}

TEST(Rfc8037Test, A5VerifiesWithThePublicKeyAlone) {
  EXPECT_EQ(Judge(kRfc8037A2PublicJwk, kRfc8037A4.token, PlainJws()).reason,
            Reason::kValid);
}

}  // namespace
}  // namespace assay::testing
