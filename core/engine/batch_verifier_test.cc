#include "core/engine/batch_verifier.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/crypto/signing_key.h"
#include "core/engine/batch_signer.h"
#include "core/engine/scratch.h"
#include "core/jose/jws_parts.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"
#include "core/simd/kernels.h"
#include "core/simd/lane_verdict.h"
#include "gtest/gtest.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/test_keys.h"

namespace assay::engine {
namespace {

using jose::Algorithm;
using testing::TestKey;
using testing::TestKeySetName;

constexpr int64_t kNow = 1'700'000'000;
constexpr char kClaims[] =
    R"({"iss":"https://issuer.example","sub":"u1","aud":["a","b"],)"
    R"("exp":1700000600,"nbf":1699999400,"iat":1699999400,"n":9007199254740993})";

// Everything that one result says, copied out of its batch.
struct Judged {
  Reason reason;
  Algorithm alg;
  std::string kid;
  std::string payload;
};

class BatchVerifierTest : public ::testing::Test {
 protected:
  BatchVerifierTest()
      : clock_(absl::FromUnixSeconds(kNow)),
        pool_(2, 64),
        verifier_(&cache_, &pool_, &clock_, Limits()),
        signer_(&cache_, &pool_, &clock_, Limits()) {
    testing::PublishAllTestKeySets(&cache_);
    policy_.issuers = {"https://issuer.example"};
    policy_.audiences = {"b"};
  }

  std::string Sign(Algorithm alg, absl::string_view payload,
                   SignOptions options = {}) {
    return SignIn(TestKeySetName(alg), alg, payload, std::move(options));
  }
  std::string SignIn(absl::string_view key_set, Algorithm alg,
                     absl::string_view payload, SignOptions options = {},
                     absl::optional<std::string> kid = absl::nullopt) {
    SignRequest request;
    request.key_set = key_set;
    request.kid = std::move(kid);
    request.alg = alg;
    request.options = &options;
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

  std::vector<Judged> Verify(absl::string_view key_set,
                             const std::vector<std::string>& tokens) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    request_.key_set = key_set;
    request_.policy = &policy_;
    request_.tokens = views;
    std::vector<Judged> judged;
    const absl::Status status =
        verifier_.Verify(request_, [&](const BatchResults& batch) {
          evaluated_at_ = batch.evaluated_at;
          key_generation_ = batch.key_generation;
          for (const TokenResult& result : batch.results) {
            judged.push_back({result.reason(), result.alg(),
                              std::string(result.kid()),
                              std::string(result.payload())});
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(judged.size(), tokens.size());
    return judged;
  }
  Reason VerifyOne(Algorithm alg, const std::string& token) {
    return Verify(TestKeySetName(alg), {token})[0].reason;
  }

  FakeClock clock_;
  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  BatchVerifier verifier_;
  BatchSigner signer_;
  jose::Policy policy_;
  VerifyRequest request_;
  absl::Time evaluated_at_;
  uint64_t key_generation_ = 0;
};

TEST_F(BatchVerifierTest, AcceptsEveryAlgorithmAloneAndInABatch) {
  request_.view = ResultView::kPayload;
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    SCOPED_TRACE(std::string(info.name));
    const std::string token = Sign(info.algorithm, kClaims);
    for (size_t batch_size : {1, 2, 17}) {
      for (const Judged& judged :
           Verify(TestKeySetName(info.algorithm),
                  std::vector<std::string>(batch_size, token))) {
        EXPECT_EQ(ReasonText(judged.reason), "valid");
        EXPECT_EQ(judged.alg, info.algorithm);
        EXPECT_EQ(judged.kid, TestKey(info.algorithm).EffectiveKid());
        EXPECT_EQ(judged.payload, kClaims);
      }
    }
  }
}

TEST_F(BatchVerifierTest, AnswersInInputOrderAcrossKeysAndChunks) {
  // Keys of two algorithms and bad tokens, interleaved, in many chunks.
  testing::PublishTestKeys(
      "mixed",
      {&TestKey(Algorithm::kEs256), &TestKey(Algorithm::kEdDsa),
       &TestKey(Algorithm::kRs256)},
      &cache_);
  request_.view = ResultView::kPayload;
  policy_.form = jose::Form::kJws;
  std::vector<std::string> tokens;
  const Algorithm algs[] = {Algorithm::kEs256, Algorithm::kEdDsa,
                            Algorithm::kRs256};
  SignOptions raw;
  raw.form = jose::Form::kJws;
  for (int i = 0; i < 1500; ++i) {
    tokens.push_back(i % 7 == 3 ? absl::StrCat("junk", i)
                                : SignIn("mixed", algs[i % 3],
                                         absl::StrCat("payload ", i), raw));
  }
  const std::vector<Judged> judged = Verify("mixed", tokens);
  for (int i = 0; i < 1500; ++i) {
    if (i % 7 == 3) {
      EXPECT_EQ(judged[i].reason, Reason::kSegmentCount) << i;
      EXPECT_EQ(judged[i].payload, "") << i;
    } else {
      EXPECT_EQ(judged[i].reason, Reason::kValid) << i;
      EXPECT_EQ(judged[i].alg, algs[i % 3]) << i;
      EXPECT_EQ(judged[i].payload, absl::StrCat("payload ", i)) << i;
    }
  }
}

TEST_F(BatchVerifierTest, ReportsClockAndKeyGenerationOfTheBatch) {
  const std::string token = Sign(Algorithm::kHs256, kClaims);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token), Reason::kValid);
  EXPECT_EQ(evaluated_at_, absl::FromUnixSeconds(kNow));
  EXPECT_EQ(key_generation_, 1);
  testing::PublishTestKeys(TestKeySetName(Algorithm::kHs256),
                           {&TestKey(Algorithm::kHs256)}, &cache_);
  policy_.as_of = absl::FromUnixSeconds(kNow + 1);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token), Reason::kValid);
  EXPECT_EQ(evaluated_at_, absl::FromUnixSeconds(kNow + 1));
  EXPECT_EQ(key_generation_, 2);
}

