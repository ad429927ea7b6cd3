// EncrypterService and DecrypterService over the wire: forms, outcomes,
// verdicts, errors, bounds, and a shutdown.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "assay/v1/decrypter.grpc.pb.h"
#include "assay/v1/encrypter.grpc.pb.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/raw_call.h"
#include "tests/integration/test_server.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// RFC 7515 A.3's key.
constexpr char kEcJwk[] = R"({"kty":"EC","crv":"P-256","kid":"ec",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";
constexpr char kWrapJwk[] = R"({"kty":"oct","kid":"kw","alg":"A128KW",
    "k":"GawgguFyGrWKav7AX4VKUg"})";
constexpr char kPasswordJwk[] = R"({"kty":"oct","kid":"pw",
    "alg":"PBES2-HS256+A128KW","k":"VGh1cyBmcm9tIG15IGxpcHM"})";
constexpr char kSecretText[] = "attack at dawn";

class EncryptTest : public ::testing::Test {
 protected:
  EncryptTest() : server_({Algorithm::kHs256}) {
    const std::string keys =
        absl::StrCat("{\"keys\":[", kEcJwk, ",", kWrapJwk, "]}");
    AddKeySets("", keys);
    AddKeySets("-pw", kPasswordJwk);
    options_.set_key_set("out");
    options_.add_kids("ec");
    accepted_.set_key_set("in");
  }

  // "out" and "in" with this at their end.
  void AddKeySets(absl::string_view suffix, absl::string_view jwks) {
    const std::string path =
        server_.folder().Write(absl::StrCat("jwe", suffix, ".jwks"), jwks);
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
    decrypter_ = v1::DecrypterService::NewStub(server_.channel());
  }

  grpc::Status TryEncrypt(absl::string_view plaintext,
                          v1::EncryptResponse* response) {
    grpc::ClientContext context;
    v1::EncryptRequest request;
    *request.mutable_options() = options_;
    request.set_plaintext(plaintext.data(), plaintext.size());
    return encrypter_->Encrypt(&context, request, response);
  }

  std::string Encrypt(absl::string_view plaintext) {
    v1::EncryptResponse response;
    const grpc::Status status = TryEncrypt(plaintext, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.result().outcome(), v1::ENCRYPT_OUTCOME_ENCRYPTED)
        << response.result().reason();
    return response.result().token();
  }

  grpc::Status TryDecrypt(absl::string_view token,
                          v1::DecryptResponse* response) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
    v1::DecryptRequest request;
    *request.mutable_options() = accepted_;
    request.set_token(token.data(), token.size());
    return decrypter_->Decrypt(&context, request, response);
  }

  v1::DecryptResult Decrypt(absl::string_view token) {
    v1::DecryptResponse response;
    const grpc::Status status = TryDecrypt(token, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.result();
  }

  TestServer server_;
  v1::EncryptOptions options_;
  v1::DecryptOptions accepted_;
  std::unique_ptr<v1::EncrypterService::Stub> encrypter_;
  std::unique_ptr<v1::DecrypterService::Stub> decrypter_;
};

TEST_F(EncryptTest, EveryFormComesBackAsItWent) {
  Start();
  for (const v1::JweForm form :
       {v1::JWE_FORM_UNSPECIFIED, v1::JWE_FORM_COMPACT,
        v1::JWE_FORM_FLATTENED_JSON, v1::JWE_FORM_GENERAL_JSON}) {
    options_.set_form(form);
    accepted_.set_form(form);
    const v1::DecryptResult result = Decrypt(Encrypt(kSecretText));
    EXPECT_EQ(result.verdict(), v1::DECRYPT_VERDICT_VALID) << result.reason();
    EXPECT_EQ(result.plaintext(), kSecretText);
    EXPECT_EQ(result.algorithm(), v1::KEY_MANAGEMENT_ALGORITHM_ECDH_ES);
    EXPECT_EQ(result.encryption(), v1::CONTENT_ENCRYPTION_ALGORITHM_A256GCM);
    EXPECT_EQ(result.kid(), "ec");
    EXPECT_EQ(result.reason(), "");
    EXPECT_FALSE(result.has_aad());
  }
}

