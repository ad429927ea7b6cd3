#include "core/engine/nested_verifier.h"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/engine/batch_encrypter.h"
#include "core/engine/batch_signer.h"
#include "core/engine/scratch.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "core/jose/profile_rules.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::engine {
namespace {

using ::testing::SizeIs;

// Those of testdata/nested_tokens.txt: the bytes from 0 on.
constexpr char kMacKey[] =
    R"({"kty":"oct","kid":"s","alg":"HS256",)"
    R"("k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"})";
constexpr char kDirectKey[] =
    R"({"kty":"oct","kid":"d","alg":"dir","k":"AAECAwQFBgcICQoLDA0ODw"})";

std::string ReadTestFile(absl::string_view name) {
  std::ifstream file(absl::StrCat("core/engine/testdata/", name));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(text.empty()) << name;
  return text;
}

// The token of that name in nested_tokens.txt.
std::string Stored(absl::string_view name) {
  const std::string text = ReadTestFile("nested_tokens.txt");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<std::string, std::string> entry =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (entry.first == name) return entry.second;
  }
  ADD_FAILURE() << name;
  return "";
}

struct Judged {
  Reason reason;
  std::vector<NestedLayer> path;
  std::string payload;
};

class NestedVerifierTest : public ::testing::Test {
 protected:
  NestedVerifierTest()
      : clock_(absl::FromUnixSeconds(1'300'000'000)),
        signer_(&cache_, nullptr, &clock_, Limits()),
        encrypter_(&cache_, nullptr, Limits()),
        verifier_(&cache_, nullptr, &clock_, Limits()),
        decrypter_(&cache_, nullptr, Limits()),
        nested_(&verifier_, &decrypter_, &clock_, Limits()) {
    Publish("sig", keys::KeySetUse::kSign, {kMacKey}, {});
    jose::EncryptionKeyShape shape;
    auto jwk =
        jose::GenerateEncryptionJwk(jose::KeyManagement::kEcdhEs, shape, "e");
    EXPECT_TRUE(jwk.ok()) << jwk.status();
    jose::JwkSet to, from;
    to.keys.push_back(jose::CloneJwk(*jwk));
    from.keys.push_back(*std::move(jwk));
    from.keys.push_back(Parse(kDirectKey));
    Publish("to", keys::KeySetUse::kEncrypt, std::move(to), {});
    Publish("from", keys::KeySetUse::kDecrypt, std::move(from), {});
    request_.key_set = "sig";
    request_.decryption_key_set = "from";
    request_.policy = &policy_;
    request_.view = ResultView::kPayload;
  }

  static jose::Jwk Parse(absl::string_view json) {
    auto jwk = jose::ParseJwk(json, Limits());
    EXPECT_TRUE(jwk.ok()) << jwk.status();
    return *std::move(jwk);
  }

  void Publish(absl::string_view name, keys::KeySetUse use, jose::JwkSet jwks,
               std::vector<std::string> issuers) {
    auto set =
        keys::KeySet::Create(name, use, std::move(jwks), issuers, Limits());
    ASSERT_TRUE(set.ok()) << set.status();
    cache_.Publish(*std::move(set));
  }
  void Publish(absl::string_view name, keys::KeySetUse use,
               const std::vector<std::string>& jwks,
               std::vector<std::string> issuers) {
    jose::JwkSet set;
    for (const std::string& jwk : jwks) set.keys.push_back(Parse(jwk));
    Publish(name, use, std::move(set), std::move(issuers));
  }

  // A JWS over `payload`, which with `cty` need not be claims.
  std::string Sign(absl::string_view payload, absl::string_view cty = "") {
    SignOptions options;
    if (!cty.empty()) {
      options.form = jose::Form::kJws;
      options.extra_header = absl::StrCat("{\"cty\":\"", cty, "\"}");
    }
    SignRequest request;
    request.key_set = "sig";
    request.alg = jose::Algorithm::kHs256;
    request.options = &options;
    request.payloads = absl::MakeConstSpan(&payload, 1);
    std::string token;
    const absl::Status status =
        signer_.Sign(request, [&](const SignResults& results) {
          token = std::string(results.results[0].token);
        });
    EXPECT_TRUE(status.ok()) << status;
    return token;
  }

  std::string Encrypt(absl::string_view plaintext,
                      absl::string_view cty = "JWT") {
    EncryptRequest request;
    request.key_set = "to";
    request.alg = jose::KeyManagement::kEcdhEs;
    request.options.enc = jose::ContentAlgorithm::kA128Gcm;
    if (!cty.empty()) request.options.cty = cty;
    request.plaintexts = absl::MakeConstSpan(&plaintext, 1);
    std::string token;
    const absl::Status status =
        encrypter_.Encrypt(request, [&](const EncryptResults& results) {
          ASSERT_TRUE(results.tokens[0].ok()) << results.tokens[0].status();
          token = *results.tokens[0];
        });
    EXPECT_TRUE(status.ok()) << status;
    return token;
  }

  std::vector<Judged> JudgeAll(const std::vector<std::string>& tokens) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    request_.tokens = views;
    std::vector<Judged> all;
    const absl::Status status =
        nested_.Verify(request_, [&](const NestedResults& results) {
          for (const NestedResult& result : results.results) {
            EXPECT_TRUE(result.valid() || result.payload.empty());
            all.push_back({result.reason, result.path, result.payload});
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return all;
  }
  Judged Judge(const std::string& token) { return JudgeAll({token})[0]; }
  Reason ReasonOf(const std::string& token) { return Judge(token).reason; }

  FakeClock clock_;
  keys::KeyCache cache_;
  BatchSigner signer_;
  BatchEncrypter encrypter_;
  BatchVerifier verifier_;
  BatchDecrypter decrypter_;
  NestedVerifier nested_;
  jose::Policy policy_;
  NestedRequest request_;
};

TEST_F(NestedVerifierTest, TellsClaimsAndPathOfASignedTokenInAnEncryptedOne) {
  const Judged judged = Judge(Encrypt(Sign(R"({"sub":"joe"})")));
  EXPECT_EQ(judged.reason, Reason::kValid);
  EXPECT_EQ(judged.payload, R"({"sub":"joe"})");
  ASSERT_THAT(judged.path, SizeIs(2));
  EXPECT_TRUE(judged.path[0].encrypted);
  EXPECT_EQ(judged.path[0].key_management, jose::KeyManagement::kEcdhEs);
  EXPECT_EQ(judged.path[0].enc, jose::ContentAlgorithm::kA128Gcm);
  EXPECT_EQ(judged.path[0].kid, "e");
  EXPECT_FALSE(judged.path[1].encrypted);
  EXPECT_EQ(judged.path[1].alg, jose::Algorithm::kHs256);
  EXPECT_EQ(judged.path[1].kid, "s");
}

TEST_F(NestedVerifierTest, GoesTheOtherWayRoundToo) {
  request_.max_layers = 3;
  const Judged judged = Judge(Sign(Encrypt(Sign(R"({"sub":"joe"})")), "JWT"));
  EXPECT_EQ(judged.reason, Reason::kValid);
  EXPECT_EQ(judged.payload, R"({"sub":"joe"})");
  ASSERT_THAT(judged.path, SizeIs(3));
  EXPECT_FALSE(judged.path[0].encrypted);
  EXPECT_TRUE(judged.path[1].encrypted);
  EXPECT_FALSE(judged.path[2].encrypted);
}

TEST_F(NestedVerifierTest, BareClaimsInAnEncryptedTokenAreNeverValid) {
  EXPECT_EQ(ReasonOf(Encrypt(R"({"sub":"joe"})")), Reason::kLayerHoldsNoToken);
  EXPECT_EQ(ReasonOf(Encrypt(R"({"sub":"joe"})", "")), Reason::kLayerNoToken);
  EXPECT_EQ(ReasonOf(Encrypt(R"({"a":".."})")), Reason::kHeaderEncoding);
  EXPECT_EQ(ReasonOf(Encrypt("")), Reason::kLayerHoldsNoToken);
  request_.max_layers = 4;
  EXPECT_EQ(ReasonOf(Sign(Encrypt(R"({"sub":"joe"})"), "JWT")),
            Reason::kLayerHoldsNoToken);
}

TEST_F(NestedVerifierTest, AnUnsignedInnerTokenIsNeverValid) {
  // {"alg":"none"}
  EXPECT_EQ(ReasonOf(Encrypt("eyJhbGciOiJub25lIn0.e30.")),
            Reason::kEmptySegment);
  EXPECT_EQ(ReasonOf(Encrypt("eyJhbGciOiJub25lIn0.e30.AA")),
            Reason::kAlgorithmNone);
}

TEST_F(NestedVerifierTest, ATokenOfOneLayerIsNotNested) {
  EXPECT_EQ(ReasonOf(Sign(R"({"sub":"joe"})")), Reason::kLayerNoToken);
  EXPECT_EQ(ReasonOf(""), Reason::kEmptyToken);
  EXPECT_EQ(ReasonOf("nonsense"), Reason::kSegmentCount);
}

TEST_F(NestedVerifierTest, EveryOuterLayerSaysCtyJwt) {  // RFC 7519 5.2
  const std::string token = Sign("{}");
  EXPECT_EQ(ReasonOf(Encrypt(token, "")), Reason::kLayerNoToken);
  EXPECT_EQ(ReasonOf(Encrypt(token, "JWE")), Reason::kLayerNoToken);
  EXPECT_EQ(ReasonOf(Encrypt(token, "text/JWT")), Reason::kLayerNoToken);
  for (const char* name : {"application", "lower"}) {
    EXPECT_EQ(ReasonOf(Stored(name)), Reason::kValid) << name;
  }
  EXPECT_NE(ReasonOf(Stored("number")), Reason::kValid);
  request_.max_layers = 3;
  EXPECT_EQ(ReasonOf(Encrypt(Encrypt(token, ""))), Reason::kLayerNoToken);
}

TEST_F(NestedVerifierTest, HasNoMoreLayersThanAskedFor) {
  std::string token = Sign("{}");
  for (int layers = 2; layers <= 6; ++layers) {
    token = Encrypt(token);
    for (request_.max_layers = 2; request_.max_layers <= kMaxNestedLayers;
         ++request_.max_layers) {
      EXPECT_EQ(ReasonOf(token), layers <= request_.max_layers
                                     ? Reason::kValid
                                     : Reason::kTooManyLayers)
          << layers << " of " << request_.max_layers;
    }
  }
}

TEST_F(NestedVerifierTest, SignaturesCountAsLayers) {
  const std::string three = Sign(Encrypt(Sign("{}")), "JWT");
  EXPECT_EQ(ReasonOf(three), Reason::kTooManyLayers);
  EXPECT_EQ(ReasonOf(Stored("payload-jws")), Reason::kValid);
  EXPECT_EQ(ReasonOf(Encrypt(Stored("payload-jws"))), Reason::kTooManyLayers);
}

TEST_F(NestedVerifierTest, RefusesADepthOutOfBounds) {
  for (const int layers : {-1, 0, 1, kMaxNestedLayers + 1}) {
    request_.max_layers = layers;
    const absl::Status status =
        nested_.Verify(request_, [](const NestedResults&) { FAIL(); });
    EXPECT_EQ(status.message(), "max_layers: must lie between 2 and 4");
  }
}

TEST_F(NestedVerifierTest, RefusesOtherForms) {
  policy_.form = jose::Form::kJws;
  EXPECT_FALSE(
      nested_.Verify(request_, [](const NestedResults&) { FAIL(); }).ok());
}

TEST_F(NestedVerifierTest, ClaimsInAHeaderEqualThoseWithin) {  // RFC 7519 5.3
  EXPECT_EQ(ReasonOf(Stored("same")), Reason::kValid);
  for (const char* name : {"iss", "sub", "aud", "aud-text", "absent"}) {
    EXPECT_EQ(ReasonOf(Stored(name)), Reason::kLayerClaimMismatch) << name;
  }
  request_.view = ResultView::kVerdict;  // Whatever the result carries.
  EXPECT_EQ(ReasonOf(Stored("iss")), Reason::kLayerClaimMismatch);
  request_.max_layers = 3;
  EXPECT_EQ(ReasonOf(Stored("outer-iss")), Reason::kLayerClaimMismatch);
}

TEST_F(NestedVerifierTest, JudgesTheClaimsByThePolicy) {
  policy_.issuers = {"me"};
  EXPECT_EQ(ReasonOf(Encrypt(Sign(R"({"iss":"me"})"))), Reason::kValid);
  EXPECT_EQ(ReasonOf(Encrypt(Sign(R"({"iss":"you"})"))),
            Reason::kIssuerMismatch);
  EXPECT_EQ(ReasonOf(Encrypt(Sign(R"({"iss":"me","exp":1299999999})"))),
            Reason::kExpired);
}

TEST_F(NestedVerifierTest, JudgesTheClaimsByTheProfile) {
  policy_.issuers = {"me"};
  policy_.audiences = {"x"};
  jose::Profile profile;
  profile.kind = jose::ProfileKind::kIdToken;
  ASSERT_TRUE(jose::ApplyProfile(profile, &policy_).ok());
  EXPECT_EQ(ReasonOf(Encrypt(Sign(R"({"iss":"me","aud":"x"})"))),
            Reason::kClaimMissing);
  const std::string good =
      R"({"iss":"me","aud":"x","sub":"joe","exp":1300000009,"iat":1300000000)";
  EXPECT_EQ(ReasonOf(Encrypt(Sign(good + "}"))), Reason::kValid);
  EXPECT_EQ(ReasonOf(Encrypt(Sign(good + R"(,"azp":"y"})"))),
            Reason::kAuthorizedPartyMismatch);
}

TEST_F(NestedVerifierTest, HoldsOuterSignaturesToThePolicysAlgorithms) {
  policy_.algorithms = {jose::Algorithm::kEs256};
  EXPECT_EQ(ReasonOf(Stored("payload-jws")),
            Reason::kAlgorithmNotAllowedByPolicy);
}

TEST_F(NestedVerifierTest, SelectsClaims) {
  const std::vector<std::string> names = {"sub"};
  request_.view = ResultView::kSelectedClaims;
  request_.selected_claims = names;
  EXPECT_EQ(Judge(Encrypt(Sign(R"({"iss":"me","sub":"joe"})"))).payload,
            R"({"sub":"joe"})");
}

TEST_F(NestedVerifierTest, NoFlippedCharacterIsValid) {
  request_.max_layers = 3;
  for (const std::string& good :
       {Encrypt(Sign("{}")), Sign(Encrypt(Sign("{}")), "JWT")}) {
    std::vector<std::string> bad;
    for (size_t i = 0; i < good.size(); ++i) {
      bad.push_back(good);
      bad.back()[i] ^= 1;
    }
    for (const Judged& judged : JudgeAll(bad)) {
      EXPECT_NE(VerdictOf(judged.reason), Verdict::kValid);
      EXPECT_NE(VerdictOf(judged.reason), Verdict::kUnspecified);
    }
  }
}

TEST_F(NestedVerifierTest, NoTruncationIsValid) {
  const std::string inner = Sign("{}");
  const std::string outer = Encrypt(inner);
  std::vector<std::string> bad;
  for (size_t len = 0; len < outer.size(); ++len) {
    bad.push_back(outer.substr(0, len));
  }
  for (size_t len = 0; len < inner.size(); ++len) {
    bad.push_back(Encrypt(inner.substr(0, len)));
  }
  for (const Judged& judged : JudgeAll(bad)) {
    EXPECT_NE(judged.reason, Reason::kValid);
  }
}

TEST_F(NestedVerifierTest, ADecryptionThatFailsDoesNotTellWhy) {
  const std::vector<std::string> parts =
      absl::StrSplit(Encrypt(Sign("{}")), '.');
  for (size_t part : {2, 3, 4}) {  // IV, ciphertext, tag.
    std::vector<std::string> changed = parts;
    changed[part][0] = changed[part][0] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(absl::StrJoin(changed, ".")), Reason::kLayerNotDecrypted)
        << part;
  }
  EXPECT_EQ(VerdictOf(Reason::kLayerNotDecrypted), Verdict::kDecryptionFailed);
}

TEST_F(NestedVerifierTest, CompressedLayersAreUnsupported) {
  EXPECT_EQ(ReasonOf(Stored("zip")), Reason::kLayerUnsupported);
}

TEST_F(NestedVerifierTest, KeepsTheOrderOfAMixedBatch) {
  request_.max_layers = 3;
  const std::string inner = Sign(R"({"n":1})");
  const std::vector<Judged> all =
      JudgeAll({Encrypt(inner), "x", Sign(Encrypt(inner), "JWT"), inner,
                Encrypt(Encrypt(inner)), Encrypt("{}")});
  ASSERT_THAT(all, SizeIs(6));
  EXPECT_EQ(all[0].reason, Reason::kValid);
  EXPECT_EQ(all[1].reason, Reason::kSegmentCount);
  EXPECT_EQ(all[2].reason, Reason::kValid);
  EXPECT_EQ(all[3].reason, Reason::kLayerNoToken);
  EXPECT_EQ(all[4].reason, Reason::kValid);
  EXPECT_EQ(all[5].reason, Reason::kLayerHoldsNoToken);
}

TEST_F(NestedVerifierTest, KeysThatBelongToIssuersSignNoOuterLayer) {
  Publish("sig", keys::KeySetUse::kSign, {kMacKey}, {"me"});
  EXPECT_EQ(ReasonOf(Stored("payload-jws")), Reason::kNestedUnsupported);
  EXPECT_EQ(ReasonOf(Encrypt(Sign(R"({"iss":"me"})"))), Reason::kValid);
}

TEST_F(NestedVerifierTest, AMissingKeySetIsAnErrorWithoutTokensToo) {
  const auto fail = [](const NestedResults&) { FAIL(); };
  request_.decryption_key_set = "nobody";
  EXPECT_TRUE(absl::IsNotFound(nested_.Verify(request_, fail)));
  request_.decryption_key_set = "sig";
  EXPECT_TRUE(absl::IsFailedPrecondition(nested_.Verify(request_, fail)));
  request_.decryption_key_set = "from";
  request_.key_set = "nobody";
  EXPECT_TRUE(absl::IsNotFound(nested_.Verify(request_, fail)));
}

TEST_F(NestedVerifierTest, CancelledTokensAreNotProcessed) {
  const std::atomic<bool> cancelled{true};
  request_.cancelled = &cancelled;
  EXPECT_EQ(ReasonOf(Encrypt(Sign("{}"))), Reason::kCancelled);
}

TEST_F(NestedVerifierTest, VerifiesTheExampleOfRfc7520Section6) {
  Publish("sig", keys::KeySetUse::kVerify,
          {ReadTestFile("rfc7520_6_verification_key.json")}, {});
  Publish("from", keys::KeySetUse::kDecrypt,
          {ReadTestFile("rfc7520_6_decryption_key.json")}, {});
  const std::string token(
      absl::StripAsciiWhitespace(ReadTestFile("rfc7520_6.jwe")));
  const Judged judged = Judge(token);
  EXPECT_EQ(judged.reason, Reason::kValid);
  EXPECT_EQ(judged.payload, R"({"iss":"hobbiton.example","exp":1300819380,)"
                            R"("http://example.com/is_root":true})");
  ASSERT_THAT(judged.path, SizeIs(2));
  EXPECT_EQ(judged.path[0].key_management, jose::KeyManagement::kRsaOaep);
  EXPECT_EQ(judged.path[1].alg, jose::Algorithm::kPs256);
  clock_.Set(absl::FromUnixSeconds(1300819380));
  EXPECT_EQ(ReasonOf(token), Reason::kExpired);
}

// RFC 7519 A.2 has alg RSA1_5, which is not offered (pitfalls of PKCS #1 v1.5).
TEST_F(NestedVerifierTest, Rsa15IsUnsupported) {
  // {"alg":"RSA1_5","enc":"A128CBC-HS256","cty":"JWT"}
  EXPECT_EQ(ReasonOf("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiY3R5"
                     "IjoiSldUIn0.AA.AAAAAAAAAAAAAAAAAAAAAA.AA."
                     "AAAAAAAAAAAAAAAAAAAAAA"),
            Reason::kLayerUnsupported);
}

// What the verifier decodes claims with, which outlives the batch.
TEST(ScratchTest, NothingOfASecretPayloadIsLeft) {
  constexpr absl::string_view kSecret = R"({"sub":"joe"})";
  Scratch scratch(Limits().max_json_depth);
  uint8_t* const buffer = scratch.Buffer(kSecret.size());
  kSecret.copy(reinterpret_cast<char*>(buffer), kSecret.size());
  scratch.Wipe(kSecret.size());
  EXPECT_EQ(std::string(reinterpret_cast<char*>(buffer), kSecret.size()),
            std::string(kSecret.size(), '\0'));
}

}  // namespace
}  // namespace assay::engine
