// Nested tokens over the wire: every way of asking, what is told of them, what
// is never told, errors, and passwords that delay nobody.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "assay/v1/encrypter.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kWrapJwk[] = R"({"kty":"oct","kid":"kw","alg":"A128KW",
    "k":"GawgguFyGrWKav7AX4VKUg"})";
constexpr char kPasswordJwk[] = R"({"kty":"oct","kid":"pw",
    "alg":"PBES2-HS256+A128KW","k":"VGh1cyBmcm9tIG15IGxpcHM"})";
constexpr char kClaims[] = R"({"iss":"i","sub":"joe","exp":1700000100})";

class NestedTest : public ::testing::Test {
 protected:
  NestedTest() : server_({Algorithm::kHs256}) {
    AddKeySets("", kWrapJwk);
    AddKeySets("-pw", kPasswordJwk);
    policy_ = PolicyFor(Algorithm::kHs256);
    policy_.set_form(v1::TOKEN_FORM_NESTED);
    policy_.set_decryption_key_set("in");
    policy_.set_view(v1::RESULT_VIEW_PAYLOAD);
    password_policy_ = policy_;
    password_policy_.set_decryption_key_set("in-pw");
    options_.set_key_set("out");
    options_.set_cty("JWT");
  }

  // "out" and "in" with this at their end.
  void AddKeySets(absl::string_view suffix, absl::string_view jwk) {
    const std::string path =
        server_.folder().Write(absl::StrCat("jwe", suffix, ".jwk"), jwk);
    v1::KeySetConfig* out = server_.config()->add_key_sets();
    out->set_name(absl::StrCat("out", suffix));
    out->set_use(v1::KEY_SET_USE_ENCRYPT);
    out->add_paths(path);
    v1::KeySetConfig* in = server_.config()->add_key_sets();
    in->set_name(absl::StrCat("in", suffix));
    in->set_use(v1::KEY_SET_USE_DECRYPT);
    in->add_paths(path);
  }

  void Start() {
    server_.Start();
    encrypter_ = v1::EncrypterService::NewStub(server_.channel());
  }

  std::string Encrypt(absl::string_view plaintext,
                      const v1::EncryptOptions& options) {
    grpc::ClientContext context;
    v1::EncryptRequest request;
    *request.mutable_options() = options;
    request.set_plaintext(plaintext.data(), plaintext.size());
    v1::EncryptResponse response;
    const grpc::Status status =
        encrypter_->Encrypt(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.result().outcome(), v1::ENCRYPT_OUTCOME_ENCRYPTED)
        << response.result().reason();
    return response.result().token();
  }
  std::string Encrypt(absl::string_view plaintext) {
    return Encrypt(plaintext, options_);
  }

  std::string Nested() {
    return Encrypt(server_.Sign(Algorithm::kHs256, kClaims));
  }
  std::string NestedByPassword(uint32_t iterations) {
    v1::EncryptOptions options = options_;
    options.set_key_set("out-pw");
    options.set_pbes2_iterations(iterations);
    return Encrypt(server_.Sign(Algorithm::kHs256, kClaims), options);
  }

  grpc::Status TryVerify(const v1::Policy& policy, absl::string_view token,
                         v1::VerifyResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::VerifyRequest request;
    *request.mutable_policy() = policy;
    request.set_token(token.data(), token.size());
    return server_.verifier().Verify(&context, request, response);
  }
  grpc::Status StatusOf(const v1::Policy& policy) {
    v1::VerifyResponse response;
    return TryVerify(policy, "a.b.c", &response);
  }

  v1::BatchVerifyRequest Batch(const v1::Policy& policy,
                               const std::string& token, int num_tokens) {
    v1::BatchVerifyRequest request;
    *request.mutable_policy() = policy;
    for (int i = 0; i < num_tokens; ++i) request.add_tokens(token);
    return request;
  }
  grpc::Status BatchVerify(const v1::BatchVerifyRequest& request,
                           v1::BatchVerifyResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    return server_.verifier().BatchVerify(&context, request, response);
  }

