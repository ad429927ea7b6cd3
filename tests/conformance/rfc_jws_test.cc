// The published examples of JWS beyond the compact token: in JSON, detached,
// unencoded.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "core/jose/jwk.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "gtest/gtest.h"
#include "tests/conformance/rfc_vectors.h"

namespace assay::testing {
namespace {

using jose::Form;
using jose::SignatureRule;

struct JudgedJws {
  Reason reason = Reason::kUnspecified;
  std::string payload;
  std::vector<Reason> signatures;
};

// The JWK with a kid.
std::string WithKid(absl::string_view jwk, absl::string_view kid) {
  return absl::StrCat(R"({"kid":")", kid, R"(",)", jwk.substr(1));
}

class RfcJwsTest : public ::testing::Test {
 protected:
  RfcJwsTest()
      : batch_verifier_(&cache_, nullptr, Clock::System(), Limits()),
        verifier_(&batch_verifier_, nullptr, Limits()) {
    policy_.form = Form::kJwsJson;
  }

  void UseKeys(const std::vector<std::string>& jwks) {
    std::string text = R"({"keys":[)";
    for (const std::string& jwk : jwks) {
      absl::StrAppend(&text, &jwk == &jwks[0] ? "" : ",", jwk);
    }
    absl::StatusOr<jose::JwkSet> set =
        jose::ParseJwkSet(absl::StrCat(text, "]}"), Limits());
    ASSERT_TRUE(set.ok()) << set.status();
    auto key_set = keys::KeySet::Create("keys", keys::KeySetUse::kVerify,
                                        *std::move(set), {}, Limits());
    ASSERT_TRUE(key_set.ok()) << key_set.status();
    cache_.Publish(*std::move(key_set));
  }