TEST_F(BatchVerifierTest, JudgesTimeByTheInjectedClockAndByAsOf) {
  const std::string token = Sign(Algorithm::kEs256, kClaims);
  clock_.Set(absl::FromUnixSeconds(1700000600));
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kExpired);
  policy_.as_of = absl::FromUnixSeconds(kNow);
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kValid);
  policy_.as_of = absl::FromUnixSeconds(1699999399);
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kNotYetValid);
}

TEST_F(BatchVerifierTest, ChecksTheSignatureBeforeItLooksAtClaims) {
  // Expired and not JSON at all: with a bad signature neither is told.
  SignOptions raw;
  raw.form = jose::Form::kJws;
  for (absl::string_view payload : {R"({"exp":1})", "no json"}) {
    std::string token = Sign(Algorithm::kHs256, payload, raw);
    EXPECT_NE(VerifyOne(Algorithm::kHs256, token), Reason::kSignatureMismatch);
    const size_t signature = token.rfind('.') + 1;
    token[signature] = token[signature] == 'A' ? 'B' : 'A';
    EXPECT_EQ(VerifyOne(Algorithm::kHs256, token), Reason::kSignatureMismatch);
  }
}

TEST_F(BatchVerifierTest, RefusesAnAlgorithmThatThePolicyLeavesOut) {
  policy_.algorithms = {Algorithm::kEs384};
  const std::string token = Sign(Algorithm::kEs256, kClaims);
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token),
            Reason::kAlgorithmNotAllowedByPolicy);
  // The memo knows the header from a valid use; the policy still counts.
  policy_.algorithms = {};
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kValid);
  policy_.algorithms = {Algorithm::kEs384};
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token),
            Reason::kAlgorithmNotAllowedByPolicy);
}

TEST_F(BatchVerifierTest, JudgesTypAgainOnAMemoHit) {
  SignOptions options;
  options.typ = "at+jwt";
  const std::string token = Sign(Algorithm::kEs256, kClaims, options);
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kValid);
  policy_.typ = "JWT";
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kTypeMismatch);
  policy_.typ = "application/at+jwt";
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kValid);
}

TEST_F(BatchVerifierTest, RefusesANestedTokenAsJwtEvenOnAMemoHit) {
  SignOptions options;
  options.form = jose::Form::kJws;
  options.extra_header = R"({"cty":"jwt"})";
  const std::string token = Sign(Algorithm::kEs256, kClaims, options);
  policy_.form = jose::Form::kJws;
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kValid);
  policy_.form = jose::Form::kJwt;
  EXPECT_EQ(VerifyOne(Algorithm::kEs256, token), Reason::kNestedUnsupported);
}

