// Tokens that bring the certificates of their key along (x5c, RFC 7515 4.1.6),
// where a key set trusts a root.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/certificate_chain.h"
#include "core/crypto/key_material.h"
#include "core/crypto/signing_key.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "core/engine/nested_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/jose/jws_parts.h"
#include "core/jose/policy.h"
#include "core/keys/certificate_keys.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"
#include "tests/support/test_keys.h"

namespace assay::engine {
namespace {

using jose::Algorithm;
using testing::TestKey;

// Made by OpenSSL's command line, in November 2026: a root of a hundred years;
// under it, of one P-256 key, a leaf of nearly as many that is named
// urn:example:a, one of a day, and one that is named urn:example:b.
constexpr char kRoot[] =
    "MIIBhTCCASugAwIBAgIUadw8FeWrgDuHYy+njDX5zinpDvEwCgYIKoZIzj0EAwIwDzENMA"
    "sGA1UEAwwEcm9vdDAgFw0yNjExMjcyMDU2MDJaGA8yMTI2MTEwMzIwNTYwMlowDzENMAsG"
    "A1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIOvURVp3E5eHF/iVZ8/5i"
    "ZICpSBfXkCCAAnxPLNjkPPE77I4e2qx/x+P2IvWs44eizrFAkkwrCfo5MVQ9iXUFOjYzBh"
    "MB0GA1UdDgQWBBQSmzsps5OA0EnJLPvvKSXJPTSv+jAfBgNVHSMEGDAWgBQSmzsps5OA0E"
    "nJLPvvKSXJPTSv+jAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAKBggqhkjO"
    "PQQDAgNIADBFAiByouPAH/pRB+Zl3zvUOH+0HnE8cXFA1tqIoXLLY9E3bgIhAIzaKjA9Ul"
    "O6asyKZ0Mp4Po1mnusD2PNMKpRIuDbOe/c";
constexpr char kLeaf[] =
    "MIIBWzCCAQGgAwIBAgIBCjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MCAXDTI2MT"
    "EyNzIwNTYwM1oYDzIxMjUwNjIxMjA1NjAzWjAMMQowCAYDVQQDDAFhMFkwEwYHKoZIzj0C"
    "AQYIKoZIzj0DAQcDQgAEBykOF5KybIPNjB1y/FDwLX2/n3ogfBJL2ixBQ5gwY9n26LUcy0"
    "ypqgpa0NRSNI5uKxoc4svnqoz4K73m87rd7KNPME0wDAYDVR0TAQH/BAIwADAOBgNVHQ8B"
    "Af8EBAMCB4AwGAYDVR0RBBEwD4YNdXJuOmV4YW1wbGU6YTATBgNVHSUEDDAKBggrBgEFBQ"
    "cDAzAKBggqhkjOPQQDAgNIADBFAiBChL5g/cA5bsEKxDYQcVxFI7ywQs5k3dm2S/QcQoG1"
    "7AIhAIawajyy0XsUIDpyuwK6SU14cU4kcUQhZFWVf9QPQr1J";
constexpr char kExpiredLeaf[] =
    "MIIBWDCB/6ADAgECAgELMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBHJvb3QwHhcNMjYxMT"
    "I3MjA1NjAzWhcNMjYxMTI4MjA1NjAzWjAMMQowCAYDVQQDDAFhMFkwEwYHKoZIzj0CAQYI"
    "KoZIzj0DAQcDQgAEBykOF5KybIPNjB1y/FDwLX2/n3ogfBJL2ixBQ5gwY9n26LUcy0ypqg"
    "pa0NRSNI5uKxoc4svnqoz4K73m87rd7KNPME0wDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8E"
    "BAMCB4AwGAYDVR0RBBEwD4YNdXJuOmV4YW1wbGU6YTATBgNVHSUEDDAKBggrBgEFBQcDAz"
    "AKBggqhkjOPQQDAgNIADBFAiEA+WbOAscEZnZCqyVeyYYdxRnCeVH858MVxIFrYqyrWAMC"
    "IGMW1SfbxsbSnoehcAbpRGydT6gGH6NE2KdK5kmqsYZS";
constexpr char kOtherLeaf[] =
    "MIIBWzCCAQGgAwIBAgIBDDAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MCAXDTI2MT"
    "EyNzIwNTYwNFoYDzIxMjUwNjIxMjA1NjA0WjAMMQowCAYDVQQDDAFiMFkwEwYHKoZIzj0C"
    "AQYIKoZIzj0DAQcDQgAEBykOF5KybIPNjB1y/FDwLX2/n3ogfBJL2ixBQ5gwY9n26LUcy0"
    "ypqgpa0NRSNI5uKxoc4svnqoz4K73m87rd7KNPME0wDAYDVR0TAQH/BAIwADAOBgNVHQ8B"
    "Af8EBAMCB4AwGAYDVR0RBBEwD4YNdXJuOmV4YW1wbGU6YjATBgNVHSUEDDAKBggrBgEFBQ"
    "cDAzAKBggqhkjOPQQDAgNIADBFAiBNBoQmnTpavTPLE4564gcJOsSORvnna1zL9/9HX/tr"
    "0wIhALfwZYak+GBw0ICUuuOKKQ5fa6AB+0VPm2xqU+CPWv3m";

absl::Time Year(int64_t year) {
  return absl::FromCivil(absl::CivilYear(year), absl::UTCTimeZone());
}

// The key that all the leaves certify.
const jose::Jwk& LeafKey() {
  static const auto* const jwk = [] {
    crypto::EcKey key;
    key.x = absl::HexStringToBytes(
        "07290e1792b26c83cd8c1d72fc50f02d7dbf9f7a207c124bda2c4143983063d9");
    key.y = absl::HexStringToBytes(
        "f6e8b51ccb4ca9aa0a5ad0d452348e6e2b1a1ce2cbe7aa8cf82bbde6f3baddec");
    key.d = SecretBytes(absl::HexStringToBytes(
        "d8deae904022224d1cd543fb41aaa0f5a8b50317c4013ec1ed3750e82c5d3c8b"));
    auto* const made = new jose::Jwk;
    made->material = std::move(key);
    return made;
  }();
  return *jwk;
}

// A token with `header`, signed with ES256 whatever the header says.
std::string Sign(absl::string_view header, const jose::Jwk& jwk,
                 absl::string_view payload = R"({"iss":"me"})") {
  const std::string input =
      absl::StrCat(Base64UrlEncode(header), ".", Base64UrlEncode(payload));
  const auto key = *crypto::SigningKey::Create(jwk.material, 4096);
  uint8_t signature[64];
  EXPECT_TRUE(
      key->Sign(jose::InfoOf(Algorithm::kEs256).scheme, input, signature));
  return absl::StrCat(input, ".",
                      Base64UrlEncode(absl::string_view(
                          reinterpret_cast<const char*>(signature), 64)));
}

// A header with `more` members, which end with a comma, and x5c of `leaf`.
std::string Header(absl::string_view more, absl::string_view leaf = kLeaf) {
  return absl::StrCat("{", more, R"("x5c":[")", leaf, R"("]})");
}
constexpr char kEs256[] = R"("alg":"ES256",)";

class X5cTest : public ::testing::Test {
 protected:
  X5cTest()
      : clock_(Year(2030)),
        pool_(2, 64),
        verifier_(&cache_, &pool_, &clock_, Limits()) {
    policy_.form = jose::Form::kJws;
    Publish("plain", {&TestKey(Algorithm::kEs256, "own")}, /*trusts=*/false);
    Publish("trusting", {&TestKey(Algorithm::kEs256, "own")}, /*trusts=*/true);
    Publish("only", {}, /*trusts=*/true);
  }