TEST_F(EncryptTest, AadAndUnprotectedHeaderAreOfJson) {
  Start();
  options_.set_form(v1::JWE_FORM_GENERAL_JSON);
  options_.set_algorithm(v1::KEY_MANAGEMENT_ALGORITHM_ECDH_ES_A128KW);
  options_.set_aad("for all to see");
  options_.set_unprotected_header_json(R"({"x":1})");
  const std::string token = Encrypt(kSecretText);
  EXPECT_THAT(token, HasSubstr(R"("unprotected":{"x":1})"));
  accepted_.set_form(v1::JWE_FORM_GENERAL_JSON);
  const v1::DecryptResult result = Decrypt(token);
  EXPECT_EQ(result.verdict(), v1::DECRYPT_VERDICT_VALID) << result.reason();
  EXPECT_EQ(result.aad(), "for all to see");
}

TEST_F(EncryptTest, CompressedContentIsInflatedOnlyWhereItIsWanted) {
  Start();
  options_.set_zip(true);
  const std::string token = Encrypt(std::string(1000, 'a'));
  EXPECT_EQ(Decrypt(token).verdict(), v1::DECRYPT_VERDICT_UNSUPPORTED);
  accepted_.set_allow_zip(true);
  EXPECT_EQ(Decrypt(token).plaintext(), std::string(1000, 'a'));
}

TEST_F(EncryptTest, VerdictsComeWithoutPlaintextsWhereTheyAreNotWanted) {
  Start();
  accepted_.set_omit_plaintext(true);
  const v1::DecryptResult result = Decrypt(Encrypt(kSecretText));
  EXPECT_EQ(result.verdict(), v1::DECRYPT_VERDICT_VALID);
  EXPECT_EQ(result.plaintext(), "");
}

TEST_F(EncryptTest, TellsTheKeyTheAlgorithmAndTheGeneration) {
  Start();
  v1::EncryptResponse response;
  ASSERT_TRUE(TryEncrypt("", &response).ok());
  EXPECT_EQ(response.kid(), "ec");
  EXPECT_EQ(response.algorithm(), v1::KEY_MANAGEMENT_ALGORITHM_ECDH_ES);
  EXPECT_EQ(response.key_generation(), 1u);
}

TEST_F(EncryptTest, WhateverFailsOfADecryptionLooksTheSame) {
  Start();
  options_.set_kids(0, "kw");
  options_.set_encryption(v1::CONTENT_ENCRYPTION_ALGORITHM_A128CBC_HS256);
  const std::string token = Encrypt(kSecretText);
  // The encrypted key, the IV, the ciphertext and the tag, one by one.
  std::vector<std::string> answers;
  for (size_t i = 0; i + 1 < token.size(); ++i) {
    if (token[i] != '.') continue;
    std::string damaged = token;
    damaged[i + 1] = damaged[i + 1] == 'A' ? 'B' : 'A';
    const v1::DecryptResult result = Decrypt(damaged);
    EXPECT_EQ(result.verdict(), v1::DECRYPT_VERDICT_DECRYPTION_FAILED);
    EXPECT_EQ(result.plaintext(), "");
    answers.push_back(result.SerializeAsString());
  }
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_THAT(answers, ::testing::Each(answers[0]));
}

TEST_F(EncryptTest, OtherVerdictsSayWhy) {
  Start();
  const std::string token = Encrypt(kSecretText);
  EXPECT_EQ(Decrypt("").verdict(), v1::DECRYPT_VERDICT_MALFORMED);
  EXPECT_EQ(Decrypt(server_.Sign(Algorithm::kHs256, "{}")).verdict(),
            v1::DECRYPT_VERDICT_UNSUPPORTED);
  accepted_.add_algorithms(v1::KEY_MANAGEMENT_ALGORITHM_DIR);
  EXPECT_EQ(Decrypt(token).verdict(),
            v1::DECRYPT_VERDICT_ALGORITHM_NOT_ALLOWED);
  EXPECT_NE(Decrypt(token).reason(), "");
  accepted_.clear_algorithms();
  accepted_.set_key_set("in-pw");
  EXPECT_EQ(Decrypt(token).verdict(), v1::DECRYPT_VERDICT_UNKNOWN_KEY);
}