TEST_F(BatchVerifierTest, RemembersHeadersOfVerifiedTokensOnly) {
  const std::string name = TestKeySetName(Algorithm::kEdDsa);
  const std::string token = Sign(Algorithm::kEdDsa, kClaims);
  std::string bad = token;
  bad[bad.size() - 10] = bad[bad.size() - 10] == 'A' ? 'B' : 'A';
  const auto memo_size = [&] {
    const keys::KeyCache::ReadGuard guard(cache_);
    return guard.Find(name)->header_memo().size();
  };
  EXPECT_EQ(VerifyOne(Algorithm::kEdDsa, bad), Reason::kSignatureMismatch);
  EXPECT_EQ(memo_size(), 0);
  EXPECT_EQ(VerifyOne(Algorithm::kEdDsa, token), Reason::kValid);
  EXPECT_EQ(memo_size(), 1);
  EXPECT_EQ(VerifyOne(Algorithm::kEdDsa, token), Reason::kValid);
  EXPECT_EQ(VerifyOne(Algorithm::kEdDsa, bad), Reason::kSignatureMismatch);
  EXPECT_EQ(memo_size(), 1);
}

TEST_F(BatchVerifierTest, TriesEveryKeyThatBearsTheKidAndRemembersNone) {
  testing::PublishTestKeys("a", {&TestKey(Algorithm::kEs256, "same")}, &cache_);
  const jose::Jwk first = jose::CloneJwk(TestKey(Algorithm::kEs256, "same"));
  auto other = jose::CloneJwk(TestKey(Algorithm::kEs256, "other"));
  other.kid = "same";
  testing::PublishTestKeys("b", {&other}, &cache_);
  testing::PublishTestKeys("both", {&first, &other}, &cache_);
  const std::string of_first = SignIn("a", Algorithm::kEs256, kClaims);
  const std::string of_other = SignIn("b", Algorithm::kEs256, kClaims);
  ASSERT_EQ(of_first.substr(0, of_first.find('.')),
            of_other.substr(0, of_other.find('.')));
  for (int round = 0; round < 3; ++round) {
    for (const Judged& judged : Verify("both", {of_first, of_other})) {
      EXPECT_EQ(judged.reason, Reason::kValid);
    }
  }
  EXPECT_EQ(Verify("a", {of_other})[0].reason, Reason::kSignatureMismatch);
}

// Ed25519's kernel, which every machine has, with verdicts of our own: its
// first call accepts all, later ones reject all.
std::atomic<int> num_faulty_calls{-1};  // Negative: it does its work.

void VerifyFaultily(const simd::Ed25519Job* jobs, size_t num,
                    simd::LaneVerdict* verdicts) {
  simd::BestKernels().ed25519->verify(jobs, num, verdicts);
  if (num_faulty_calls < 0) return;
  std::fill_n(verdicts, num,
              num_faulty_calls++ == 0 ? simd::LaneVerdict::kAccepted
                                      : simd::LaneVerdict::kRejected);
}

// A batch by two keys, for a verifier with that kernel.
class FaultyKernelTest : public BatchVerifierTest {
 protected:
  FaultyKernelTest() : kernel_(*simd::BestKernels().ed25519) {
    const jose::Jwk& first = TestKey(Algorithm::kEdDsa, "first");
    const jose::Jwk& other = TestKey(Algorithm::kEdDsa, "other");
    testing::PublishTestKeys("both", {&first, &other}, &cache_);
    // The first call of the kernel takes tokens of one key for the other's; the
    // last one refuses a good one, and that is found out.
    tokens_.assign(600, SignWithoutKid(other));
    tokens_.push_back(SignWithoutKid(first));
    kernel_.verify = VerifyFaultily;
    kernel_.min_batch = kernel_.min_cold_batch = 1;
    request_.key_set = "both";
    request_.policy = &policy_;
  }
  ~FaultyKernelTest() override { num_faulty_calls = -1; }