  static std::unique_ptr<const keys::CertificateKeys> Certificates() {
    crypto::ChainPolicy policy;
    policy.uris = {"urn:example:a"};
    std::string root;
    EXPECT_TRUE(absl::Base64Unescape(kRoot, &root));
    auto verifier = crypto::ChainVerifier::Create({root}, std::move(policy));
    EXPECT_TRUE(verifier.ok()) << verifier.status();
    return std::make_unique<const keys::CertificateKeys>(*std::move(verifier),
                                                         Limits());
  }
  static std::unique_ptr<keys::KeySet> MakeSet(
      absl::string_view name, const std::vector<const jose::Jwk*>& own,
      std::vector<std::string> issuers = {}) {
    jose::JwkSet jwks;
    for (const jose::Jwk* key : own) jwks.keys.push_back(jose::CloneJwk(*key));
    auto set =
        keys::KeySet::Create(name, keys::KeySetUse::kVerify, std::move(jwks),
                             std::move(issuers), Limits());
    EXPECT_TRUE(set.ok()) << set.status();
    return *std::move(set);
  }
  void Publish(absl::string_view name, const std::vector<const jose::Jwk*>& own,
               bool trusts, std::vector<std::string> issuers = {}) {
    auto set = MakeSet(name, own, std::move(issuers));
    if (trusts) {
      const absl::Status status = set->TrustCertificates(Certificates());
      EXPECT_TRUE(status.ok()) << status;
    }
    cache_.Publish(std::move(set));
  }