  int NumValid(const v1::BatchVerifyRequest& request) {
    v1::BatchVerifyResponse response;
    const grpc::Status status = BatchVerify(request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    int num_valid = 0;
    for (const v1::VerifyResult& result : response.results()) {
      num_valid += result.verdict() == v1::VERDICT_VALID;
    }
    return num_valid;
  }

  TestServer server_;
  v1::Policy policy_;
  v1::Policy password_policy_;
  v1::EncryptOptions options_;
  std::unique_ptr<v1::EncrypterService::Stub> encrypter_;
};

TEST_F(NestedTest, TellsClaimsAndLayersOfAValidToken) {
  Start();
  v1::VerifyResponse response;
  const grpc::Status status = TryVerify(policy_, Nested(), &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const v1::VerifyResult& result = response.result();
  EXPECT_EQ(result.verdict(), v1::VERDICT_VALID) << result.reason();
  EXPECT_EQ(result.payload(), kClaims);
  EXPECT_EQ(result.algorithm(), v1::SIGNATURE_ALGORITHM_HS256);
  EXPECT_EQ(result.kid(), "k-HS256");
  EXPECT_EQ(response.evaluated_at().seconds(), kTestNow);
  EXPECT_EQ(response.key_generation(), 1u);
  ASSERT_EQ(result.path_size(), 2);
  EXPECT_EQ(result.path(0).algorithm(), v1::SIGNATURE_ALGORITHM_UNSPECIFIED);
  EXPECT_EQ(result.path(0).key_management(),
            v1::KEY_MANAGEMENT_ALGORITHM_A128KW);
  EXPECT_EQ(result.path(0).encryption(),
            v1::CONTENT_ENCRYPTION_ALGORITHM_A256GCM);
  EXPECT_EQ(result.path(0).kid(), "kw");
  EXPECT_EQ(result.path(1).algorithm(), v1::SIGNATURE_ALGORITHM_HS256);
  EXPECT_EQ(result.path(1).encryption(),
            v1::CONTENT_ENCRYPTION_ALGORITHM_UNSPECIFIED);
  EXPECT_EQ(result.path(1).kid(), "k-HS256");
}

TEST_F(NestedTest, ThePolicyIsAboutTheClaimsWithin) {
  Start();
  const std::string token = Nested();
  policy_.set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
  policy_.add_selected_claims("sub");
  EXPECT_EQ(server_.Verify(policy_, token).payload(), R"({"sub":"joe"})");
  policy_.add_issuers("another");
  EXPECT_EQ(server_.Verify(policy_, token).verdict(), v1::VERDICT_WRONG_ISSUER);
  policy_.set_issuers(0, "i");
  policy_.mutable_as_of()->set_seconds(1700000100);
  EXPECT_EQ(server_.Verify(policy_, token).verdict(), v1::VERDICT_EXPIRED);
}

TEST_F(NestedTest, OnlyWhatIsSignedWithinAnEncryptionIsValid) {
  Start();
  const std::string deep = Encrypt(Nested());
  const struct {
    const char* what;
    std::string token;
    v1::Verdict verdict;
  } kCases[] = {
      {"claims that are only encrypted", Encrypt(kClaims),
       v1::VERDICT_MALFORMED},
      {"a token that is only signed", server_.Sign(Algorithm::kHs256, kClaims),
       v1::VERDICT_WRONG_TYPE},
      {"a third layer", deep, v1::VERDICT_TOO_LARGE},
      {"another key", NestedByPassword(1000), v1::VERDICT_UNKNOWN_KEY},
      {"nothing", "", v1::VERDICT_MALFORMED},
  };
  for (const auto& c : kCases) {
    const v1::VerifyResult result = server_.Verify(policy_, c.token);
    EXPECT_EQ(result.verdict(), c.verdict) << c.what;
    EXPECT_NE(result.reason(), "") << c.what;
    EXPECT_EQ(result.payload(), "") << c.what;
    EXPECT_EQ(result.path_size(), 0) << c.what;
    EXPECT_EQ(result.kid(), "") << c.what;
  }
  policy_.set_max_layers(3);
  EXPECT_EQ(server_.Verify(policy_, deep).path_size(), 3);
  // Nor does another form open it.
  EXPECT_EQ(server_.Verify(PolicyFor(Algorithm::kHs256), deep).verdict(),
            v1::VERDICT_UNSUPPORTED);
}

TEST_F(NestedTest, WhateverFailsOfADecryptionLooksTheSame) {
  Start();
  options_.set_encryption(v1::CONTENT_ENCRYPTION_ALGORITHM_A128CBC_HS256);
  const std::string token = Nested();
  // The encrypted key, the IV, the ciphertext and the tag, one by one.
  std::vector<std::string> answers;
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    if (token[i] != '.') continue;
    std::string damaged = token;
    damaged[i + 1] = damaged[i + 1] == 'A' ? 'B' : 'A';
    const v1::VerifyResult result = server_.Verify(policy_, damaged);
    EXPECT_EQ(result.verdict(), v1::VERDICT_DECRYPTION_FAILED);
    answers.push_back(result.SerializeAsString());
  }
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_THAT(answers, ::testing::Each(answers[0]));
}

TEST_F(NestedTest, WhatIsWrongAsAWholeIsAnErrorThatSaysWhatToDo) {
  Start();
  v1::Policy policy = policy_;
  policy.set_decryption_key_set("nobody");
  grpc::Status status = StatusOf(policy);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), R"(there is no key set named "nobody")");
  for (const char* other : {"out", "HS256"}) {
    policy.set_decryption_key_set(other);
    status = StatusOf(policy);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(status.error_message(), absl::StrCat("the key set \"", other,
                                                   "\" is not for decryption"));
  }
  policy = policy_;
  policy.set_key_set("nobody");
  EXPECT_EQ(StatusOf(policy).error_code(), grpc::StatusCode::NOT_FOUND);
  policy = policy_;
  policy.clear_decryption_key_set();
  policy.set_max_layers(9);
  EXPECT_THAT(ViolatedFields(StatusOf(policy)),
              ElementsAre("policy.decryption_key_set", "policy.max_layers"));
  policy = policy_;
  policy.set_form(v1::TOKEN_FORM_JWT);
  EXPECT_THAT(ViolatedFields(StatusOf(policy)),
              ElementsAre("policy.decryption_key_set"));
}

