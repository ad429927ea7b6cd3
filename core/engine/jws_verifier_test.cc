#include "core/engine/jws_verifier.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/clock.h"
#include "core/crypto/signing_key.h"
#include "core/engine/batch_signer.h"
#include "core/engine/jws_signer.h"
#include "core/jose/jwk.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"
#include "tests/support/test_keys.h"

namespace assay::engine {
namespace {

using jose::Algorithm;
using jose::Form;
using jose::SignatureRule;
using testing::TestKey;

// What one signature says, copied out of its batch.
struct JudgedSignature {
  Reason reason;
  std::string kid;
};

struct Judged {
  Reason reason;
  Algorithm alg;
  std::string kid;
  std::string payload;
  std::vector<JudgedSignature> signatures;
};

Judged CopyOf(const JwsResult& result) {
  Judged judged{result.reason,
                result.alg,
                std::string(result.kid.value_or("")),
                std::string(result.payload),
                {}};
  for (const TokenResult& signature : result.signatures) {
    judged.signatures.push_back(
        {signature.reason(), std::string(signature.kid())});
  }
  return judged;
}

// A set of three keys: es, ed and rs.
class JwsVerifierTest : public ::testing::Test {
 protected:
  JwsVerifierTest()
      : clock_(absl::FromUnixSeconds(1'700'000'000)),
        pool_(2, 64),
        batch_verifier_(&cache_, &pool_, &clock_, Limits()),
        verifier_(&batch_verifier_, &pool_, Limits()),
        signer_(&cache_, &pool_, &clock_, Limits()) {
    testing::PublishTestKeys(
        "keys",
        {&TestKey(Algorithm::kEs256, "es"), &TestKey(Algorithm::kEdDsa, "ed"),
         &TestKey(Algorithm::kRs256, "rs")},
        &cache_);
    policy_.form = Form::kJwsJson;
    request_.view = ResultView::kPayload;
    options_.form = Form::kJwsJson;
  }

  std::string Sign(absl::string_view payload, std::vector<std::string> kids) {
    JwsSignRequest request;
    request.key_set = "keys";
    request.kids = std::move(kids);
    request.options = &options_;
    request.payloads = absl::MakeConstSpan(&payload, 1);
    std::string token;
    const absl::Status status =
        signer_.Sign(request, [&](const SignResults& results) {
          EXPECT_EQ(results.results[0].outcome, SignOutcome::kSigned);
          token = std::string(results.results[0].token);
        });
    EXPECT_TRUE(status.ok()) << status;
    return token;
  }

  std::vector<Judged> Verify(const std::vector<std::string>& tokens) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    request_.key_set = "keys";
    request_.policy = &policy_;
    request_.tokens = views;
    std::vector<Judged> judged;
    const absl::Status valid = jose::ValidatePolicy(policy_);
    EXPECT_TRUE(valid.ok()) << valid;
    const absl::Status status =
        verifier_.Verify(request_, [&](const JwsResults& batch) {
          for (const JwsResult& result : batch.results) {
            judged.push_back(CopyOf(result));
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(judged.size(), tokens.size());
    return judged;
  }
  Judged VerifyOne(const std::string& token) { return Verify({token})[0]; }
  Judged VerifyDetached(const std::string& token, absl::string_view payload) {
    request_.detached_payloads = absl::MakeConstSpan(&payload, 1);
    const Judged judged = VerifyOne(token);
    request_.detached_payloads = {};
    return judged;
  }

  FakeClock clock_;
  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  BatchVerifier batch_verifier_;
  JwsVerifier verifier_;
  JwsSigner signer_;
  jose::Policy policy_;
  SignOptions options_;
  JwsVerifyRequest request_;
};

// The object with another signature in the given place, from 0.
std::string DamageSignature(absl::string_view object, int place) {
  const std::string member = "\"signature\":\"";
  std::string damaged(object);
  size_t at = 0;
  for (int i = 0; i <= place; ++i) {
    at = damaged.find(member, at) + member.size();
  }
  damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
  return damaged;
}

TEST_F(JwsVerifierTest, AcceptsAFlattenedObject) {
  const std::string token = Sign("any bytes", {"es"});
  EXPECT_TRUE(absl::StrContains(token, "\"protected\":"));
  EXPECT_FALSE(absl::StrContains(token, "\"signatures\":"));
  const Judged judged = VerifyOne(token);
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.alg, Algorithm::kEs256);
  EXPECT_EQ(judged.kid, "es");
  EXPECT_EQ(judged.payload, "any bytes");
}

TEST_F(JwsVerifierTest, AcceptsAGeneralObject) {
  policy_.signatures = SignatureRule::kAll;
  const Judged judged = VerifyOne(Sign("p", {"ed", "es", "rs"}));
  EXPECT_EQ(ReasonText(judged.reason), "valid");
  EXPECT_EQ(judged.kid, "ed");
  ASSERT_EQ(judged.signatures.size(), 3u);
  EXPECT_EQ(judged.signatures[2].kid, "rs");
}

TEST_F(JwsVerifierTest, AnswersInInputOrderAcrossChunks) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 300; ++i) {
    const std::string payload = absl::StrCat("payload ", i);
    tokens.push_back(i % 5 == 1   ? absl::StrCat("junk", i)
                     : i % 5 == 2 ? Sign(payload, {"ed"})
                                  : Sign(payload, {"es", "ed"}));
    if (i % 5 == 3) tokens.back() = DamageSignature(tokens.back(), 0);
  }
  const std::vector<Judged> judged = Verify(tokens);
  for (int i = 0; i < 300; ++i) {
    if (i % 5 == 1) {
      EXPECT_EQ(judged[i].reason, Reason::kJwsNotJson) << i;
      EXPECT_TRUE(judged[i].signatures.empty()) << i;
      continue;
    }
    EXPECT_EQ(judged[i].reason, Reason::kValid) << i;
    EXPECT_EQ(judged[i].payload, absl::StrCat("payload ", i)) << i;
    EXPECT_EQ(judged[i].signatures.size(), i % 5 == 2 ? 1u : 2u) << i;
    EXPECT_EQ(judged[i].kid, i % 5 == 2 || i % 5 == 3 ? "ed" : "es") << i;
  }
}

TEST_F(JwsVerifierTest, AnyIsSatisfiedByOneGoodSignature) {
  const std::string token = Sign("p", {"es", "ed"});
  const Judged second = VerifyOne(DamageSignature(token, 0));
  EXPECT_EQ(second.reason, Reason::kValid);
  EXPECT_EQ(second.signatures[0].reason, Reason::kSignatureMismatch);
  EXPECT_EQ(second.signatures[1].reason, Reason::kValid);
  // CVE-2016-9122: what is told is of the signature that is good.
  EXPECT_EQ(second.kid, "ed");
  EXPECT_EQ(second.alg, Algorithm::kEdDsa);
  const Judged none = VerifyOne(DamageSignature(DamageSignature(token, 0), 1));
  EXPECT_EQ(none.reason, Reason::kSignatureMismatch);
  EXPECT_EQ(none.kid, "");
  EXPECT_EQ(none.payload, "");
}

TEST_F(JwsVerifierTest, AllIsBrokenByOneBadSignature) {
  policy_.signatures = SignatureRule::kAll;
  const std::string token = Sign("p", {"es", "ed"});
  EXPECT_EQ(VerifyOne(token).reason, Reason::kValid);
  for (int place : {0, 1}) {
    const Judged judged = VerifyOne(DamageSignature(token, place));
    EXPECT_EQ(judged.reason, Reason::kSignatureMismatch);
    EXPECT_EQ(judged.payload, "");
    EXPECT_EQ(judged.signatures[1 - place].reason, Reason::kValid);
  }
}

TEST_F(JwsVerifierTest, RequiredKidsMustEachHaveAGoodSignature) {
  policy_.required_kids = {"ed", "es"};
  const std::string token = Sign("p", {"es", "rs", "ed"});
  EXPECT_EQ(VerifyOne(token).reason, Reason::kValid);
  EXPECT_EQ(VerifyOne(DamageSignature(token, 1)).reason, Reason::kValid);
  EXPECT_EQ(VerifyOne(DamageSignature(token, 2)).reason,
            Reason::kRequiredSignatureMissing);
  // Taken out, where all that are left are good.
  EXPECT_EQ(VerifyOne(Sign("p", {"es", "rs"})).reason,
            Reason::kRequiredSignatureMissing);
  policy_.signatures = SignatureRule::kAll;
  EXPECT_EQ(VerifyOne(DamageSignature(token, 1)).reason,
            Reason::kSignatureMismatch);
}

TEST_F(JwsVerifierTest, TheSameSignatureTwiceDoesNotCountForTwoKids) {
  policy_.required_kids = {"ed", "es"};
  std::string token = Sign("p", {"es"});
  const size_t members = token.find("\"protected\"");
  std::string entry = token.substr(members, token.size() - 1 - members);
  EXPECT_EQ(VerifyOne(absl::StrCat(R"({"payload":"cA","signatures":[{)", entry,
                                   "},{", entry, "}]}"))
                .reason,
            Reason::kRequiredSignatureMissing);
}

// Else the key of one owner would sign for the other.
TEST_F(JwsVerifierTest, ARequiredKidThatTwoKeysBearIsRefused) {
  const jose::Jwk& es = TestKey(Algorithm::kEs256, "es");
  jose::Jwk same_alg = jose::CloneJwk(TestKey(Algorithm::kEs256, "es2"));
  jose::Jwk other_alg = jose::CloneJwk(TestKey(Algorithm::kEdDsa, "ed"));
  same_alg.kid = other_alg.kid = "es";
  const std::string token = Sign("p", {"es"});
  const absl::string_view view = token;
  for (const jose::Jwk* second : {&same_alg, &other_alg}) {
    testing::PublishTestKeys("keys", {&es, second}, &cache_);
    policy_.required_kids = {"es"};
    JwsVerifyRequest request;
    request.key_set = "keys";
    request.policy = &policy_;
    request.tokens = absl::MakeConstSpan(&view, 1);
    const absl::Status status =
        verifier_.Verify(request, [](const JwsResults&) { FAIL(); });
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(status.message(),
              "two keys bear the kid \"es\", which is required: give each a "
              "kid of its own, or a signature by one would pass for the "
              "other's");
    // Where it is not required, each is tried.
    policy_.required_kids.clear();
    EXPECT_EQ(VerifyOne(token).reason, Reason::kValid);
  }
}

TEST_F(JwsVerifierTest, APolicyOfAlgorithmsHoldsForEachSignature) {
  policy_.algorithms = {Algorithm::kEdDsa};
  const Judged judged = VerifyOne(Sign("p", {"es", "ed"}));
  EXPECT_EQ(judged.reason, Reason::kValid);
  EXPECT_EQ(judged.kid, "ed");
  EXPECT_EQ(judged.signatures[0].reason, Reason::kAlgorithmNotAllowedByPolicy);
}

// Parts of a compact token, in JSON and with an unprotected header.
class UnprotectedHeaderTest : public JwsVerifierTest {
 protected:
  // Signed by the key es, with a header of alg alone.
  std::string Object(absl::string_view unprotected) {
    const std::string header = Base64UrlEncode(R"({"alg":"ES256"})");
    const jose::Jwk& key = TestKey(Algorithm::kEs256, "es");
    auto signer =
        crypto::SigningKey::Create(key.material, Limits().max_rsa_modulus_bits);
    EXPECT_TRUE(signer.ok());
    std::string signature(64, '\0');
    EXPECT_TRUE((*signer)->Sign(jose::InfoOf(Algorithm::kEs256).scheme,
                                absl::StrCat(header, ".cA"),
                                reinterpret_cast<uint8_t*>(&signature[0])));
    return absl::StrCat(R"({"payload":"cA","protected":")", header, R"(",)",
                        unprotected, R"("signature":")",
                        Base64UrlEncode(signature), R"("})");
  }
};

TEST_F(UnprotectedHeaderTest, KidFindsTheKey) {
  const Judged judged = VerifyOne(Object(R"("header":{"kid":"es"},)"));
  EXPECT_EQ(judged.reason, Reason::kValid);
  EXPECT_EQ(judged.kid, "es");
}

TEST_F(UnprotectedHeaderTest, AWrongKidFindsNone) {
  EXPECT_EQ(VerifyOne(Object(R"("header":{"kid":"nobody"},)")).reason,
            Reason::kKidUnknown);
  EXPECT_EQ(VerifyOne(Object(R"("header":{"kid":"ed"},)")).reason,
            Reason::kAlgorithmNotOfKey);
}

TEST_F(UnprotectedHeaderTest, IsNeitherTakenFromTheHeaderMemoNorPutThere) {
  // The same protected header, verified and remembered as a compact token's.
  const std::string object = Object("");
  const std::vector<std::string> members = absl::StrSplit(object, '"');
  const std::string compact =
      absl::StrCat(members[7], ".", members[3], ".", members[11]);
  jose::Policy jws;
  jws.form = Form::kJws;
  const absl::string_view token = compact;
  VerifyRequest request;
  request.key_set = "keys";
  request.policy = &jws;
  request.tokens = absl::MakeConstSpan(&token, 1);
  const auto verify_compact = [&] {
    Reason reason = Reason::kUnspecified;
    EXPECT_TRUE(batch_verifier_
                    .Verify(request,
                            [&](const BatchResults& batch) {
                              reason = batch.results[0].reason();
                            })
                    .ok());
    return reason;
  };
  const auto memo_size = [&] {
    return keys::KeyCache::ReadGuard(cache_).Find("keys")->header_memo().size();
  };
  EXPECT_EQ(VerifyOne(Object(R"("header":{"kid":"es"},)")).reason,
            Reason::kValid);
  EXPECT_EQ(memo_size(), 0u);
  EXPECT_EQ(verify_compact(), Reason::kValid);
  EXPECT_EQ(memo_size(), 1u);
  EXPECT_EQ(VerifyOne(Object(R"("header":{"kid":"nobody"},)")).reason,
            Reason::kKidUnknown);
}

TEST_F(UnprotectedHeaderTest, CannotTakePartInTheSignature) {
  EXPECT_EQ(VerifyOne(Object(R"("header":{"typ":"x","x5c":["y"]},)")).reason,
            Reason::kValid);
  // typ counts where it is signed only.
  policy_.typ = "x";
  EXPECT_EQ(VerifyOne(Object(R"("header":{"typ":"x"},)")).reason,
            Reason::kTypeMissing);
}

// RFC 7515 appendix F.
TEST_F(JwsVerifierTest, ADetachedPayloadIsVerifiedBesideItsToken) {
  options_.detached = true;
  for (Form form : {Form::kJwsJson, Form::kJws}) {
    options_.form = policy_.form = form;
    const std::string token = Sign("beside. \xff", {"ed"});
    EXPECT_EQ(VerifyDetached(token, "beside. \xff").reason, Reason::kValid);
    EXPECT_EQ(VerifyDetached(token, "beside.").reason,
              Reason::kSignatureMismatch);
  }
}

TEST_F(JwsVerifierTest, ADetachedPayloadMustBeGiven) {
  options_.detached = true;
  EXPECT_EQ(VerifyOne(Sign("p", {"ed"})).reason, Reason::kPayloadMissing);
  // A compact token without a payload looks like one of an empty payload.
  options_.form = policy_.form = Form::kJws;
  EXPECT_EQ(VerifyOne(Sign("p", {"ed"})).reason, Reason::kSignatureMismatch);
}

TEST_F(JwsVerifierTest, APayloadInTheTokenIsNotReplacedByADetachedOne) {
  for (Form form : {Form::kJwsJson, Form::kJws}) {
    options_.form = policy_.form = form;
    EXPECT_EQ(VerifyDetached(Sign("p", {"ed"}), "p").reason,
              Reason::kPayloadNotDetached);
  }
}

TEST_F(JwsVerifierTest, ADetachedPayloadBeyondTheLimitIsTooLarge) {
  options_.detached = true;
  const std::string token = Sign("p", {"ed"});
  const std::string large(kMaxDetachedPayloadBytes + 1, 'p');
  EXPECT_EQ(VerifyDetached(token, large).reason, Reason::kTokenTooLarge);
}

// RFC 7797.
TEST_F(JwsVerifierTest, AnUnencodedPayloadIsSignedAsItIs) {
  options_.unencoded_payload = policy_.unencoded_payload = true;
  options_.form = policy_.form = Form::kJws;
  const std::string compact = Sign("$ 02", {"ed"});
  EXPECT_TRUE(absl::StrContains(compact, ".$ 02."));
  EXPECT_EQ(VerifyOne(compact).reason, Reason::kValid);
  EXPECT_EQ(VerifyOne(compact).payload, "$ 02");

  options_.form = policy_.form = Form::kJwsJson;
  const std::string text = "$.02 \"\xc3\xa9\"\n";
  const std::string json = Sign(text, {"ed", "es"});
  policy_.signatures = SignatureRule::kAll;
  EXPECT_EQ(VerifyOne(json).reason, Reason::kValid);
  EXPECT_EQ(VerifyOne(json).payload, text);

  options_.detached = true;
  EXPECT_EQ(VerifyDetached(Sign("\xff", {"ed"}), "\xff").reason,
            Reason::kValid);
}

TEST_F(JwsVerifierTest, AnUnencodedPayloadIsAcceptedOnlyWhereAskedFor) {
  options_.unencoded_payload = true;
  EXPECT_EQ(VerifyOne(Sign("cA", {"ed"})).reason, Reason::kB64Unsupported);
  policy_.unencoded_payload = true;
  options_.unencoded_payload = false;
  EXPECT_EQ(VerifyOne(Sign("cA", {"ed"})).reason, Reason::kB64Missing);
}

// What is signed unencoded must not pass for a JWT whose encoded claims it is,
// whether or not the header has been seen before.
TEST_F(JwsVerifierTest, AnUnencodedPayloadIsNeverThatOfAJwt) {
  options_.form = policy_.form = Form::kJws;
  options_.unencoded_payload = policy_.unencoded_payload = true;
  const std::string token = Sign(Base64UrlEncode("{}"), {"ed"});
  EXPECT_EQ(VerifyOne(token).reason, Reason::kValid);
  const jose::Policy jwt;
  const absl::string_view view = token;
  VerifyRequest request;
  request.key_set = "keys";
  request.policy = &jwt;
  request.tokens = absl::MakeConstSpan(&view, 1);
  EXPECT_TRUE(batch_verifier_
                  .Verify(request,
                          [&](const BatchResults& batch) {
                            EXPECT_EQ(batch.results[0].reason(),
                                      Reason::kB64Unsupported);
                          })
                  .ok());
}

TEST_F(JwsVerifierTest, AnUnencodedPayloadInACompactTokenIsPrintableAscii) {
  options_.form = policy_.form = Form::kJws;
  options_.unencoded_payload = policy_.unencoded_payload = true;
  const std::string token = Sign("a b", {"ed"});
  for (absl::string_view payload : {"a\tb", "a\xc3\xa9", "a\x7f"}) {
    EXPECT_EQ(
        VerifyOne(absl::StrReplaceAll(
                      token, {{".a b.", absl::StrCat(".", payload, ".")}}))
            .reason,
        Reason::kPayloadCharacter);
  }
  EXPECT_EQ(VerifyOne(absl::StrReplaceAll(token, {{"a b", "a.b"}})).reason,
            Reason::kSegmentCount);
}

// RFC 7797 3.
TEST_F(JwsVerifierTest, SignaturesThatDisagreeAboutB64AreRefused) {
  const std::string encoded = Sign("cA", {"es"});
  options_.unencoded_payload = true;
  const std::string unencoded = Sign("Y0E", {"ed"});  // "cA" encoded
  const auto entry = [](absl::string_view object) {
    const size_t members = object.find("\"protected\"");
    return std::string(object.substr(members, object.size() - 1 - members));
  };
  const std::string mixed =
      absl::StrCat(R"({"payload":"Y0E","signatures":[{)", entry(encoded), "},{",
                   entry(unencoded), "}]}");
  EXPECT_EQ(VerifyOne(mixed).reason, Reason::kB64Differs);
  policy_.unencoded_payload = true;
  EXPECT_EQ(VerifyOne(mixed).reason, Reason::kB64Differs);
}

// Objects of a good signature by ed, and beside it one that is rejected before
// anybody reads its protected header.
class UnreadSignatureTest : public JwsVerifierTest {
 protected:
  struct Unread {
    absl::string_view name;
    std::string members;
    Reason reason;
  };
  // All whose protected header says `b64`, but for the last, which says
  // nothing that can be read.
  static std::vector<Unread> AllThatSay(bool b64) {
    const auto header = [b64](absl::string_view before) {
      return Base64UrlEncode(absl::StrCat(
          "{", before,
          b64 ? R"("typ":"x"})" : R"("crit":["b64"],"b64":false})"));
    };
    const std::string filler(Limits().max_header_bytes, 'x');
    const auto members = [](absl::string_view header,
                            absl::string_view signature) {
      return absl::StrCat(R"("protected":")", header, R"(","signature":")",
                          signature, R"(")");
    };
    return {
        {"without a signature", members(header(R"("alg":"ES256",)"), ""),
         Reason::kEmptySegment},
        {"with a large header",
         members(
             header(absl::StrCat(R"("alg":"ES256","x":")", filler, R"(",)")),
             "AAAA"),
         Reason::kHeaderTooLarge},
        {"with an unprotected alg",
         absl::StrCat(members(header(""), "AAAA"),
                      R"(,"header":{"alg":"ES256"})"),
         Reason::kHeaderNotProtected},
        {"without JSON", members(Base64UrlEncode("no JSON"), "AAAA"),
         Reason::kHeaderNotJson},
    };
  }