  // So that both keys are candidates, and the first is tried first.
  static std::string SignWithoutKid(const jose::Jwk& jwk) {
    std::string token = absl::StrCat(Base64UrlEncode(R"({"alg":"EdDSA"})"), ".",
                                     Base64UrlEncode(kClaims));
    const auto key = *crypto::SigningKey::Create(jwk.material, 4096);
    uint8_t signature[64];
    EXPECT_TRUE(
        key->Sign(jose::InfoOf(Algorithm::kEdDsa).scheme, token, signature));
    return absl::StrCat(token, ".",
                        Base64UrlEncode(absl::string_view(
                            reinterpret_cast<char*>(signature), 64)));
  }

  // Expects that all are valid, each by its own key, whatever the kernel says.
  void ExpectTheTruth() {
    KernelOptions options;
    options.kernels.ed25519 = &kernel_;
    options.lanes.use_kernels = true;  // Whatever ASSAY_ENGINE says.
    options.lanes.recheck_one_in = 0;
    options.max_confirmed_rejections = 1000;
    const BatchVerifier verifier(&cache_, nullptr, &clock_, Limits(), options);
    num_faulty_calls = -1;
    verifier.lanes().TestAllLanes();
    num_faulty_calls = 0;
    const auto consume = [&](const BatchResults& batch) {
      ASSERT_EQ(batch.results.size(), tokens_.size());
      for (size_t i = 0; i < batch.results.size(); ++i) {
        const TokenResult& result = batch.results[i];
        EXPECT_EQ(result.reason(), Reason::kValid) << i;
        EXPECT_EQ(result.kid(), i < 600 ? "other" : "first") << i;
        EXPECT_EQ(result.payload(),
                  request_.view == ResultView::kPayload ? kClaims : "")
            << i;
      }
    };
    EXPECT_TRUE(verifier.Verify(request_, consume).ok());
    EXPECT_EQ(verifier.lanes().num_faults(), 1);
    EXPECT_GT(num_faulty_calls, 1);
  }

  simd::Ed25519Kernel kernel_;
  std::vector<std::string> tokens_;
};

TEST_F(FaultyKernelTest, NothingThatItSaidOutlivesItsFault) {
  const std::vector<absl::string_view> views(tokens_.begin(), tokens_.end());
  request_.tokens = views;
  ExpectTheTruth();
}

TEST_F(FaultyKernelTest, NothingThatItSaidOfPartsOutlivesItsFault) {
  std::vector<jose::JwsParts> parts;
  for (const std::string& token : tokens_) {
    const std::vector<absl::string_view> segments = absl::StrSplit(token, '.');
    parts.emplace_back();
    parts.back().header = segments[0];
    parts.back().payload = segments[1];
    parts.back().signature = segments[2];
  }
  policy_ = jose::Policy();
  policy_.form = jose::Form::kJwsJson;
  request_.parts = parts;
  for (ResultView view : {ResultView::kVerdict, ResultView::kPayload}) {
    request_.view = view;
    ExpectTheTruth();
  }
}

TEST_F(BatchVerifierTest, ALaneThatIsOffGetsNoTables) {
  simd::Ed25519Kernel kernel = *simd::BestKernels().ed25519;
  kernel.verify = VerifyFaultily;
  // In this order: a table stays with its key, which is then content.
  for (bool fails_self_test : {true, false}) {
    KernelOptions options;
    options.kernels.ed25519 = &kernel;
    options.lanes.use_kernels = true;  // Whatever ASSAY_ENGINE says.
    const BatchVerifier verifier(&cache_, nullptr, &clock_, Limits(), options);
    num_faulty_calls = fails_self_test ? 0 : -1;
    const std::string token = Sign(Algorithm::kEdDsa, kClaims);
    const std::vector<absl::string_view> views(64, token);
    const std::string name = TestKeySetName(Algorithm::kEdDsa);
    request_.key_set = name;
    request_.policy = &policy_;
    request_.tokens = views;
    const auto consume = [](const BatchResults& batch) {
      for (const TokenResult& result : batch.results) {
        EXPECT_TRUE(result.valid());
      }
    };
    EXPECT_TRUE(verifier.Verify(request_, consume).ok());
    verifier.tables().WaitUntilIdleForTest();
    EXPECT_EQ(verifier.lanes().num_faults(), fails_self_test ? 1 : 0);
    EXPECT_EQ(verifier.tables().counts().built, fails_self_test ? 0 : 1);
  }
  num_faulty_calls = -1;
}