TEST_F(NestedTest, ADetachedPayloadIsRefusedAndNotPassedOver) {
  Start();
  grpc::ClientContext one_context;
  v1::VerifyRequest one;
  *one.mutable_policy() = policy_;
  one.set_detached_payload("");
  v1::VerifyResponse one_response;
  EXPECT_THAT(ViolatedFields(
                  server_.verifier().Verify(&one_context, one, &one_response)),
              ElementsAre("detached_payload"));
  v1::BatchVerifyRequest batch = Batch(policy_, "a.b.c", 1);
  batch.add_detached_payloads("");
  v1::BatchVerifyResponse response;
  EXPECT_THAT(ViolatedFields(BatchVerify(batch, &response)),
              ElementsAre("detached_payloads"));
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  v1::StreamVerifyRequest part;
  *part.mutable_policy() = policy_;
  part.add_detached_payloads("");
  ASSERT_TRUE(stream->Write(part));
  stream->WritesDone();
  v1::StreamVerifyResponse answer;
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_THAT(ViolatedFields(stream->Finish()),
              ElementsAre("detached_payloads"));
}

// Batches below and above the bound of inline work.
TEST_F(NestedTest, BatchAndStreamAnswerInOrder) {
  Start();
  const std::string token = Nested();
  for (const int size : {0, 1, 2, 100}) {
    v1::BatchVerifyRequest request = Batch(policy_, token, size);
    for (int i = 0; i < size; i += 3) request.set_tokens(i, "bad");
    v1::BatchVerifyResponse response;
    ASSERT_TRUE(BatchVerify(request, &response).ok());
    ASSERT_EQ(response.results_size(), size);
    EXPECT_EQ(response.key_generation(), 1u);
    for (int i = 0; i < size; ++i) {
      EXPECT_EQ(response.results(i).payload(), i % 3 == 0 ? "" : kClaims);
    }
  }
}

