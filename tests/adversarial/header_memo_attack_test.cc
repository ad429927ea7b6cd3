// pitfalls: a token cache that mixes tokens up (CVE-2026-35039).
// The header memo answers for a parser: whatever it remembers, and whoever
// filled it under whichever policy, a token gets the verdict that it gets from
// a key set that remembers nothing, alone and in a batch.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/crypto/signing_key.h"
#include "core/engine/batch_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"
#include "tests/support/test_keys.h"

namespace assay {
namespace {

using jose::Algorithm;

constexpr char kKeySet[] = "set";

const jose::Jwk& Key() { return testing::TestKey(Algorithm::kHs256, "k"); }

// A token with a good signature of Key(), whatever its header says: the
// strongest attacker that the memo's rule "verified tokens only" lets in.
std::string SignAnyHeader(absl::string_view header) {
  const auto signer =
      crypto::SigningKey::Create(Key().material, kMaxRsaModulusBits);
  const crypto::SignatureScheme scheme = jose::InfoOf(Algorithm::kHs256).scheme;
  const std::string signing_input = absl::StrCat(
      Base64UrlEncode(header), ".", Base64UrlEncode(R"({"iss":"i"})"));
  std::string mac((*signer)->SignatureLen(scheme), '\0');
  EXPECT_TRUE((*signer)->Sign(scheme, signing_input,
                              reinterpret_cast<uint8_t*>(&mac[0])));
  return absl::StrCat(signing_input, ".", Base64UrlEncode(mac));
}

// Every combination of what the memo keeps of a header (alg, kid, typ, cty)
// and what it must never hide (crit, b64, duplicates, types).
std::vector<std::string> TokensOfAllHeaders() {
  std::vector<std::string> tokens;
  for (const char* alg : {"HS256", "HS384", "hs256", "none", "ES256"}) {
    for (const char* kid :
         {"", R"(,"kid":"k")", R"(,"kid":"")", R"(,"\u006bid":"k")",
          R"(,"kid":"K")", R"(,"kid":1)"}) {
      for (const char* rest :
           {"", R"(,"typ":"JWT")", R"(,"typ":"at+jwt")", R"(,"typ":"")",
            R"(,"typ":"application/at+jwt")", R"(,"cty":"JWT")",
            R"(,"cty":"application/jwt","typ":"JWT")",
            R"(,"crit":["b64"],"b64":true)", R"(,"crit":["b64"],"b64":false)",
            R"(,"crit":[])", R"(,"crit":["x"],"x":1)", R"(,"b64":true)",
            R"(,"alg":"HS256")"}) {
        tokens.push_back(SignAnyHeader(
            absl::StrCat(R"({"alg":")", alg, "\"", kid, rest, "}")));
      }
    }
  }
  return tokens;
}

std::vector<jose::Policy> Policies() {
  std::vector<jose::Policy> policies(6);
  policies[1].typ = "at+jwt";
  policies[2].form = jose::Form::kJws;
  policies[3].algorithms = {Algorithm::kEs256};
  policies[4].algorithms = {Algorithm::kHs256};
  policies[4].typ = "JWT";
  policies[5].required_claims = {"x"};
  return policies;
}

// A verifier of its own key set, which holds Key() alone.
class Verifier {
 public:
  Verifier()
      : clock_(absl::FromUnixSeconds(1'700'000'000)),
        pool_(1, 16),
        verifier_(&cache_, &pool_, &clock_, Limits()) {
    testing::PublishTestKeys(kKeySet, {&Key()}, &cache_);
  }

  // All that the results say, as text, in order.
  std::vector<std::string> Judge(const std::vector<std::string>& tokens,
                                 const jose::Policy& policy) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    engine::VerifyRequest request;
    request.key_set = kKeySet;
    request.policy = &policy;
    request.tokens = views;
    request.view = engine::ResultView::kPayload;
    std::vector<std::string> judged;
    const absl::Status status =
        verifier_.Verify(request, [&](const engine::BatchResults& batch) {
          for (const engine::TokenResult& result : batch.results) {
            judged.push_back(absl::StrCat(
                ReasonText(result.reason()),
                " alg=", jose::AlgorithmName(result.alg()), " kid=",
                result.has_kid() ? absl::StrCat("\"", result.kid(), "\"")
                                 : "none",
                " payload=", result.payload()));
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return judged;
  }

 private:
  keys::KeyCache cache_;
  FakeClock clock_;
  exec::ThreadPool pool_;
  engine::BatchVerifier verifier_;
};

TEST(HeaderMemoAttackTest, ARememberedHeaderNeverChangesAVerdict) {
  const std::vector<std::string> tokens = TokensOfAllHeaders();
  const std::vector<jose::Policy> policies = Policies();
  Verifier full;  // Has seen every header under every policy.
  for (const jose::Policy& policy : policies) full.Judge(tokens, policy);

  for (size_t p = 0; p < policies.size(); ++p) {
    const std::vector<std::string> in_a_batch = full.Judge(tokens, policies[p]);
    ASSERT_EQ(in_a_batch.size(), tokens.size());
    for (size_t i = 0; i < tokens.size(); ++i) {
      const std::vector<std::string> fresh =
          Verifier().Judge({tokens[i]}, policies[p]);
      EXPECT_EQ(in_a_batch[i], fresh[0]) << "policy " << p << " " << tokens[i];
      EXPECT_EQ(full.Judge({tokens[i]}, policies[p]), fresh)
          << "policy " << p << " " << tokens[i];
    }
  }
}

}  // namespace
}  // namespace assay
