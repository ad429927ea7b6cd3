// SignerService over the wire: every algorithm, every option, every outcome.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<Algorithm> EveryAlgorithm() {
  std::vector<Algorithm> algorithms;
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    algorithms.push_back(info.algorithm);
  }
  return algorithms;
}

TEST(SignTest, EveryAlgorithmRoundTrips) {
  TestServer server(EveryAlgorithm());
  server.Start();
  for (Algorithm algorithm : EveryAlgorithm()) {
    const std::string token = server.Sign(algorithm, R"({"sub":"x"})");
    v1::Policy policy = PolicyFor(algorithm);
    policy.add_algorithms(ToProto(algorithm));
    const v1::VerifyResult result = server.Verify(policy, token);
    EXPECT_EQ(result.verdict(), v1::VERDICT_VALID)
        << jose::AlgorithmName(algorithm) << ": " << result.reason();
    EXPECT_EQ(result.algorithm(), ToProto(algorithm));
    EXPECT_EQ(result.kid(), absl::StrCat("k-", jose::AlgorithmName(algorithm)));
  }
}

class SignOptionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    v1::KeySetConfig* verify_only = server_.config()->add_key_sets();
    verify_only->set_name("verify-only");
    verify_only->add_paths(server_.folder().Path("HS256.jwk"));
    server_.config()->mutable_limits()->set_max_token_bytes(2000);
    server_.Start();
    options_.set_key_set("HS256");
  }

  grpc::Status Sign(absl::string_view payload, v1::SignResponse* response) {
    grpc::ClientContext context;
    v1::SignRequest request;
    *request.mutable_options() = options_;
    request.set_payload(payload.data(), payload.size());
    return server_.signer().Sign(&context, request, response);
  }

  // The payload of a token signed with options_.
  std::string SignedPayload(absl::string_view payload) {
    v1::Policy policy = PolicyFor(Algorithm::kHs256);
    policy.set_view(v1::RESULT_VIEW_PAYLOAD);
    return server_.Verify(policy, server_.Sign(options_, payload)).payload();
  }

  TestServer server_;
  v1::SignOptions options_;
};

TEST_F(SignOptionsTest, SignsThePayloadExactlyAsGiven) {
  EXPECT_EQ(SignedPayload("{ \"a\" : 1.0 }"), "{ \"a\" : 1.0 }");
}

TEST_F(SignOptionsTest, StampsTimesAndIdentifiers) {
  options_.set_stamp_iat(true);
  options_.mutable_nbf_after()->set_seconds(-60);
  options_.mutable_exp_after()->set_seconds(300);
  options_.set_stamp_jti(true);
  const std::string payload = SignedPayload(R"({"sub":"x"})");
  EXPECT_THAT(payload, HasSubstr(R"({"sub":"x")"));
  EXPECT_THAT(payload, HasSubstr(R"("iat":1700000000)"));
  EXPECT_THAT(payload, HasSubstr(R"("nbf":1699999940)"));
  EXPECT_THAT(payload, HasSubstr(R"("exp":1700000300)"));
  EXPECT_THAT(payload, HasSubstr(R"("jti":")"));
}

TEST_F(SignOptionsTest, TypAndExtraHeaderAreSigned) {
  options_.set_typ("at+jwt");
  options_.set_extra_header_json(R"({"x":1})");
  const std::string token = server_.Sign(options_, "{}");
  v1::Policy policy = PolicyFor(Algorithm::kHs256);
  policy.set_typ("application/at+jwt");
  EXPECT_EQ(server_.Verify(policy, token).verdict(), v1::VERDICT_VALID);
}

TEST_F(SignOptionsTest, TellsTheKeyTheMomentAndTheGeneration) {
  v1::SignResponse response;
  ASSERT_TRUE(Sign("{}", &response).ok());
  EXPECT_EQ(response.kid(), "k-HS256");
  EXPECT_EQ(response.algorithm(), v1::SIGNATURE_ALGORITHM_HS256);
  EXPECT_EQ(response.signed_at().seconds(), kTestNow);
  EXPECT_EQ(response.key_generation(), 1u);
}

TEST_F(SignOptionsTest, EveryBadPayloadHasItsOutcome) {
  options_.set_stamp_iat(true);
  const struct {
    std::string payload;
    v1::SignOutcome outcome;
  } kCases[] = {
      {"", v1::SIGN_OUTCOME_NOT_AN_OBJECT},
      {"[]", v1::SIGN_OUTCOME_NOT_AN_OBJECT},
      {R"({"a":1,"a":2})", v1::SIGN_OUTCOME_NOT_AN_OBJECT},
      {R"({"iat":1})", v1::SIGN_OUTCOME_CLAIM_CONFLICT},
      {absl::StrCat(R"({"a":")", std::string(2000, 'x'), "\"}"),
       v1::SIGN_OUTCOME_TOO_LARGE},
  };
  for (const auto& c : kCases) {
    v1::SignResponse response;
    ASSERT_TRUE(Sign(c.payload, &response).ok());
    EXPECT_EQ(response.result().outcome(), c.outcome) << c.payload;
    EXPECT_NE(response.result().reason(), "");
    EXPECT_EQ(response.result().token(), "");
  }
}