  std::vector<Reason> Verify(absl::string_view key_set,
                             const std::vector<std::string>& tokens) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    VerifyRequest request;
    request.key_set = key_set;
    request.policy = &policy_;
    request.tokens = views;
    request.max_parallelism = max_parallelism_;
    std::vector<Reason> reasons;
    const absl::Status status =
        verifier_.Verify(request, [&](const BatchResults& batch) {
          for (const TokenResult& result : batch.results) {
            reasons.push_back(result.reason());
            kid_ = std::string(result.kid());
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return reasons;
  }
  Reason VerifyOne(absl::string_view key_set, const std::string& token) {
    return Verify(key_set, {token})[0];
  }
  Reason VerifyJson(const std::string& object) {
    const JwsVerifier json(&verifier_, &pool_, Limits());
    const absl::string_view view = object;
    policy_.form = jose::Form::kJwsJson;
    JwsVerifyRequest request;
    request.key_set = "trusting";
    request.policy = &policy_;
    request.tokens = absl::MakeConstSpan(&view, 1);
    Reason reason = Reason::kUnspecified;
    const absl::Status status = json.Verify(
        request,
        [&](const JwsResults& batch) { reason = batch.results[0].reason; });
    EXPECT_TRUE(status.ok()) << status;
    return reason;
  }
  size_t MemoSize(absl::string_view key_set) {
    const keys::KeyCache::ReadGuard guard(cache_);
    return guard.Find(key_set)->header_memo().size();
  }

  FakeClock clock_;
  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  BatchVerifier verifier_;
  jose::Policy policy_;
  int max_parallelism_ = 0;
  std::string kid_;  // Of the last token.
};

TEST_F(X5cTest, AcceptsATokenWhoseLeafChainsToATrustedRoot) {
  const std::string token = Sign(Header(kEs256), LeafKey());
  for (size_t batch_size : {1, 2, 600}) {
    for (absl::string_view set : {"trusting", "only"}) {
      const std::vector<Reason> reasons =
          Verify(set, std::vector<std::string>(batch_size, token));
      for (Reason reason : reasons) EXPECT_EQ(ReasonText(reason), "valid");
      EXPECT_EQ(kid_, LeafKey().EffectiveKid());
    }
  }
}

TEST_F(X5cTest, RefusesASignatureThatIsNotTheLeafs) {
  const jose::Jwk& own = TestKey(Algorithm::kEs256, "own");
  EXPECT_EQ(VerifyOne("trusting", Sign(Header(kEs256), own)),
            Reason::kSignatureMismatch);
  std::string token = Sign(Header(kEs256), LeafKey());
  ASSERT_EQ(VerifyOne("trusting", token), Reason::kValid);
  token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kSignatureMismatch);
}

TEST_F(X5cTest, IgnoresX5cWhereTheKeySetTrustsNoCertificate) {
  EXPECT_EQ(VerifyOne("plain", Sign(Header(kEs256), LeafKey())),
            Reason::kSignatureMismatch);
  EXPECT_EQ(VerifyOne("plain",
                      Sign(Header(R"("alg":"ES256","kid":"x",)"), LeafKey())),
            Reason::kKidUnknown);
  // Not even its form counts.
  EXPECT_EQ(VerifyOne("plain", Sign(R"({"alg":"ES256","x5c":1})",
                                    TestKey(Algorithm::kEs256, "own"))),
            Reason::kValid);
}

TEST_F(X5cTest, TheSetsOwnKeyWinsWhereItHasTheKid) {
  const jose::Jwk& own = TestKey(Algorithm::kEs256, "own");
  const std::string header = Header(R"("alg":"ES256","kid":"own",)");
  EXPECT_EQ(VerifyOne("trusting", Sign(header, LeafKey())),
            Reason::kSignatureMismatch);
  EXPECT_EQ(VerifyOne("trusting", Sign(header, own)), Reason::kValid);
  EXPECT_EQ(kid_, "own");
  // Known to the memo by now, and still the set's own.
  EXPECT_EQ(VerifyOne("trusting", Sign(header, LeafKey())),
            Reason::kSignatureMismatch);
  EXPECT_EQ(VerifyOne("trusting",
                      Sign(Header(R"("alg":"ES384","kid":"own",)"), LeafKey())),
            Reason::kAlgorithmNotOfKey);
}

TEST_F(X5cTest, TellsTheKeysThumbprintAndNotTheKidThatTheSignerChose) {
  const std::string header = Header(R"("alg":"ES256","kid":"admin",)");
  EXPECT_EQ(VerifyOne("trusting", Sign(header, LeafKey())), Reason::kValid);
  EXPECT_EQ(kid_, LeafKey().EffectiveKid());
}

TEST_F(X5cTest, TokensWithoutX5cGoByTheSetsKeysAlone) {
  const jose::Jwk& own = TestKey(Algorithm::kEs256, "own");
  EXPECT_EQ(VerifyOne("trusting", Sign(R"({"alg":"ES256"})", own)),
            Reason::kValid);
  EXPECT_EQ(VerifyOne("trusting", Sign(R"({"alg":"ES256"})", LeafKey())),
            Reason::kSignatureMismatch);
  EXPECT_EQ(
      VerifyOne("trusting", Sign(R"({"alg":"ES256","kid":"x"})", LeafKey())),
      Reason::kKidUnknown);
  // Where there is none, none is to be waited for.
  EXPECT_EQ(VerifyOne("only", Sign(R"({"alg":"ES256"})", LeafKey())),
            Reason::kNoCompatibleKey);
  EXPECT_EQ(VerifyOne("only", Sign(R"({"alg":"ES256","kid":"x"})", LeafKey())),
            Reason::kKidUnknown);
}

TEST_F(X5cTest, RefusesChainsThatAreNotTrusted) {
  const std::string good = absl::StrCat("\"", kLeaf, "\"");
  std::string many = good;
  for (int i = 1; i < 11; ++i) absl::StrAppend(&many, ",", good);
  const struct {
    std::string list;
    Reason reason;
  } kCases[] = {
      {absl::StrCat("\"", kExpiredLeaf, "\""), Reason::kX5cExpired},
      {absl::StrCat("\"", kOtherLeaf, "\""), Reason::kX5cName},
      {absl::StrCat("\"", kRoot, "\""), Reason::kX5cSelfSigned},
      {absl::StrCat("\"", kRoot, "\",", good), Reason::kX5cSelfSigned},
      {absl::StrCat(good, ",", good), Reason::kX5cUnrelated},
      {absl::StrCat(good, ",\"AAAA\""), Reason::kX5cMalformed},
      {"\"AAAA\"", Reason::kX5cMalformed},
      {"\"-_==\"", Reason::kX5cMalformed},
      {"1", Reason::kX5cMalformed},
      {"", Reason::kX5cMalformed},
      {many, Reason::kX5cTooLong},
      {absl::StrCat(good, ",", good, ",", good, ",", good, ",", good),
       Reason::kX5cTooLong},
  };
  for (const auto& c : kCases) {
    const std::string token =
        Sign(absl::StrCat("{", kEs256, R"("x5c":[)", c.list, "]}"), LeafKey());
    EXPECT_EQ(ReasonText(VerifyOne("trusting", token)), ReasonText(c.reason));
    EXPECT_EQ(ReasonText(VerifyOne("only", token)), ReasonText(c.reason));
  }
  EXPECT_EQ(
      VerifyOne("trusting", Sign(R"({"alg":"ES256","x5c":"x"})", LeafKey())),
      Reason::kX5cMalformed);
}

TEST_F(X5cTest, TheLeafDecidesTheAlgorithm) {
  for (absl::string_view alg : {"ES384", "RS256", "EdDSA", "HS256"}) {
    const std::string header = Header(absl::StrCat(R"("alg":")", alg, R"(",)"));
    EXPECT_EQ(VerifyOne("only", Sign(header, LeafKey())), Reason::kX5cAlgorithm)
        << alg;
  }
  policy_.algorithms = {Algorithm::kRs256};
  EXPECT_EQ(VerifyOne("only", Sign(Header(kEs256), LeafKey())),
            Reason::kAlgorithmNotAllowedByPolicy);
}

TEST_F(X5cTest, TheMemoNeitherRemembersNorServesIt) {
  const std::string token = Sign(Header(kEs256), LeafKey());
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kValid);
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kValid);
  EXPECT_EQ(MemoSize("trusting"), 0u);
  clock_.Set(Year(2126));
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kX5cExpired);
  clock_.Set(Year(2026));
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kX5cNotYetValid);
}