TEST_F(EncryptTest, WhatIsWrongAsAWholeIsAnErrorThatSaysWhatToDo) {
  Start();
  v1::EncryptResponse response;
  options_.set_kids(0, "nobody");
  grpc::Status status = TryEncrypt("", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(),
            R"(there is no key "nobody"; there are "ec", "kw")");
  options_.set_form(v1::JWE_FORM_GENERAL_JSON);
  for (int i = 0; i < 100; ++i) options_.add_kids("ec");
  EXPECT_THAT(ViolatedFields(TryEncrypt("", &response)),
              ElementsAre("options.kids"));
  options_.clear_form();
  options_.clear_kids();
  status = TryEncrypt("", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(),
            R"(there are several keys to encrypt for: name one of "ec", "kw")");
  options_.set_key_set("nobody");
  status = TryEncrypt("", &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), R"(there is no key set named "nobody")");

  v1::DecryptResponse decrypted;
  accepted_.set_key_set("nobody");
  EXPECT_EQ(TryDecrypt("", &decrypted).error_code(),
            grpc::StatusCode::NOT_FOUND);
  accepted_.clear_key_set();
  EXPECT_THAT(ViolatedFields(TryDecrypt("", &decrypted)),
              ElementsAre("options.key_set"));
}

TEST_F(EncryptTest, AKeySetServesItsUseAlone) {
  Start();
  v1::EncryptResponse encrypted;
  options_.clear_kids();
  for (const char* other : {"in", "HS256"}) {
    options_.set_key_set(other);
    const grpc::Status status = TryEncrypt("", &encrypted);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(status.error_message(), absl::StrCat("the key set \"", other,
                                                   "\" is not for encryption"));
  }
  v1::DecryptResponse decrypted;
  for (const char* other : {"out", "HS256"}) {
    accepted_.set_key_set(other);
    const grpc::Status status = TryDecrypt("", &decrypted);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
    EXPECT_EQ(status.error_message(), absl::StrCat("the key set \"", other,
                                                   "\" is not for decryption"));
  }
  // Nor do signatures know them.
  grpc::ClientContext context;
  v1::VerifyRequest verify;
  verify.mutable_policy()->set_key_set("in");
  verify.set_token(server_.Sign(Algorithm::kHs256, "{}"));
  v1::VerifyResponse verified;
  EXPECT_FALSE(server_.verifier().Verify(&context, verify, &verified).ok() &&
               verified.result().verdict() == v1::VERDICT_VALID);
}

TEST_F(EncryptTest, TooLargeABatchNamesTheLimit) {
  server_.config()->mutable_limits()->set_max_batch_items(10);
  Start();
  grpc::ClientContext context;
  v1::BatchEncryptRequest encrypt;
  *encrypt.mutable_options() = options_;
  for (int i = 0; i < 11; ++i) encrypt.add_plaintexts("x");
  v1::BatchEncryptResponse encrypted;
  grpc::Status status = encrypter_->BatchEncrypt(&context, encrypt, &encrypted);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("plaintexts"));
  EXPECT_THAT(status.error_message(), HasSubstr("max_batch_items of 10"));

  grpc::ClientContext decrypt_context;
  v1::BatchDecryptRequest decrypt;
  *decrypt.mutable_options() = accepted_;
  for (int i = 0; i < 11; ++i) decrypt.add_tokens("x");
  v1::BatchDecryptResponse decrypted;
  status = decrypter_->BatchDecrypt(&decrypt_context, decrypt, &decrypted);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("tokens"));
}

TEST_F(EncryptTest, OptionsRepeatedInEveryTokenCannotMakeAHugeResponse) {
  server_.config()->mutable_limits()->set_max_request_bytes(1 << 20);
  Start();
  options_.set_form(v1::JWE_FORM_FLATTENED_JSON);
  options_.set_aad(std::string(10000, 'x'));
  grpc::ClientContext context;
  v1::BatchEncryptRequest request;
  *request.mutable_options() = options_;
  for (int i = 0; i < 10000; ++i) request.add_plaintexts("x");
  v1::BatchEncryptResponse response;
  const grpc::Status status =
      encrypter_->BatchEncrypt(&context, request, &response);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("plaintexts"));
}

TEST_F(EncryptTest, WhatIsWrongWithOnePlaintextIsItsOutcome) {
  server_.config()->mutable_limits()->set_max_token_bytes(2000);
  server_.config()->mutable_limits()->set_max_batch_pbes2_iterations(1500);
  Start();
  v1::EncryptResponse response;
  ASSERT_TRUE(TryEncrypt(std::string(2000, 'x'), &response).ok());
  EXPECT_EQ(response.result().outcome(), v1::ENCRYPT_OUTCOME_TOO_LARGE);
  EXPECT_EQ(response.result().token(), "");
  EXPECT_NE(response.result().reason(), "");

  grpc::ClientContext context;
  v1::BatchEncryptRequest request;
  request.mutable_options()->set_key_set("out-pw");
  request.mutable_options()->set_pbes2_iterations(1000);
  request.add_plaintexts("a");
  request.add_plaintexts("b");
  v1::BatchEncryptResponse batch;
  ASSERT_TRUE(encrypter_->BatchEncrypt(&context, request, &batch).ok());
  EXPECT_EQ(batch.results(0).outcome(), v1::ENCRYPT_OUTCOME_ENCRYPTED);
  EXPECT_EQ(batch.results(1).outcome(), v1::ENCRYPT_OUTCOME_EXHAUSTED);
}