  JudgedJws Judge(absl::string_view token,
                  absl::Span<const absl::string_view> detached = {}) {
    JudgedJws judged;
    engine::JwsVerifyRequest request;
    request.key_set = "keys";
    request.policy = &policy_;
    request.tokens = absl::MakeConstSpan(&token, 1);
    request.detached_payloads = detached;
    request.view = engine::ResultView::kPayload;
    const absl::Status status =
        verifier_.Verify(request, [&](const engine::JwsResults& batch) {
          const engine::JwsResult& result = batch.results[0];
          judged.reason = result.reason;
          judged.payload = std::string(result.payload);
          for (const engine::TokenResult& signature : result.signatures) {
            judged.signatures.push_back(signature.reason());
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return judged;
  }
  JudgedJws JudgeDetached(absl::string_view token, absl::string_view payload) {
    return Judge(token, absl::MakeConstSpan(&payload, 1));
  }

  keys::KeyCache cache_;
  engine::BatchVerifier batch_verifier_;
  engine::JwsVerifier verifier_;
  jose::Policy policy_;
};

// A compact example as one entry of signatures, with an unprotected kid.
std::string Entry(const RfcExample& example, absl::string_view kid) {
  const std::vector<std::string> segments = absl::StrSplit(example.token, '.');
  return absl::StrCat(R"("protected":")", segments[0], R"(","header":{"kid":")",
                      kid, R"("},"signature":")", segments[2], R"(")");
}

std::string Payload(const RfcExample& example) {
  const std::vector<std::string> segments = absl::StrSplit(example.token, '.');
  return absl::StrCat(R"("payload":")", segments[1], R"(")");
}

constexpr char kRsaKid[] = "2010-12-29";
constexpr char kEcKid[] = "e9bc097a-ce51-4036-9562-d2ade882db0d";

// Its two signatures are those of A.2 and A.3.
TEST_F(RfcJwsTest, Rfc7515A6General) {
  UseKeys({WithKid(kRfc7515A2.jwk, kRsaKid), WithKid(kRfc7515A3.jwk, kEcKid)});
  policy_.signatures = SignatureRule::kAll;
  policy_.required_kids = {kRsaKid, kEcKid};
  const JudgedJws judged = Judge(absl::StrCat(
      "{", Payload(kRfc7515A2), R"(,"signatures":[{)",
      Entry(kRfc7515A2, kRsaKid), "},{", Entry(kRfc7515A3, kEcKid), "}]}"));
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.payload, kRfcClaims);
  EXPECT_EQ(judged.signatures.size(), 2u);
}

TEST_F(RfcJwsTest, Rfc7515A7Flattened) {
  UseKeys({WithKid(kRfc7515A3.jwk, kEcKid)});
  const JudgedJws judged = Judge(absl::StrCat("{", Payload(kRfc7515A3), ",",
                                              Entry(kRfc7515A3, kEcKid), "}"));
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.payload, kRfcClaims);
}

// What the appendix says of any example, of all of them.
TEST_F(RfcJwsTest, Rfc7515AppendixFDetached) {
  policy_.form = Form::kJws;
  for (const RfcExample& example : kRfcExamples) {
    SCOPED_TRACE(example.where);
    UseKeys({example.jwk});
    const std::vector<std::string> segments =
        absl::StrSplit(example.token, '.');
    const std::string token = absl::StrCat(segments[0], "..", segments[2]);
    EXPECT_EQ(JudgeDetached(token, example.payload).reason, Reason::kValid);
    EXPECT_EQ(JudgeDetached(token, "else").reason, Reason::kSignatureMismatch);
  }
}

TEST_F(RfcJwsTest, Rfc7797Section41Control) {
  UseKeys({kRfc7515A1.jwk});
  policy_.form = Form::kJws;
  EXPECT_EQ(Judge(kRfc7797ControlToken).reason, Reason::kValid);
  EXPECT_EQ(Judge(kRfc7797ControlToken).payload, kRfc7797Payload);
}

TEST_F(RfcJwsTest, Rfc7797Section42Unencoded) {
  UseKeys({kRfc7515A1.jwk});
  policy_.unencoded_payload = true;
  policy_.form = Form::kJws;
  EXPECT_EQ(JudgeDetached(kRfc7797DetachedToken, kRfc7797Payload).reason,
            Reason::kValid);
  policy_.form = Form::kJwsJson;
  EXPECT_EQ(Judge(kRfc7797Json).reason, Reason::kValid);
  EXPECT_EQ(Judge(kRfc7797Json).payload, kRfc7797Payload);
}

TEST_F(RfcJwsTest, Rfc7520Section45Detached) {
  UseKeys({kRfc7520HmacJwk});
  policy_.form = Form::kJws;
  EXPECT_EQ(JudgeDetached(kRfc7520DetachedToken, kRfc7520Payload).reason,
            Reason::kValid);
  policy_.form = Form::kJwsJson;
  EXPECT_EQ(JudgeDetached(kRfc7520DetachedGeneral, kRfc7520Payload).reason,
            Reason::kValid);
}

TEST_F(RfcJwsTest, Rfc7520Section46ProtectsSomeHeaderFields) {
  UseKeys({kRfc7520HmacJwk});
  const JudgedJws judged = Judge(kRfc7520SomeProtected);
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.payload, kRfc7520Payload);
}

// Its alg is not protected: refused on purpose.
TEST_F(RfcJwsTest, Rfc7520Section47ProtectsNoHeaderField) {
  UseKeys({kRfc7520HmacJwk});
  EXPECT_EQ(Judge(kRfc7520NoneProtected).reason, Reason::kHeaderNotProtected);
}

// A set holds either secrets or public keys, so either the third signature or
// the first can be good; the second has an unprotected alg.
TEST_F(RfcJwsTest, Rfc7520Section48SeveralSignatures) {
  UseKeys({kRfc7520HmacJwk});
  JudgedJws judged = Judge(kRfc7520Several);
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.payload, kRfc7520Payload);
  EXPECT_EQ(judged.signatures,
            (std::vector<Reason>{Reason::kKidUnknown,
                                 Reason::kHeaderNotProtected, Reason::kValid}));
  UseKeys({kRfc7520RsaPublicJwk});
  judged = Judge(kRfc7520Several);
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.signatures[0], Reason::kValid);
  policy_.signatures = SignatureRule::kAll;
  EXPECT_EQ(Judge(kRfc7520Several).reason, Reason::kHeaderNotProtected);
}

}  // namespace
}  // namespace assay::testing