  // The good signature is over an unencoded payload if `b64` is false.
  std::string GoodBeside(bool b64, absl::string_view unread) {
    options_.unencoded_payload = policy_.unencoded_payload = !b64;
    const std::string good = Sign("cA", {"ed"});
    const size_t members = good.find("\"protected\"");
    return absl::StrCat(good.substr(0, members), R"("signatures":[{)",
                        good.substr(members, good.size() - 1 - members), "},{",
                        unread, "}]}");
  }
};

TEST_F(UnreadSignatureTest, DoesNoHarmWhereItAgreesAboutB64) {
  for (bool b64 : {true, false}) {
    for (const Unread& unread : AllThatSay(b64)) {
      SCOPED_TRACE(absl::StrCat(unread.name, ", b64 ", b64));
      const std::string token = GoodBeside(b64, unread.members);
      policy_.signatures = SignatureRule::kAny;
      const Judged judged = VerifyOne(token);
      EXPECT_EQ(ReasonText(judged.reason), "valid");
      ASSERT_EQ(judged.signatures.size(), 2u);
      EXPECT_EQ(judged.signatures[1].reason, unread.reason);
      policy_.signatures = SignatureRule::kAll;
      EXPECT_EQ(VerifyOne(token).reason, unread.reason);
    }
  }
}