TEST_F(SignOptionsTest, AKeySetThatIsNotForSigningCannotSign) {
  options_.set_key_set("verify-only");
  v1::SignResponse response;
  EXPECT_EQ(Sign("{}", &response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(SignOptionsTest, UnknownKeySetAndKeyAreNotFound) {
  v1::SignResponse response;
  options_.set_kid("nobody");
  EXPECT_EQ(Sign("{}", &response).error_code(), grpc::StatusCode::NOT_FOUND);
  options_.clear_kid();
  options_.set_key_set("nobody");
  EXPECT_EQ(Sign("{}", &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(SignOptionsTest, BadOptionsAreABadRequest) {
  v1::SignResponse response;
  for (const char* header : {"[]", R"({"alg":"none"})", R"({"kid":"x"})",
                             R"({"crit":[]})", R"({"b64":false})", "{"}) {
    options_.set_extra_header_json(header);
    const grpc::Status status = Sign("{}", &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
        << header;
    EXPECT_THAT(ViolatedFields(status), ElementsAre("options")) << header;
  }
}

TEST_F(SignOptionsTest, BatchAndStreamAnswerInOrder) {
  grpc::ClientContext context;
  v1::BatchSignRequest batch;
  *batch.mutable_options() = options_;
  for (int i = 0; i < 100; ++i) {
    batch.add_payloads(i % 7 == 0 ? "bad" : absl::StrCat("{\"i\":", i, "}"));
  }
  v1::BatchSignResponse batch_response;
  ASSERT_TRUE(
      server_.signer().BatchSign(&context, batch, &batch_response).ok());
  ASSERT_EQ(batch_response.results_size(), 100);

  grpc::ClientContext stream_context;
  const auto stream = server_.signer().StreamSign(&stream_context);
  v1::StreamSignRequest request;
  *request.mutable_options() = options_;
  *request.mutable_payloads() = batch.payloads();
  for (int i = 0; i < 20; ++i) {
    request.set_sequence(i);
    ASSERT_TRUE(stream->Write(request));
    request.clear_options();
  }
  stream->WritesDone();
  v1::StreamSignResponse response;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.sequence(), static_cast<uint64_t>(i));
    ASSERT_EQ(response.results_size(), 100);
    for (int j = 0; j < 100; ++j) {
      // HMAC is deterministic: both ways give the same tokens.
      EXPECT_EQ(response.results(j).token(), batch_response.results(j).token());
      EXPECT_EQ(response.results(j).outcome(),
                j % 7 == 0 ? v1::SIGN_OUTCOME_NOT_AN_OBJECT
                           : v1::SIGN_OUTCOME_SIGNED);
    }
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(SignOptionsTest, StreamNeedsOptionsFirst) {
  grpc::ClientContext context;
  const auto stream = server_.signer().StreamSign(&context);
  ASSERT_TRUE(stream->Write(v1::StreamSignRequest()));
  v1::StreamSignResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(ViolatedFields(stream->Finish()), ElementsAre("options"));
}

}  // namespace
}  // namespace assay::testing
