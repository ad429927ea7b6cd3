// No damage to a token goes unseen: every truncation, every flip of a single
// bit and every byte appended, for one valid token of each algorithm, is
// rejected; in a batch and alone, which take different paths through the
// engine, and whether or not the header memo knows the header.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "gtest/gtest.h"
#include "tests/support/test_keys.h"

namespace assay::engine {
namespace {

using testing::TestKeySetName;

constexpr int64_t kNow = 1'700'000'000;
constexpr char kClaims[] =
    R"({"iss":"https://issuer.example","sub":"u1","aud":"a","exp":1700000600})";

struct Damaged {
  std::string what;  // For the message of a failure.
  std::string token;
};

std::vector<Damaged> Truncations(const std::string& token) {
  std::vector<Damaged> damaged;
  for (size_t len = 0; len < token.size(); ++len) {
    damaged.push_back(
        {absl::StrCat("first ", len, " bytes"), token.substr(0, len)});
  }
  return damaged;
}

std::vector<Damaged> BitFlips(const std::string& token) {
  std::vector<Damaged> damaged;
  for (size_t i = 0; i < token.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = token;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      damaged.push_back(
          {absl::StrCat("bit ", bit, " of byte ", i), std::move(flipped)});
    }
  }
  return damaged;
}

std::vector<Damaged> Extensions(const std::string& token) {
  std::vector<Damaged> damaged;
  for (int byte = 0; byte < 256; ++byte) {
    damaged.push_back({absl::StrCat("byte ", byte, " appended"),
                       token + static_cast<char>(byte)});
    damaged.push_back({absl::StrCat("byte ", byte, " in front"),
                       static_cast<char>(byte) + token});
  }
  return damaged;
}

class DamagedTokenTest : public ::testing::TestWithParam<jose::AlgorithmInfo> {
 protected:
  DamagedTokenTest()
      : key_set_(TestKeySetName(GetParam().algorithm)),
        clock_(absl::FromUnixSeconds(kNow)),
        pool_(2, 64),
        verifier_(&cache_, &pool_, &clock_, Limits()) {
    testing::PublishTestKeys(
        key_set_, {&testing::TestKey(GetParam().algorithm)}, &cache_);
    policy_.issuers = {"https://issuer.example"};
    policy_.audiences = {"a"};
    token_ = Sign();
  }

  std::string Sign() {
    const BatchSigner signer(&cache_, nullptr, &clock_, Limits());
    SignOptions options;
    options.typ = "JWT";
    const absl::string_view payload = kClaims;
    SignRequest request;
    request.key_set = key_set_;
    request.alg = GetParam().algorithm;
    request.options = &options;
    request.payloads = absl::MakeConstSpan(&payload, 1);
    std::string token;
    const absl::Status status =
        signer.Sign(request, [&](const SignResults& signed_tokens) {
          token = std::string(signed_tokens.results[0].token);
        });
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_FALSE(token.empty());
    return token;
  }

  std::vector<Verdict> Verify(absl::Span<const absl::string_view> tokens) {
    VerifyRequest request;
    request.key_set = key_set_;
    request.policy = &policy_;
    request.tokens = tokens;
    std::vector<Verdict> verdicts;
    const absl::Status status =
        verifier_.Verify(request, [&](const BatchResults& batch) {
          for (const TokenResult& result : batch.results) {
            verdicts.push_back(result.verdict());
          }
        });
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_EQ(verdicts.size(), tokens.size());
    return verdicts;
  }

  // One batch of all damaged tokens, with the good one at both ends: so the
  // rejections are known to be for the damage, and for nothing else.
  void ExpectRejectedInABatch(const std::vector<Damaged>& damaged) {
    std::vector<absl::string_view> tokens = {token_};
    for (const Damaged& each : damaged) tokens.push_back(each.token);
    tokens.push_back(token_);
    const std::vector<Verdict> verdicts = Verify(tokens);
    ASSERT_EQ(verdicts.size(), damaged.size() + 2);
    EXPECT_EQ(verdicts.front(), Verdict::kValid);
    EXPECT_EQ(verdicts.back(), Verdict::kValid);
    for (size_t i = 0; i < damaged.size(); ++i) {
      ExpectRejection(verdicts[i + 1], damaged[i]);
    }
  }

  void ExpectRejectedAlone(const std::vector<Damaged>& damaged) {
    for (const Damaged& each : damaged) {
      const absl::string_view token = each.token;
      const std::vector<Verdict> verdicts = Verify({token});
      ASSERT_EQ(verdicts.size(), 1u);
      ExpectRejection(verdicts[0], each);
    }
    EXPECT_EQ(Verify({absl::string_view(token_)})[0], Verdict::kValid);
  }

  void ExpectRejection(Verdict verdict, const Damaged& damaged) {
    EXPECT_NE(verdict, Verdict::kValid) << damaged.what << " of " << token_;
    EXPECT_NE(verdict, Verdict::kUnspecified) << damaged.what;
    EXPECT_NE(verdict, Verdict::kNotProcessed) << damaged.what;
  }

  const std::string key_set_;
  FakeClock clock_;
  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  BatchVerifier verifier_;
  jose::Policy policy_;
  std::string token_;
};

TEST_P(DamagedTokenTest, EveryTruncationIsRejected) {
  ExpectRejectedAlone(Truncations(token_));
  ExpectRejectedInABatch(Truncations(token_));
}

TEST_P(DamagedTokenTest, EverySingleBitFlipIsRejected) {
  ExpectRejectedAlone(BitFlips(token_));
  ExpectRejectedInABatch(BitFlips(token_));
}

TEST_P(DamagedTokenTest, EveryByteAddedAtEitherEndIsRejected) {
  ExpectRejectedAlone(Extensions(token_));
  ExpectRejectedInABatch(Extensions(token_));
}

INSTANTIATE_TEST_SUITE_P(
    AllAlgorithms, DamagedTokenTest,
    ::testing::ValuesIn(jose::AllAlgorithms().begin(),
                        jose::AllAlgorithms().end()),
    [](const ::testing::TestParamInfo<jose::AlgorithmInfo>& info) {
      return std::string(info.param.name);
    });

}  // namespace
}  // namespace assay::engine
