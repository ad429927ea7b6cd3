// No damage to what is signed in a JWS in JSON goes unseen: of every
// truncation and every flip of a single bit, none is accepted with another
// payload or another signer, and none at all where everything in the object is
// signed and needed. What may change is what nobody signs: an unprotected
// header, and a signature that the policy can do without.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_signer.h"
#include "core/engine/jws_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "gtest/gtest.h"
#include "tests/support/test_keys.h"

namespace assay::engine {
namespace {

using jose::Algorithm;
using testing::TestKey;

constexpr char kPayload[] = "what is signed";

std::vector<std::string> Truncations(const std::string& token) {
  std::vector<std::string> damaged;
  for (size_t len = 0; len < token.size(); ++len) {
    damaged.push_back(token.substr(0, len));
  }
  return damaged;
}

std::vector<std::string> BitFlips(const std::string& token) {
  std::vector<std::string> damaged;
  for (size_t bit = 0; bit < token.size() * 8; ++bit) {
    damaged.push_back(token);
    damaged.back()[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
  return damaged;
}

class DamagedJwsTest : public ::testing::Test {
 protected:
  DamagedJwsTest()
      : pool_(2, 64),
        batch_verifier_(&cache_, &pool_, Clock::System(), Limits()),
        verifier_(&batch_verifier_, &pool_, Limits()) {
    testing::PublishTestKeys(
        "keys",
        {&TestKey(Algorithm::kEs256, "es"), &TestKey(Algorithm::kEdDsa, "ed"),
         &TestKey(Algorithm::kRs256, "rs")},
        &cache_);
    policy_.form = options_.form = jose::Form::kJwsJson;
  }

  std::string Sign(std::vector<std::string> kids) {
    const JwsSigner signer(&cache_, nullptr, Clock::System(), Limits());
    const absl::string_view payload = kPayload;
    JwsSignRequest request;
    request.key_set = "keys";
    request.kids = std::move(kids);
    request.options = &options_;
    request.payloads = absl::MakeConstSpan(&payload, 1);
    std::string token;
    const absl::Status status =
        signer.Sign(request, [&](const SignResults& results) {
          token = std::string(results.results[0].token);
        });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_FALSE(token.empty());
    return token;
  }

  // The indices of those that are valid, whose payload is the signed one.
  std::vector<size_t> ValidOf(const std::vector<std::string>& tokens) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    JwsVerifyRequest request;
    request.key_set = "keys";
    request.policy = &policy_;
    request.tokens = views;
    request.view = ResultView::kPayload;
    std::vector<size_t> valid;
    const absl::Status status =
        verifier_.Verify(request, [&](const JwsResults& batch) {
          for (size_t i = 0; i < batch.results.size(); ++i) {
            const JwsResult& result = batch.results[i];
            EXPECT_NE(result.reason, Reason::kUnspecified) << tokens[i];
            if (!result.valid()) continue;
            valid.push_back(i);
            EXPECT_EQ(result.payload, kPayload) << tokens[i];
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return valid;
  }

  void ExpectAllRejected(const std::string& token) {
    ASSERT_EQ(ValidOf({token}).size(), 1u) << token;
    for (const auto& damaged : {Truncations(token), BitFlips(token)}) {
      for (size_t i : ValidOf(damaged)) ADD_FAILURE() << damaged[i];
    }
  }

  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  BatchVerifier batch_verifier_;
  JwsVerifier verifier_;
  jose::Policy policy_;
  SignOptions options_;
};

TEST_F(DamagedJwsTest, NoDamageToAFlattenedObjectIsAccepted) {
  for (const char* kid : {"es", "ed", "rs"}) ExpectAllRejected(Sign({kid}));
}

TEST_F(DamagedJwsTest, NoDamageIsAcceptedWhereAllMustHaveSigned) {
  policy_.signatures = jose::SignatureRule::kAll;
  policy_.required_kids = {"es", "ed"};
  ExpectAllRejected(Sign({"es", "ed"}));
}

TEST_F(DamagedJwsTest, NoDamageToAnUnencodedPayloadIsAccepted) {
  policy_.unencoded_payload = options_.unencoded_payload = true;
  ExpectAllRejected(Sign({"ed"}));
}

TEST_F(DamagedJwsTest, WhereAnySignatureWillDoThePayloadIsStillTheSignedOne) {
  const std::string token = Sign({"es", "ed"});
  EXPECT_TRUE(ValidOf(Truncations(token)).empty());
  // Most flips hit one signature or its header, and the other will do.
  EXPECT_GT(ValidOf(BitFlips(token)).size(), token.size());
}

TEST_F(DamagedJwsTest, AnUnprotectedHeaderIsAllThatMayChange) {
  const std::string token = Sign({"ed"});
  const std::string unprotected = R"("header":{"note":"free"},)";
  const std::string with = absl::StrCat("{", unprotected, token.substr(1));
  ASSERT_EQ(ValidOf({with}).size(), 1u);
  EXPECT_TRUE(ValidOf(Truncations(with)).empty());
  const std::vector<std::string> damaged = BitFlips(with);
  for (size_t i : ValidOf(damaged)) {
    EXPECT_LT(i / 8, 1 + unprotected.size()) << damaged[i];
  }
}

}  // namespace
}  // namespace assay::engine