TEST_F(EncryptTest, ATokenOfAPasswordCostsWhatTheConfigurationAllows) {
  server_.config()->mutable_limits()->set_max_pbes2_iterations(2000);
  Start();
  v1::EncryptResponse response;
  options_.clear_kids();
  options_.set_key_set("out-pw");
  options_.set_pbes2_iterations(2001);
  EXPECT_THAT(ViolatedFields(TryEncrypt("", &response)),
              ElementsAre("options"));
  options_.set_pbes2_iterations(2000);
  accepted_.set_key_set("in-pw");
  EXPECT_EQ(Decrypt(Encrypt(kSecretText)).plaintext(), kSecretText);
}

TEST_F(EncryptTest, BatchAndStreamAnswerInOrder) {
  Start();
  grpc::ClientContext context;
  v1::BatchEncryptRequest request;
  *request.mutable_options() = options_;
  for (int i = 0; i < 100; ++i) request.add_plaintexts(absl::StrCat("p", i));
  v1::BatchEncryptResponse encrypted;
  ASSERT_TRUE(encrypter_->BatchEncrypt(&context, request, &encrypted).ok());
  ASSERT_EQ(encrypted.results_size(), 100);

  grpc::ClientContext batch_context;
  v1::BatchDecryptRequest batch;
  *batch.mutable_options() = accepted_;
  for (int i = 0; i < 100; ++i) {
    batch.add_tokens(i % 7 == 0 ? "bad" : encrypted.results(i).token());
  }
  v1::BatchDecryptResponse decrypted;
  ASSERT_TRUE(decrypter_->BatchDecrypt(&batch_context, batch, &decrypted).ok());
  ASSERT_EQ(decrypted.results_size(), 100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(decrypted.results(i).plaintext(),
              i % 7 == 0 ? "" : absl::StrCat("p", i));
  }

  grpc::ClientContext stream_context;
  const auto stream = decrypter_->StreamDecrypt(&stream_context);
  v1::StreamDecryptRequest part;
  *part.mutable_options() = accepted_;
  *part.mutable_tokens() = batch.tokens();
  for (int i = 0; i < 20; ++i) {
    part.set_sequence(i);
    ASSERT_TRUE(stream->Write(part));
    part.clear_options();
  }
  stream->WritesDone();
  v1::StreamDecryptResponse answer;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(stream->Read(&answer));
    EXPECT_EQ(answer.sequence(), static_cast<uint64_t>(i));
    ASSERT_EQ(answer.results_size(), 100);
    for (int j = 0; j < 100; ++j) {
      EXPECT_EQ(answer.results(j).plaintext(),
                decrypted.results(j).plaintext());
    }
  }
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(EncryptTest, AStreamMayGoOnWithAPassword) {
  Start();
  grpc::ClientContext context;
  const auto stream = encrypter_->StreamEncrypt(&context);
  v1::StreamEncryptRequest request;
  *request.mutable_options() = options_;
  request.add_plaintexts("a");
  ASSERT_TRUE(stream->Write(request));
  request.mutable_options()->Clear();
  request.mutable_options()->set_key_set("out-pw");
  request.mutable_options()->set_pbes2_iterations(1000);
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  v1::StreamEncryptResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.kid(), "ec");
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.kid(), "pw");
  EXPECT_EQ(response.results(0).outcome(), v1::ENCRYPT_OUTCOME_ENCRYPTED);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(EncryptTest, StreamsNeedOptionsFirst) {
  Start();
  grpc::ClientContext encrypt_context;
  const auto encrypting = encrypter_->StreamEncrypt(&encrypt_context);
  ASSERT_TRUE(encrypting->Write(v1::StreamEncryptRequest()));
  v1::StreamEncryptResponse encrypted;
  EXPECT_FALSE(encrypting->Read(&encrypted));
  EXPECT_THAT(ViolatedFields(encrypting->Finish()), ElementsAre("options"));

  grpc::ClientContext decrypt_context;
  const auto decrypting = decrypter_->StreamDecrypt(&decrypt_context);
  ASSERT_TRUE(decrypting->Write(v1::StreamDecryptRequest()));
  v1::StreamDecryptResponse decrypted;
  EXPECT_FALSE(decrypting->Read(&decrypted));
  EXPECT_THAT(ViolatedFields(decrypting->Finish()), ElementsAre("options"));
}