TEST_F(X5cTest, JudgesTheChainByThePolicysTime) {
  const std::string token = Sign(Header(kEs256, kExpiredLeaf), LeafKey());
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kX5cExpired);
  policy_.as_of =
      absl::FromCivil(absl::CivilHour(2026, 11, 28, 1), absl::UTCTimeZone());
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kValid);
  policy_.as_of.reset();
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kX5cExpired);
}

const absl::Time kExpiredLeafEnd = absl::FromCivil(
    absl::CivilSecond(2026, 11, 28, 20, 56, 3), absl::UTCTimeZone());

TEST_F(X5cTest, ABatchHasABudgetOfNewChains) {
  max_parallelism_ = 1;
  const std::string good = Sign(Header(kEs256), LeafKey());
  std::vector<std::string> tokens;
  for (uint64_t i = 0; i < kMaxBatchNewChains; ++i) {
    const std::string more = absl::StrCat(kEs256, "\"n\":", i, ",");
    tokens.push_back(Sign(Header(more, kOtherLeaf), LeafKey()));
  }
  tokens.push_back(good);
  std::vector<Reason> reasons = Verify("trusting", tokens);
  EXPECT_EQ(reasons.front(), Reason::kX5cName);
  EXPECT_EQ(reasons[kMaxBatchNewChains - 1], Reason::kX5cName);
  EXPECT_EQ(reasons.back(), Reason::kX5cBudget);
  // A chain that is known costs nothing.
  EXPECT_EQ(VerifyOne("trusting", good), Reason::kValid);
  reasons = Verify("trusting", tokens);
  EXPECT_EQ(reasons.back(), Reason::kValid);
}