TEST_F(BatchVerifierTest, KeySetIssuersHoldWhateverThePolicySays) {
  jose::JwkSet jwks;
  jwks.keys.push_back(jose::CloneJwk(TestKey(Algorithm::kEs256)));
  auto key_set =
      keys::KeySet::Create("bound", keys::KeySetUse::kVerify, std::move(jwks),
                           {"https://other.example"}, Limits());
  ASSERT_TRUE(key_set.ok()) << key_set.status();
  cache_.Publish(*std::move(key_set));
  const std::string token = Sign(Algorithm::kEs256, kClaims);
  EXPECT_EQ(Verify("bound", {token})[0].reason, Reason::kIssuerMismatch);
  policy_.issuers.clear();
  EXPECT_EQ(Verify("bound", {token})[0].reason, Reason::kIssuerMismatch);
  const std::string without = Sign(Algorithm::kEs256, R"({"aud":"b"})");
  EXPECT_EQ(Verify("bound", {without})[0].reason, Reason::kIssuerMissing);
  const std::string theirs =
      Sign(Algorithm::kEs256, R"({"aud":"b","iss":"https://other.example"})");
  EXPECT_EQ(Verify("bound", {theirs})[0].reason, Reason::kValid);
}

// A key belongs to its issuer: asking for bytes, whose issuer nobody looks at,
// is no way around that.
TEST_F(BatchVerifierTest, KeySetWithIssuersVerifiesNoBareJws) {
  jose::JwkSet jwks;
  jwks.keys.push_back(jose::CloneJwk(TestKey(Algorithm::kEs256)));
  auto key_set =
      keys::KeySet::Create("bound", keys::KeySetUse::kVerify, std::move(jwks),
                           {"https://other.example"}, Limits());
  ASSERT_TRUE(key_set.ok()) << key_set.status();
  cache_.Publish(*std::move(key_set));
  const std::string token = Sign(Algorithm::kEs256, kClaims);
  const absl::string_view tokens[] = {token, token};
  jose::Policy policy;
  policy.form = jose::Form::kJws;
  for (size_t num : {size_t{1}, size_t{2}}) {
    VerifyRequest request;
    request.key_set = "bound";
    request.policy = &policy;
    request.tokens = absl::MakeConstSpan(tokens, num);
    const absl::Status status = verifier_.Verify(
        request, [](const BatchResults&) { ADD_FAILURE() << "judged"; });
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  }
}

TEST_F(BatchVerifierTest, SelectedClaimsKeepLargeIntegersAndLeaveOutTheRest) {
  request_.view = ResultView::kSelectedClaims;
  const std::vector<std::string> names = {"n", "absent", "sub"};
  request_.selected_claims = names;
  const std::string token = Sign(Algorithm::kHs512, kClaims);
  EXPECT_EQ(Verify(TestKeySetName(Algorithm::kHs512), {token})[0].payload,
            R"({"n":9007199254740993,"sub":"u1"})");
}

TEST_F(BatchVerifierTest, GivesNoPayloadForATokenThatIsNotValid) {
  request_.view = ResultView::kPayload;
  clock_.Set(absl::FromUnixSeconds(1800000000));
  const std::string token = Sign(Algorithm::kHs256, kClaims);
  const Judged judged =
      Verify(TestKeySetName(Algorithm::kHs256), {token, token})[1];
  EXPECT_EQ(judged.reason, Reason::kExpired);
  EXPECT_EQ(judged.payload, "");
}

TEST_F(BatchVerifierTest, SaysNotFoundForAnUnknownKeySet) {
  request_.key_set = "nobody";
  request_.policy = &policy_;
  const absl::Status status =
      verifier_.Verify(request_, [](const BatchResults&) { FAIL(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(status.message(), "nobody")) << status;
}

TEST_F(BatchVerifierTest, RefusesABatchAboveTheLimitAsAWhole) {
  Limits limits;
  limits.max_batch_items = 2;
  const BatchVerifier verifier(&cache_, nullptr, &clock_, limits);
  const std::vector<absl::string_view> tokens(3, "x");
  const std::string name = TestKeySetName(Algorithm::kHs256);
  request_.key_set = name;
  request_.policy = &policy_;
  request_.tokens = tokens;
  EXPECT_EQ(
      verifier.Verify(request_, [](const BatchResults&) { FAIL(); }).code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(BatchVerifierTest, RefusesMorePartsThanTheLimitOfABatch) {
  Limits limits;
  limits.max_batch_items = 2;
  const BatchVerifier verifier(&cache_, nullptr, &clock_, limits);
  const std::vector<jose::JwsParts> parts(3);
  const std::string name = TestKeySetName(Algorithm::kEdDsa);
  policy_ = jose::Policy();
  policy_.form = jose::Form::kJwsJson;
  request_.key_set = name;
  request_.policy = &policy_;
  request_.parts = parts;
  EXPECT_EQ(
      verifier.Verify(request_, [](const BatchResults&) { FAIL(); }).message(),
      "the tokens of a batch have at most 2 signatures, not 3: send it in "
      "parts");
}

TEST(ScratchPoolTest, KeepsNoLargeBuffer) {
  ScratchPool pool(Limits().max_json_depth);
  for (size_t len : {kMaxDetachedPayloadBytes, kMaxIdleBufferBytes / 2}) {
    {
      const ScratchPool::Lease lease(&pool);
      lease->Buffer(len);
      EXPECT_GE(lease->BufferLenForTest(), len);
    }
    const ScratchPool::Lease again(&pool);
    EXPECT_LE(again->BufferLenForTest(), kMaxIdleBufferBytes);
    EXPECT_EQ(again->BufferLenForTest() > 0, len < kMaxIdleBufferBytes);
  }
}

TEST(ScratchPoolTest, WipesWhatHeldSecretPayloads) {
  ScratchPool pool(Limits().max_json_depth);
  for (const bool is_secret : {false, true}) {
    uint8_t* buffer = nullptr;
    {
      const ScratchPool::Lease lease(&pool, is_secret);
      buffer = lease->Buffer(5);
      std::memcpy(buffer, "claim", 5);
    }
    const ScratchPool::Lease again(&pool);
    ASSERT_EQ(again->Buffer(5), buffer) << "the one that was given back";
    EXPECT_EQ(std::memcmp(buffer, "claim", 5) != 0, is_secret);
  }
}

TEST_F(BatchVerifierTest, AnswersAnEmptyBatch) {
  EXPECT_TRUE(Verify(TestKeySetName(Algorithm::kHs256), {}).empty());
}

TEST_F(BatchVerifierTest, MarksWhatTheDeadlineLeftAsNotProcessed) {
  const std::string token = Sign(Algorithm::kHs256, kClaims);
  request_.deadline = absl::InfinitePast();
  for (size_t batch_size : {1, 1000}) {
    for (const Judged& judged :
         Verify(TestKeySetName(Algorithm::kHs256),
                std::vector<std::string>(batch_size, token))) {
      EXPECT_EQ(judged.reason, Reason::kDeadlineExceeded);
    }
  }
}

TEST_F(BatchVerifierTest, MarksWhatACancellationLeftAsNotProcessed) {
  const std::string token = Sign(Algorithm::kHs256, kClaims);
  const std::atomic<bool> cancelled{true};
  request_.cancelled = &cancelled;
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token), Reason::kCancelled);
}

// algorithm confusion: CVE-2015-9235, CVE-2016-10555, CVE-2022-29217.
TEST_F(BatchVerifierTest, RefusesAnHmacUnderAnyEncodingOfAPublicKey) {
  for (Algorithm alg : {Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa,
                        Algorithm::kPs256}) {
    const jose::Jwk& key = TestKey(alg);
    // The kid of the public key with an HMAC algorithm.
    const std::string header = Base64UrlEncode(
        absl::StrCat(R"({"alg":"HS256","kid":")", key.EffectiveKid(), R"("})"));
    const std::string token =
        absl::StrCat(header, ".", Base64UrlEncode(kClaims), ".",
                     Base64UrlEncode(std::string(32, 'x')));
    EXPECT_EQ(VerifyOne(alg, token), Reason::kAlgorithmNotOfKey);
    // And without a kid.
    const std::string anonymous = absl::StrCat(
        Base64UrlEncode(R"({"alg":"HS256"})"), ".", Base64UrlEncode(kClaims),
        ".", Base64UrlEncode(std::string(32, 'x')));
    EXPECT_EQ(VerifyOne(alg, anonymous), Reason::kNoCompatibleKey);
  }
}

TEST_F(BatchVerifierTest, RefusesNoneInEverySpelling) {
  for (int bits = 0; bits < 16; ++bits) {
    std::string none = "none";
    for (int i = 0; i < 4; ++i) {
      if (bits >> i & 1) none[i] = static_cast<char>(none[i] - 'a' + 'A');
    }
    const std::string token = absl::StrCat(
        Base64UrlEncode(absl::StrCat(R"({"alg":")", none, R"("})")), ".",
        Base64UrlEncode(kClaims), ".");
    EXPECT_NE(VerifyOne(Algorithm::kHs256, token), Reason::kValid) << none;
    EXPECT_EQ(VerifyOne(Algorithm::kHs256, token + "AAAA"),
              Reason::kAlgorithmNone)
        << none;
  }
}

TEST_F(BatchVerifierTest, AcceptsARawPayloadAsJwsWithoutJudgingIt) {
  policy_.form = jose::Form::kJws;
  request_.view = ResultView::kPayload;
  SignOptions raw;
  raw.form = jose::Form::kJws;
  const std::string bytes("\0\xff any", 6);
  const std::string token = Sign(Algorithm::kEdDsa, bytes, raw);
  EXPECT_EQ(Verify(TestKeySetName(Algorithm::kEdDsa), {token})[0].payload,
            bytes);
  policy_.form = jose::Form::kJwt;
  EXPECT_EQ(VerifyOne(Algorithm::kEdDsa, token), Reason::kPayloadNotJson);
}

TEST_F(BatchVerifierTest, ChecksThatATokenOfAnotherSegmentCountIsTold) {
  const std::string token = Sign(Algorithm::kHs256, kClaims);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, ""), Reason::kEmptyToken);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token + ".x"), Reason::kSegmentCount);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token + ".x.y"),
            Reason::kEncryptedToken);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token + "="),
            Reason::kSignatureEncoding);
  EXPECT_EQ(VerifyOne(Algorithm::kHs256, token + " "),
            Reason::kSignatureEncoding);
}