TEST_F(EncryptTest, AShutdownTellsStreamsAndAnswersWhatWasSent) {
  Start();
  const std::string token = Encrypt(kSecretText);
  grpc::ClientContext context;
  const auto stream = decrypter_->StreamDecrypt(&context);
  v1::StreamDecryptRequest request;
  *request.mutable_options() = accepted_;
  request.add_tokens(token);
  ASSERT_TRUE(stream->Write(request));
  v1::StreamDecryptResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(response.draining());
  EXPECT_EQ(HealthOf(server_.channel(), "assay.v1.EncrypterService"), 1);
  EXPECT_EQ(HealthOf(server_.channel(), "assay.v1.DecrypterService"), 1);

  std::thread shutdown(
      [&] { EXPECT_TRUE(server_.server().Shutdown(absl::Minutes(1))); });
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.draining());
  EXPECT_TRUE(response.notice_only());
  v1::DecryptResponse late;
  EXPECT_EQ(TryDecrypt(token, &late).error_code(),
            grpc::StatusCode::UNAVAILABLE);

  for (int i = 0; i < 99; ++i) request.add_tokens(token);
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_EQ(response.results_size(), 100);
  EXPECT_EQ(response.results(99).plaintext(), kSecretText);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  shutdown.join();
}

TEST_F(EncryptTest, TheLogHoldsNeitherTokensNorPlaintexts) {
  Start();
  const std::string token = Encrypt(kSecretText);
  Decrypt(token);
  Decrypt("bad");
  server_.server().Shutdown(absl::Minutes(1));
  EXPECT_THAT(server_.LogText(), HasSubstr("\"key_set\":\"in\""));
  EXPECT_THAT(server_.LogText(), Not(HasSubstr(kSecretText)));
  EXPECT_THAT(server_.LogText(), Not(HasSubstr(token)));
}

// More of them than the server has threads, for minutes.
TEST_F(EncryptTest, TokensOfPasswordsDoNotDelayTheOthers) {
  constexpr int kAdmitted = 3;
  auto* limits = server_.config()->mutable_limits();
  limits->set_max_pending_batches(kAdmitted);
  limits->set_max_batch_pbes2_iterations(100'000'000);
  Start();
  const std::string quick_token = Encrypt(kSecretText);
  v1::BatchDecryptRequest slow;
  slow.mutable_options()->set_key_set("in-pw");
  options_.clear_kids();
  options_.set_key_set("out-pw");
  options_.set_pbes2_iterations(500'000);
  const std::string slow_token = Encrypt(kSecretText);
  for (int i = 0; i < 200; ++i) slow.add_tokens(slow_token);

  // One of them is refused: then the others have every place that there is.
  absl::Notification all_places_taken;
  std::atomic<int> num_answered{0};
  grpc::ClientContext contexts[kAdmitted + 1];
  std::vector<std::thread> clients;
  for (grpc::ClientContext& context : contexts) {
    clients.emplace_back([&] {
      v1::BatchDecryptResponse response;
      const grpc::Status status =
          decrypter_->BatchDecrypt(&context, slow, &response);
      if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
        ++num_answered;
        return;
      }
      google::rpc::Status rich;
      google::rpc::RetryInfo retry;
      EXPECT_TRUE(rich.ParseFromString(status.error_details()) &&
                  rich.details_size() == 1 && rich.details(0).UnpackTo(&retry));
      all_places_taken.Notify();
    });
  }
  all_places_taken.WaitForNotification();

  EXPECT_EQ(Decrypt(quick_token).verdict(), v1::DECRYPT_VERDICT_VALID);
  v1::BatchDecryptRequest quick;
  *quick.mutable_options() = accepted_;
  for (int i = 0; i < 100; ++i) quick.add_tokens(quick_token);
  grpc::ClientContext quick_context;
  quick_context.set_deadline(
      absl::ToChronoTime(absl::Now() + absl::Minutes(1)));
  v1::BatchDecryptResponse response;
  const grpc::Status status =
      decrypter_->BatchDecrypt(&quick_context, quick, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 100);
  EXPECT_EQ(response.results(99).verdict(), v1::DECRYPT_VERDICT_VALID);
  EXPECT_EQ(num_answered, 0);

  for (grpc::ClientContext& context : contexts) context.TryCancel();
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace assay::testing