TEST_F(UnreadSignatureTest, IsNoWayAroundTheRuleAboutB64) {
  for (bool b64 : {true, false}) {
    for (const Unread& unread : AllThatSay(!b64)) {
      SCOPED_TRACE(absl::StrCat(unread.name, ", b64 ", !b64));
      const Judged judged = VerifyOne(GoodBeside(b64, unread.members));
      EXPECT_EQ(judged.reason, unread.reason == Reason::kHeaderNotJson
                                   ? Reason::kValid
                                   : Reason::kB64Differs);
    }
  }
}

TEST_F(UnreadSignatureTest, SaysNothingWhereB64IsNotABoolean) {
  for (bool b64 : {true, false}) {
    const std::string header =
        Base64UrlEncode(R"({"alg":"ES256","crit":["b64"],"b64":"false"})");
    EXPECT_EQ(VerifyOne(GoodBeside(b64, absl::StrCat(R"("protected":")", header,
                                                     R"(","signature":"AA")")))
                  .reason,
              Reason::kValid);
  }
}

TEST_F(JwsVerifierTest, WhatNobodyHasLookedAtIsNotProcessed) {
  const std::atomic<bool> cancelled{true};
  request_.cancelled = &cancelled;
  EXPECT_EQ(VerifyOne(Sign("p", {"es", "ed"})).reason, Reason::kCancelled);
  policy_.required_kids = {"es"};
  EXPECT_EQ(VerifyOne(Sign("p", {"es", "ed"})).reason, Reason::kCancelled);
}

TEST_F(JwsVerifierTest, ATokenIsNotEvenTakenApartAfterTheDeadline) {
  const std::vector<std::string> tokens(300, "no JSON");
  request_.deadline = absl::InfinitePast();
  for (const Judged& judged : Verify(tokens)) {
    EXPECT_EQ(judged.reason, Reason::kDeadlineExceeded);
  }
  const std::atomic<bool> cancelled{true};
  request_.cancelled = &cancelled;
  EXPECT_EQ(VerifyOne("no JSON").reason, Reason::kCancelled);
}

// A key belongs to its issuer, whom a JWS in JSON does not name either.
TEST_F(JwsVerifierTest, AKeySetWithIssuersVerifiesNoJwsInJson) {
  jose::JwkSet jwks;
  jwks.keys.push_back(jose::CloneJwk(TestKey(Algorithm::kEs256, "es")));
  auto key_set =
      keys::KeySet::Create("bound", keys::KeySetUse::kVerify, std::move(jwks),
                           {"https://issuer.example"}, Limits());
  ASSERT_TRUE(key_set.ok()) << key_set.status();
  cache_.Publish(*std::move(key_set));
  const std::string token = Sign("{}", {"es"});
  const absl::string_view tokens[] = {token, token};
  for (size_t num : {size_t{1}, size_t{2}}) {
    JwsVerifyRequest request;
    request.key_set = "bound";
    request.policy = &policy_;
    request.tokens = absl::MakeConstSpan(tokens, num);
    EXPECT_EQ(
        verifier_.Verify(request, [](const JwsResults&) { FAIL(); }).code(),
        absl::StatusCode::kFailedPrecondition);
  }
}

TEST_F(JwsVerifierTest, ABatchIsBoundedByItsTokensAndByTheirSignatures) {
  Limits limits;
  limits.max_batch_items = 5;
  const JwsVerifier verifier(&batch_verifier_, &pool_, limits);
  const std::string token = Sign("p", {"es", "ed"});
  const auto message = [&](size_t num_tokens) {
    const std::vector<absl::string_view> tokens(num_tokens, token);
    JwsVerifyRequest request;
    request.key_set = "keys";
    request.policy = &policy_;
    request.tokens = tokens;
    return std::string(
        verifier.Verify(request, [](const JwsResults&) {}).message());
  };
  EXPECT_EQ(message(2), "");
  EXPECT_EQ(message(3),
            "the tokens of a batch have at most 5 signatures, and these have "
            "more: send it in parts");
  EXPECT_EQ(message(6),
            "a batch holds at most 5 tokens, not 6: send it in parts");
}

TEST_F(JwsVerifierTest, TriesEveryKeyThatBearsTheKid) {
  const jose::Jwk& first = TestKey(Algorithm::kEs256, "es");
  jose::Jwk second = jose::CloneJwk(TestKey(Algorithm::kEs256, "es2"));
  second.kid = "es";
  const std::string of_first = Sign("p", {"es"});
  testing::PublishTestKeys("keys", {&second}, &cache_);
  const std::string of_second = Sign("p", {"es"});
  EXPECT_EQ(VerifyOne(of_first).reason, Reason::kSignatureMismatch);
  testing::PublishTestKeys("keys", {&first, &second}, &cache_);
  for (const std::string& token : {of_first, of_second}) {
    const Judged judged = VerifyOne(token);
    EXPECT_EQ(ReasonText(judged.reason), "valid");
    EXPECT_EQ(judged.payload, "p");
    EXPECT_EQ(VerifyOne(DamageSignature(token, 0)).reason,
              Reason::kSignatureMismatch);
  }
}

// Longer than a block of what is verified in one go.
TEST_F(JwsVerifierTest, ALargeDetachedPayloadHasSeveralSignatures) {
  const std::string payload(700'001, 'p');
  std::string other = payload;
  other.back() = 'q';
  options_.detached = true;
  policy_.signatures = SignatureRule::kAll;
  for (bool unencoded : {false, true}) {
    options_.unencoded_payload = policy_.unencoded_payload = unencoded;
    const std::string token = Sign(payload, {"es", "ed", "rs"});
    for (ResultView view : {ResultView::kVerdict, ResultView::kPayload}) {
      request_.view = view;
      const Judged judged = VerifyDetached(token, payload);
      EXPECT_EQ(ReasonText(judged.reason), "valid");
      EXPECT_EQ(judged.signatures.size(), 3u);
      EXPECT_TRUE(judged.payload ==
                  (view == ResultView::kPayload ? payload : ""));
      EXPECT_EQ(VerifyDetached(token, other).reason,
                Reason::kSignatureMismatch);
    }
  }
}

TEST_F(JwsVerifierTest, RefusesRequestsThatContradictThemselves) {
  const auto message = [&](JwsVerifyRequest request) {
    request.key_set = "keys";
    request.policy = &policy_;
    return std::string(
        verifier_.Verify(request, [](const JwsResults&) { FAIL(); }).message());
  };
  const absl::string_view token = "{}";
  JwsVerifyRequest request;
  request.tokens = absl::MakeConstSpan(&token, 1);
  const absl::string_view payloads[2];
  request.detached_payloads = payloads;
  EXPECT_EQ(message(request),
            "there are 2 detached payloads for 1 tokens: give one for each, or "
            "none");
  request = JwsVerifyRequest();
  request.view = ResultView::kSelectedClaims;
  EXPECT_EQ(message(request), "a JWS has no claims to select");
  policy_.form = Form::kJwt;
  EXPECT_EQ(message(JwsVerifyRequest()),
            "a JWT is compact and holds its payload: ask for the form JWS");
}

// The compact path must not judge what only this class can.
TEST_F(JwsVerifierTest, TheBatchVerifierLeavesOtherFormsAlone) {
  const absl::string_view token = "a.b.c";
  VerifyRequest request;
  request.key_set = "keys";
  request.policy = &policy_;
  request.tokens = absl::MakeConstSpan(&token, 1);
  const auto code = [&] {
    return batch_verifier_.Verify(request, [](const BatchResults&) { FAIL(); })
        .code();
  };
  EXPECT_EQ(code(), absl::StatusCode::kInvalidArgument);
  policy_.form = Form::kJws;
  policy_.unencoded_payload = true;
  EXPECT_EQ(code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(JwsVerifierTest, TheSignerRefusesWhatCannotStandInTheToken) {
  options_.unencoded_payload = true;
  const auto outcome = [&](Form form, absl::string_view payload) {
    options_.form = form;
    JwsSignRequest request;
    request.key_set = "keys";
    request.kids = {"ed"};
    request.options = &options_;
    request.payloads = absl::MakeConstSpan(&payload, 1);
    SignOutcome result = SignOutcome::kUnspecified;
    EXPECT_TRUE(signer_
                    .Sign(request,
                          [&](const SignResults& results) {
                            result = results.results[0].outcome;
                          })
                    .ok());
    return result;
  };
  EXPECT_EQ(outcome(Form::kJws, "a.b"), SignOutcome::kNotPlain);
  EXPECT_EQ(outcome(Form::kJwsJson, "a.b"), SignOutcome::kSigned);
  EXPECT_EQ(outcome(Form::kJwsJson, "\xff"), SignOutcome::kNotPlain);
  options_.detached = true;
  EXPECT_EQ(outcome(Form::kJws, "a.b\xff"), SignOutcome::kSigned);
}

TEST_F(JwsVerifierTest, TheSignerRefusesSeveralKeysForACompactToken) {
  options_.form = Form::kJws;
  options_.detached = true;
  JwsSignRequest request;
  request.key_set = "keys";
  request.kids = {"es", "ed"};
  request.options = &options_;
  EXPECT_EQ(signer_.Sign(request, [](const SignResults&) { FAIL(); }).message(),
            "a token of this form has at most 1 signature, not 2");
  options_.form = Form::kJwsJson;
  request.kids = {"es", "nobody"};
  EXPECT_EQ(signer_.Sign(request, [](const SignResults&) { FAIL(); }).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace assay::engine