TEST_F(NestedTest, AStreamMayGoOnWithNestedTokensAndWithAPassword) {
  Start();
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  v1::StreamVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
  request.add_tokens(server_.Sign(Algorithm::kHs256, kClaims));
  ASSERT_TRUE(stream->Write(request));
  *request.mutable_policy() = policy_;
  request.set_tokens(0, Nested());
  ASSERT_TRUE(stream->Write(request));
  request.clear_policy();
  ASSERT_TRUE(stream->Write(request));
  *request.mutable_policy() = password_policy_;
  request.set_tokens(0, NestedByPassword(1000));
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  v1::StreamVerifyResponse response;
  for (const int num_layers : {0, 2, 2, 2}) {
    ASSERT_TRUE(stream->Read(&response));
    ASSERT_EQ(response.results_size(), 1);
    EXPECT_EQ(response.results(0).verdict(), v1::VERDICT_VALID)
        << response.results(0).reason();
    EXPECT_EQ(response.results(0).path_size(), num_layers);
  }
  EXPECT_EQ(response.results(0).path(0).kid(), "pw");
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(NestedTest, PasswordsOfABatchShareWhatTheConfigurationAllows) {
  server_.config()->mutable_limits()->set_max_batch_pbes2_iterations(1500);
  Start();
  v1::BatchVerifyResponse response;
  ASSERT_TRUE(
      BatchVerify(Batch(password_policy_, NestedByPassword(1000), 2), &response)
          .ok());
  EXPECT_EQ(response.results(0).verdict(), v1::VERDICT_VALID);
  EXPECT_EQ(response.results(1).verdict(), v1::VERDICT_TOO_LARGE);
}

TEST_F(NestedTest, TokensOfPasswordsDoNotDelayTheOthers) {
  server_.config()->mutable_limits()->set_max_pending_batches(1);
  server_.config()->mutable_limits()->set_max_batch_pbes2_iterations(
      100'000'000);
  Start();
  const v1::BatchVerifyRequest slow =
      Batch(password_policy_, NestedByPassword(500'000), 200);
  const std::string token = Nested();
  const std::string jwt = server_.Sign(Algorithm::kHs256, kClaims);
  const int num_begun = server_.clock()->num_readings();
  grpc::ClientContext slow_context;
  v1::BatchVerifyResponse slow_response;
  absl::Notification slow_done;
  server_.verifier().async()->BatchVerify(
      &slow_context, &slow, &slow_response,
      [&](grpc::Status) { slow_done.Notify(); });
  server_.clock()->AwaitReadings(num_begun + 1);

  // The one place of passwords is taken, by a single token too.
  EXPECT_EQ(StatusOf(password_policy_).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(NumValid(Batch(policy_, token, 100)), 100);
  EXPECT_EQ(NumValid(Batch(PolicyFor(Algorithm::kHs256), jwt, 100)), 100);
  EXPECT_FALSE(slow_done.HasBeenNotified());

  slow_context.TryCancel();
  slow_done.WaitForNotification();
}

TEST_F(NestedTest, TheLogHoldsNeitherTokensNorClaims) {
  Start();
  const std::string token = Nested();
  server_.Verify(policy_, token);
  server_.Verify(policy_, "bad");
  server_.server().Shutdown(absl::Minutes(1));
  EXPECT_THAT(server_.LogText(), HasSubstr("\"key_set\":\"in\""));
  EXPECT_THAT(server_.LogText(), Not(HasSubstr("joe")));
  EXPECT_THAT(server_.LogText(), Not(HasSubstr(token)));
}

}  // namespace
}  // namespace assay::testing
