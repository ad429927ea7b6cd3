#include "core/engine/batch_signer.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/engine/batch_verifier.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"
#include "tests/support/test_keys.h"

namespace assay::engine {
namespace {

using jose::Algorithm;
using testing::TestKey;
using testing::TestKeySetName;

struct Signed {
  SignOutcome outcome;
  std::string token;
};

// One segment of a compact token, decoded.
std::string Segment(absl::string_view token, int which) {
  const std::vector<absl::string_view> segments = absl::StrSplit(token, '.');
  std::string bytes;
  EXPECT_TRUE(Base64UrlDecode(segments.at(which), &bytes));
  return bytes;
}

class BatchSignerTest : public ::testing::Test {
 protected:
  BatchSignerTest()
      : clock_(absl::FromUnixSeconds(1'700'000'000)),
        pool_(2, 64),
        signer_(&cache_, &pool_, &clock_, Limits()) {
    testing::PublishAllTestKeySets(&cache_);
  }

  absl::Status TrySign(const std::vector<std::string>& payloads) {
    const std::vector<absl::string_view> views(payloads.begin(),
                                               payloads.end());
    request_.options = &options_;
    request_.payloads = views;
    signed_.clear();
    return signer_.Sign(request_, [&](const SignResults& results) {
      for (const SignResult& result : results.results) {
        signed_.push_back({result.outcome, std::string(result.token)});
      }
    });
  }
  Signed SignOne(const std::string& payload) {
    const absl::Status status = TrySign({payload});
    EXPECT_TRUE(status.ok()) << status;
    return signed_.at(0);
  }
  void Use(Algorithm alg) {
    key_set_ = TestKeySetName(alg);
    request_.key_set = key_set_;
  }

  FakeClock clock_;
  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  BatchSigner signer_;
  SignOptions options_;
  SignRequest request_;
  std::string key_set_;
  std::vector<Signed> signed_;
};

TEST_F(BatchSignerTest, SignsClaimsByteForByteInOrder) {
  Use(Algorithm::kEs256);
  std::vector<std::string> payloads;
  for (int i = 0; i < 500; ++i) {
    payloads.push_back(absl::StrCat(" { \"i\" :", i, ", \"x\":1.50 } "));
  }
  ASSERT_TRUE(TrySign(payloads).ok());
  ASSERT_EQ(signed_.size(), payloads.size());
  for (size_t i = 0; i < payloads.size(); ++i) {
    EXPECT_EQ(signed_[i].outcome, SignOutcome::kSigned);
    EXPECT_EQ(Segment(signed_[i].token, 1), payloads[i]);
  }
}

TEST_F(BatchSignerTest, PutsAlgKidTypAndExtraParametersInTheHeader) {
  Use(Algorithm::kPs256);
  options_.typ = "at+jwt";
  options_.extra_header = R"( {"x":[1,2],"jku":"https://e.example/"} )";
  EXPECT_EQ(Segment(SignOne("{}").token, 0),
            absl::StrCat(R"({"alg":"PS256","kid":")",
                         TestKey(Algorithm::kPs256).EffectiveKid(),
                         R"(","typ":"at+jwt","x":[1,2],)"
                         R"("jku":"https://e.example/"})"));
}

TEST_F(BatchSignerTest, RefusesHeaderParametersThatAreTheSigners) {
  Use(Algorithm::kHs256);
  for (const char* extra :
       {R"({"alg":"none"})", R"({"kid":"x"})", R"({"typ":"x"})",
        R"({"crit":["x"],"x":1})", R"({"b64":false})", "[]", "{", "x",
        R"({"a":1,"a":2})"}) {
    options_.extra_header = extra;
    const absl::Status status = TrySign({"{}"});
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << extra;
    EXPECT_TRUE(absl::StrContains(status.message(), "extra_header")) << status;
    EXPECT_TRUE(signed_.empty());
  }
}

TEST_F(BatchSignerTest, StampsTimesAndJtiBehindTheClaims) {
  Use(Algorithm::kHs256);
  options_.stamp_iat = true;
  options_.stamp_nbf = -absl::Seconds(5);
  options_.stamp_exp = absl::Minutes(10);
  EXPECT_EQ(Segment(SignOne(R"({"sub":"u"})").token, 1),
            R"({"sub":"u","iat":1700000000,"nbf":1699999995,)"
            R"("exp":1700000600})");
  EXPECT_EQ(Segment(SignOne(" { } ").token, 1),
            R"( { "iat":1700000000,"nbf":1699999995,"exp":1700000600} )");
}

TEST_F(BatchSignerTest, StampsADifferentJtiIntoEveryToken) {
  Use(Algorithm::kHs256);
  options_.stamp_jti = true;
  ASSERT_TRUE(TrySign(std::vector<std::string>(100, R"({"a":1})")).ok());
  std::set<std::string> payloads;
  for (const Signed& one : signed_) {
    payloads.insert(Segment(one.token, 1));
    EXPECT_TRUE(absl::StartsWith(Segment(one.token, 1), R"({"a":1,"jti":")"));
  }
  EXPECT_EQ(payloads.size(), 100);
}

TEST_F(BatchSignerTest, NeverOverwritesAClaimThatIsThere) {
  Use(Algorithm::kHs256);
  options_.stamp_exp = absl::Minutes(1);
  ASSERT_TRUE(TrySign({R"({"exp":5})", R"({"iat":5})"}).ok());
  EXPECT_EQ(signed_[0].outcome, SignOutcome::kClaimConflict);
  EXPECT_EQ(signed_[0].token, "");
  EXPECT_EQ(signed_[1].outcome, SignOutcome::kSigned);
}

TEST_F(BatchSignerTest, RefusesJwtPayloadsThatAreNoStrictObject) {
  Use(Algorithm::kHs256);
  for (const char* payload : {"", "[]", "1", "{", "{}x", R"({"a":1,"a":1})",
                              "\xff", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(SignOne(payload).outcome, SignOutcome::kNotAnObject) << payload;
  }
  options_.form = jose::Form::kJws;
  EXPECT_EQ(SignOne("\xff").outcome, SignOutcome::kSigned);
}

TEST_F(BatchSignerTest, RefusesToStampARawPayload) {
  Use(Algorithm::kHs256);
  options_.form = jose::Form::kJws;
  options_.stamp_iat = true;
  EXPECT_EQ(TrySign({"x"}).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BatchSignerTest, RefusesATypThatJsonCannotHold) {
  Use(Algorithm::kHs256);
  options_.typ = "JWT\xff";
  EXPECT_EQ(TrySign({"{}"}).code(), absl::StatusCode::kInvalidArgument);
  options_.typ = "\xc3\xa9\"";
  EXPECT_EQ(SignOne("{}").outcome, SignOutcome::kSigned);
}

TEST_F(BatchSignerTest, AnswersTooLargeForThatItemAlone) {
  Use(Algorithm::kEdDsa);
  options_.form = jose::Form::kJws;
  ASSERT_TRUE(TrySign({"a", std::string(100'000, 'x'), "b"}).ok());
  EXPECT_EQ(signed_[0].outcome, SignOutcome::kSigned);
  EXPECT_EQ(signed_[1].outcome, SignOutcome::kTooLarge);
  EXPECT_EQ(signed_[2].outcome, SignOutcome::kSigned);
}

TEST_F(BatchSignerTest, SignsUpToTheLargestTokenThatVerifies) {
  Use(Algorithm::kHs256);
  options_.form = jose::Form::kJws;
  const size_t overhead = SignOne("").token.size();
  const size_t room = (Limits().max_token_bytes - overhead) / 4 * 3;
  EXPECT_EQ(SignOne(std::string(room, 'x')).outcome, SignOutcome::kSigned);
  EXPECT_EQ(SignOne(std::string(room + 3, 'x')).outcome,
            SignOutcome::kTooLarge);
}

TEST_F(BatchSignerTest, SaysWhatIsWrongWithKeySetAndKey) {
  request_.key_set = "nobody";
  EXPECT_EQ(TrySign({"{}"}).code(), absl::StatusCode::kNotFound);
  Use(Algorithm::kEs256);
  request_.kid = "no such kid";
  EXPECT_EQ(TrySign({"{}"}).code(), absl::StatusCode::kNotFound);
  request_.kid.reset();
  request_.alg = Algorithm::kRs256;
  EXPECT_FALSE(TrySign({"{}"}).ok());
}

TEST_F(BatchSignerTest, MarksWhatTheDeadlineLeftAsNotProcessed) {
  Use(Algorithm::kEs256);
  request_.deadline = absl::InfinitePast();
  ASSERT_TRUE(TrySign({"{}", "{}"}).ok());
  for (const Signed& one : signed_) {
    EXPECT_EQ(one.outcome, SignOutcome::kNotProcessed);
    EXPECT_EQ(one.token, "");
  }
}

}  // namespace
}  // namespace assay::engine