// Allocations of a whole batch on this thread, after one that warms buffers up.
size_t AllocationsOf(const BatchVerifier& verifier,
                     const VerifyRequest& request) {
  const auto verify = [&] {
    ASSERT_TRUE(verifier.Verify(request, [](const BatchResults&) {}).ok());
  };
  verify();
  const size_t before = testing::NumAllocations();
  verify();
  return testing::NumAllocations() - before;
}

TEST_F(BatchVerifierTest, BadTokensAllocateNothing) {
  const std::string name = TestKeySetName(Algorithm::kHs256);
  const std::string good = Sign(Algorithm::kHs256, kClaims);
  const std::vector<std::string> kinds = {
      "junk",
      "",
      good.substr(0, good.size() - 1),
      good + "A",
      good.substr(0, good.rfind('.')) + "." + std::string(43, 'A'),
      Base64UrlEncode(R"({"alg":"none"})") + ".e30.AAAA",
      Base64UrlEncode("not json") + ".e30.AAAA",
      Base64UrlEncode(R"({"alg":"HS256","alg":"HS256"})") + ".e30.AAAA"};
  const BatchVerifier verifier(&cache_, nullptr, &clock_, Limits());
  request_.key_set = name;
  request_.policy = &policy_;
  for (const std::string& kind : kinds) {
    const std::vector<absl::string_view> few(64, kind);
    const std::vector<absl::string_view> many(256, kind);
    request_.tokens = few;
    const size_t of_few = AllocationsOf(verifier, request_);
    request_.tokens = many;
    // A longer list of chunks may take a step more; 192 more tokens take none.
    EXPECT_LE(AllocationsOf(verifier, request_), of_few + 8) << kind;
  }
}

TEST_F(BatchVerifierTest, UnknownKidsShareAFewBlocks) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 256; ++i) {
    tokens.push_back(
        Base64UrlEncode(absl::StrCat(
            R"({"alg":"HS256","kid":"somebody else's key )", i, R"("})")) +
        ".e30.AAAA");
  }
  const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
  const std::string name = TestKeySetName(Algorithm::kHs256);
  const BatchVerifier verifier(&cache_, nullptr, &clock_, Limits());
  request_.key_set = name;
  request_.policy = &policy_;
  request_.tokens = views;
  EXPECT_LT(AllocationsOf(verifier, request_), 32);
}

}  // namespace
}  // namespace assay::engine