// Those of a signer whose certificate has expired must not stand in the way.
TEST_F(X5cTest, TokensOfOneRefusedSignerCostTheBatchOneChain) {
  max_parallelism_ = 1;
  std::vector<std::string> tokens(kMaxBatchNewChains + 10,
                                  Sign(Header(kEs256, kOtherLeaf), LeafKey()));
  tokens.push_back(Sign(Header(kEs256), LeafKey()));
  const std::vector<Reason> reasons = Verify("trusting", tokens);
  EXPECT_EQ(reasons[kMaxBatchNewChains + 9], Reason::kX5cName);
  EXPECT_EQ(reasons.back(), Reason::kValid);
}

// What is remembered gives no other answer than what is judged anew.
TEST_F(X5cTest, ALeafEndsAtTheSameMomentRememberedOrNot) {
  const std::string token = Sign(Header(kEs256, kExpiredLeaf), LeafKey());
  policy_.as_of = kExpiredLeafEnd;
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kX5cExpired);
  policy_.as_of = kExpiredLeafEnd - absl::Seconds(1);
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kValid);
  policy_.as_of = kExpiredLeafEnd;
  EXPECT_EQ(VerifyOne("trusting", token), Reason::kX5cExpired);
}

TEST_F(X5cTest, OuterSignaturesOfNestedTokensAreJudgedByThePolicysTime) {
  auto secret = jose::ParseJwk(
      R"({"kty":"oct","alg":"A128KW","k":"AAAAAAAAAAAAAAAAAAAAAA"})", Limits());
  ASSERT_TRUE(secret.ok()) << secret.status();
  jose::JwkSet jwks;
  jwks.keys.push_back(*std::move(secret));
  auto set = keys::KeySet::Create("secret", keys::KeySetUse::kDecrypt,
                                  std::move(jwks), {}, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  cache_.Publish(*std::move(set));
  const BatchDecrypter decrypter(&cache_, &pool_, Limits());
  const NestedVerifier nested(&verifier_, &decrypter, &clock_, Limits());
  const std::string own = R"({"alg":"ES256","kid":"own"})";
  const std::string inner = Sign(own, TestKey(Algorithm::kEs256, "own"));
  const std::string cty = absl::StrCat(kEs256, R"("cty":"JWT",)");
  const std::string token = Sign(Header(cty, kExpiredLeaf), LeafKey(), inner);
  const absl::string_view view = token;
  policy_.form = jose::Form::kJwt;
  NestedRequest request;
  request.key_set = "trusting";
  request.decryption_key_set = "secret";
  request.policy = &policy_;
  request.tokens = absl::MakeConstSpan(&view, 1);
  const auto judge = [&] {
    Reason reason = Reason::kUnspecified;
    const absl::Status status = nested.Verify(
        request,
        [&](const NestedResults& batch) { reason = batch.results[0].reason; });
    EXPECT_TRUE(status.ok()) << status;
    return reason;
  };
  EXPECT_EQ(judge(), Reason::kX5cExpired);
  policy_.as_of = kExpiredLeafEnd - absl::Seconds(1);
  EXPECT_EQ(judge(), Reason::kValid);
}

TEST_F(X5cTest, TheSetsIssuersBindCertificatesToo) {
  Publish("of-issuer", {}, /*trusts=*/true, {"me"});
  policy_.form = jose::Form::kJwt;
  EXPECT_EQ(VerifyOne("of-issuer", Sign(Header(kEs256), LeafKey())),
            Reason::kValid);
  EXPECT_EQ(VerifyOne("of-issuer",
                      Sign(Header(kEs256), LeafKey(), R"({"iss":"somebody"})")),
            Reason::kIssuerMismatch);
}

// The flattened JSON of a compact token, with `more` members.
std::string Flattened(const std::string& token, absl::string_view more) {
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  return absl::StrCat(
      R"({"protected":")", token.substr(0, first), R"(","payload":")",
      token.substr(first + 1, last - first - 1), R"(","signature":")",
      token.substr(last + 1), "\"", more, "}");
}

TEST_F(X5cTest, CountsInTheProtectedHeaderOnly) {
  EXPECT_EQ(VerifyJson(Flattened(Sign(Header(kEs256), LeafKey()), "")),
            Reason::kValid);
  const std::string unprotected =
      absl::StrCat(R"(,"header":)", Header("", kLeaf));
  EXPECT_EQ(
      VerifyJson(Flattened(Sign(R"({"alg":"ES256"})", LeafKey()), unprotected)),
      Reason::kSignatureMismatch);  // By the set's own key.
}

TEST_F(X5cTest, AnUnprotectedKidOfTheSetWins) {
  EXPECT_EQ(VerifyJson(Flattened(Sign(Header(kEs256), LeafKey()),
                                 R"(,"header":{"kid":"own"})")),
            Reason::kSignatureMismatch);
}

TEST_F(X5cTest, ARequiredKidCannotBeClaimed) {
  policy_.required_kids = {"admin"};
  const std::string header = Header(R"("alg":"ES256","kid":"admin",)");
  EXPECT_EQ(VerifyJson(Flattened(Sign(header, LeafKey()), "")),
            Reason::kRequiredSignatureMissing);
  EXPECT_EQ(VerifyJson(Flattened(Sign(Header(kEs256), LeafKey()),
                                 R"(,"header":{"kid":"admin"})")),
            Reason::kRequiredSignatureMissing);
}

TEST_F(X5cTest, AlsoOfADetachedPayload) {
  const std::string token = Sign(Header(kEs256), LeafKey(), "document");
  const size_t first = token.find('.');
  jose::JwsParts parts;
  parts.header = absl::string_view(token).substr(0, first);
  parts.payload = "document";
  parts.signature = absl::string_view(token).substr(token.rfind('.') + 1);
  parts.is_detached = true;
  VerifyRequest request;
  request.key_set = "only";
  request.policy = &policy_;
  request.parts = absl::MakeConstSpan(&parts, 1);
  const absl::Status status =
      verifier_.Verify(request, [](const BatchResults& batch) {
        EXPECT_EQ(batch.results[0].reason(), Reason::kValid);
      });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(X5cTest, ASetOfSecretsCannotTrustCertificates) {
  auto set = MakeSet("secrets", {&TestKey(Algorithm::kHs256)});
  const absl::Status status = set->TrustCertificates(Certificates());
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_TRUE(absl::StrContains(status.message(), "holds secrets")) << status;
  EXPECT_EQ(set->certificate_keys(), nullptr);
}

}  // namespace
}  // namespace assay::engine
