// What holds for every kind of call alike, shown for those beyond JWT: TLS and
// mutual TLS, bounds of size, deadlines that pass, streams that are cancelled.
// limits_test and listener_test look closer, at JWT.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "assay/v1/decrypter.grpc.pb.h"
#include "assay/v1/encrypter.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"
#include "tests/integration/test_tls.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kWrapJwk[] = R"({"kty":"oct","kid":"kw","alg":"A128KW",
    "k":"GawgguFyGrWKav7AX4VKUg"})";
constexpr char kPasswordJwk[] = R"({"kty":"oct","kid":"pw",
    "alg":"PBES2-HS256+A128KW","k":"VGh1cyBmcm9tIG15IGxpcHM"})";
constexpr char kText[] = R"({"sub":"joe"})";

// Of a password, or ES512 without kernels: a batch of these keeps the server
// busy for as long as a test needs.
constexpr uint32_t kSlowIterations = 500'000;
constexpr int kNumSlowTokens = 200;
constexpr Algorithm kSlow = Algorithm::kEs512;
constexpr int kNumSlowSignatures = 20000;

// What a request holds.
struct Load {
  int num_items = 1;
  bool is_slow = false;
  std::string item;  // Empty: a good one.
};

Load Quick(int num_items) { return {num_items, false, ""}; }
Load Slow(int num_items) { return {num_items, true, ""}; }

// What came of a request. A result that is neither whole nor none is a fault.
struct Answer {
  grpc::Status status;
  int num_done = 0;
  int num_not_processed = 0;
  int num_others = 0;
};

void Count(bool is_done, bool is_not_processed, Answer* answer) {
  answer->num_done += is_done;
  answer->num_not_processed += is_not_processed;
  answer->num_others += !is_done && !is_not_processed;
}
void Count(const v1::EncryptResult& result, Answer* answer) {
  Count(result.outcome() == v1::ENCRYPT_OUTCOME_ENCRYPTED &&
            !result.token().empty(),
        result.outcome() == v1::ENCRYPT_OUTCOME_NOT_PROCESSED &&
            result.token().empty(),
        answer);
}
void Count(const v1::DecryptResult& result, Answer* answer) {
  Count(result.verdict() == v1::DECRYPT_VERDICT_VALID &&
            result.plaintext() == kText,
        result.verdict() == v1::DECRYPT_VERDICT_NOT_PROCESSED &&
            result.plaintext().empty(),
        answer);
}
void Count(const v1::SignResult& result, Answer* answer) {
  Count(result.outcome() == v1::SIGN_OUTCOME_SIGNED && !result.token().empty(),
        result.outcome() == v1::SIGN_OUTCOME_NOT_PROCESSED &&
            result.token().empty(),
        answer);
}
void Count(const v1::VerifyResult& result, Answer* answer) {
  Count(result.verdict() == v1::VERDICT_VALID && result.payload() == kText,
        result.verdict() == v1::VERDICT_NOT_PROCESSED &&
            result.payload().empty() && result.path().empty(),
        answer);
}

// Sends a quick request and, when it is answered, `slow`; then cancels.
template <typename Request, typename Response>
grpc::Status CancelledStream(
    grpc::ClientContext* context,
    std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream,
    const Request& quick, const Request& slow) {
  Response response;
  EXPECT_TRUE(stream->Write(quick));
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_TRUE(stream->Write(slow));
  context->TryCancel();
  EXPECT_FALSE(stream->Read(&response));
  return stream->Finish();
}

class EveryCallTest : public ::testing::Test {
 protected:
  EveryCallTest() : server_({Algorithm::kHs256, kSlow}) {
    AddKeySets("", kWrapJwk);
    AddKeySets("-pw", kPasswordJwk);
    server_.config()->mutable_kernels()->set_boringssl_only(true);
    server_.config()->mutable_limits()->set_max_batch_pbes2_iterations(
        kNumSlowTokens * kSlowIterations);
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

  void Start(const std::shared_ptr<grpc::ChannelCredentials>& credentials =
                 grpc::InsecureChannelCredentials()) {
    server_.Start();
    if (HasFatalFailure()) return;
    Connect(credentials);
    MakeTokens();
  }

  void Connect(const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    const auto channel =
        OpenChannel(server_.server().addresses()[0], credentials);
    encrypter_ = v1::EncrypterService::NewStub(channel);
    decrypter_ = v1::DecrypterService::NewStub(channel);
    signer_ = v1::SignerService::NewStub(channel);
    verifier_ = v1::VerifierService::NewStub(channel);
  }

  // Tokens of both speeds, of each kind.
  void MakeTokens() {
    v1::SignOptions jwt;
    jwt.set_key_set("HS256");
    const std::string signed_jwt = Sign(jwt);
    for (const bool is_slow : {false, true}) {
      encrypted_[is_slow] = Encrypt(EncryptOptions(is_slow), kText);
      nested_[is_slow] = Encrypt(EncryptOptions(is_slow), signed_jwt);
      jws_json_[is_slow] = Sign(SignOptions(is_slow));
    }
  }

  std::string Encrypt(const v1::EncryptOptions& options,
                      absl::string_view plaintext) {
    grpc::ClientContext context;
    v1::EncryptRequest request;
    *request.mutable_options() = options;
    request.set_plaintext(plaintext.data(), plaintext.size());
    v1::EncryptResponse response;
    const grpc::Status status =
        encrypter_->Encrypt(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.result().token();
  }

  std::string Sign(const v1::SignOptions& options) {
    grpc::ClientContext context;
    v1::SignRequest request;
    *request.mutable_options() = options;
    request.set_payload(kText);
    v1::SignResponse response;
    const grpc::Status status = signer_->Sign(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.result().token();
  }

  static v1::EncryptOptions EncryptOptions(bool is_slow) {
    v1::EncryptOptions options;
    options.set_key_set(is_slow ? "out-pw" : "out");
    options.set_cty("JWT");
    if (is_slow) options.set_pbes2_iterations(kSlowIterations);
    return options;
  }
  static v1::SignOptions SignOptions(bool is_slow) {
    v1::SignOptions options;
    options.set_key_set(is_slow ? "ES512" : "HS256");
    options.set_form(v1::TOKEN_FORM_JWS_JSON);
    return options;
  }

  template <typename Request>
  Request Encrypting(const Load& load) const {
    Request request;
    *request.mutable_options() = EncryptOptions(load.is_slow);
    Fill(load, kText, request.mutable_plaintexts());
    return request;
  }
  template <typename Request>
  Request Decrypting(const Load& load) const {
    Request request;
    request.mutable_options()->set_key_set(load.is_slow ? "in-pw" : "in");
    Fill(load, encrypted_[load.is_slow], request.mutable_tokens());
    return request;
  }
  template <typename Request>
  Request Signing(const Load& load) const {
    Request request;
    *request.mutable_options() = SignOptions(load.is_slow);
    Fill(load, kText, request.mutable_payloads());
    return request;
  }
  template <typename Request>
  Request VerifyingNested(const Load& load) const {
    Request request;
    v1::Policy* const policy = request.mutable_policy();
    policy->set_key_set("HS256");
    policy->set_form(v1::TOKEN_FORM_NESTED);
    policy->set_decryption_key_set(load.is_slow ? "in-pw" : "in");
    policy->set_view(v1::RESULT_VIEW_PAYLOAD);
    Fill(load, nested_[load.is_slow], request.mutable_tokens());
    return request;
  }
  template <typename Request>
  Request VerifyingJwsJson(const Load& load) const {
    Request request;
    v1::Policy* const policy = request.mutable_policy();
    policy->set_key_set(load.is_slow ? "ES512" : "HS256");
    policy->set_form(v1::TOKEN_FORM_JWS_JSON);
    policy->set_view(v1::RESULT_VIEW_PAYLOAD);
    Fill(load, jws_json_[load.is_slow], request.mutable_tokens());
    return request;
  }

  static void Fill(const Load& load, const std::string& good,
                   google::protobuf::RepeatedPtrField<std::string>* items) {
    for (int i = 0; i < load.num_items; ++i) {
      *items->Add() = load.item.empty() ? good : load.item;
    }
  }

  template <typename Stub, typename Request, typename Response>
  static Answer Ask(Stub* stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                 const Request&, Response*),
                    const Request& request, absl::Duration timeout) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    Answer answer;
    Response response;
    answer.status = (stub->*method)(&context, request, &response);
    for (const auto& result : response.results()) Count(result, &answer);
    return answer;
  }

  // A kind of call.
  struct Call {
    const char* name;
    const char* items;  // The field that holds them.
    int num_slow;       // Of these a batch takes many seconds.
    std::function<Answer(const Load&, absl::Duration timeout)> ask;
    std::function<grpc::Status(grpc::ClientContext*, const Load& slow)> cancel;
  };

  std::vector<Call> AllCalls() {
    return {
        {"encrypt", "plaintexts", kNumSlowTokens,
         [this](const Load& load, absl::Duration timeout) {
           return Ask(encrypter_.get(),
                      &v1::EncrypterService::Stub::BatchEncrypt,
                      Encrypting<v1::BatchEncryptRequest>(load), timeout);
         },
         [this](grpc::ClientContext* context, const Load& slow) {
           using Request = v1::StreamEncryptRequest;
           return CancelledStream(context, encrypter_->StreamEncrypt(context),
                                  Encrypting<Request>(Load()),
                                  Encrypting<Request>(slow));
         }},
        {"decrypt", "tokens", kNumSlowTokens,
         [this](const Load& load, absl::Duration timeout) {
           return Ask(decrypter_.get(),
                      &v1::DecrypterService::Stub::BatchDecrypt,
                      Decrypting<v1::BatchDecryptRequest>(load), timeout);
         },
         [this](grpc::ClientContext* context, const Load& slow) {
           using Request = v1::StreamDecryptRequest;
           return CancelledStream(context, decrypter_->StreamDecrypt(context),
                                  Decrypting<Request>(Load()),
                                  Decrypting<Request>(slow));
         }},
        {"verify nested", "tokens", kNumSlowTokens,
         [this](const Load& load, absl::Duration timeout) {
           return Ask(verifier_.get(), &v1::VerifierService::Stub::BatchVerify,
                      VerifyingNested<v1::BatchVerifyRequest>(load), timeout);
         },
         [this](grpc::ClientContext* context, const Load& slow) {
           using Request = v1::StreamVerifyRequest;
           return CancelledStream(context, verifier_->StreamVerify(context),
                                  VerifyingNested<Request>(Load()),
                                  VerifyingNested<Request>(slow));
         }},
        {"verify jws-json", "tokens", kNumSlowSignatures,
         [this](const Load& load, absl::Duration timeout) {
           return Ask(verifier_.get(), &v1::VerifierService::Stub::BatchVerify,
                      VerifyingJwsJson<v1::BatchVerifyRequest>(load), timeout);
         },
         [this](grpc::ClientContext* context, const Load& slow) {
           using Request = v1::StreamVerifyRequest;
           return CancelledStream(context, verifier_->StreamVerify(context),
                                  VerifyingJwsJson<Request>(Load()),
                                  VerifyingJwsJson<Request>(slow));
         }},
        {"sign jws-json", "payloads", kNumSlowSignatures,
         [this](const Load& load, absl::Duration timeout) {
           return Ask(signer_.get(), &v1::SignerService::Stub::BatchSign,
                      Signing<v1::BatchSignRequest>(load), timeout);
         },
         [this](grpc::ClientContext* context, const Load& slow) {
           using Request = v1::StreamSignRequest;
           return CancelledStream(context, signer_->StreamSign(context),
                                  Signing<Request>(Load()),
                                  Signing<Request>(slow));
         }},
    };
  }

  void ExpectAllWork() {
    for (const Call& call : AllCalls()) {
      const Answer answer = call.ask(Quick(20), absl::Minutes(1));
      EXPECT_TRUE(answer.status.ok())
          << call.name << ": " << answer.status.error_message();
      EXPECT_EQ(answer.num_done, 20) << call.name;
      EXPECT_EQ(answer.num_not_processed + answer.num_others, 0) << call.name;
    }
  }
  void ExpectNoneGetsThrough() {
    for (const Call& call : AllCalls()) {
      EXPECT_EQ(call.ask(Load(), absl::Minutes(1)).status.error_code(),
                grpc::StatusCode::UNAVAILABLE)
          << call.name;
    }
  }

  TestServer server_;
  std::unique_ptr<v1::EncrypterService::Stub> encrypter_;
  std::unique_ptr<v1::DecrypterService::Stub> decrypter_;
  std::unique_ptr<v1::SignerService::Stub> signer_;
  std::unique_ptr<v1::VerifierService::Stub> verifier_;
  std::string encrypted_[2], nested_[2], jws_json_[2];  // By is_slow.
};

TEST_F(EveryCallTest, WorksOverTls) {
  MakeCertificate(server_.folder(), "server");
  UseTls(server_.folder(), server_.config()->mutable_listeners(0));
  Start(TlsCredentials(server_.folder(), "server", ""));
  ExpectAllWork();
  Connect(grpc::InsecureChannelCredentials());
  ExpectNoneGetsThrough();
}

TEST_F(EveryCallTest, WorksOverMutualTlsForWhoHasACertificate) {
  const TempFolder& folder = server_.folder();
  for (const char* name : {"server", "client", "stranger"}) {
    MakeCertificate(folder, name);
  }
  UseTls(folder, server_.config()->mutable_listeners(0))
      ->set_client_ca_file(folder.Path("client.pem"));
  Start(TlsCredentials(folder, "server", "client"));
  ExpectAllWork();
  for (const char* client : {"", "stranger"}) {
    Connect(TlsCredentials(folder, "server", client));
    ExpectNoneGetsThrough();
  }
}

TEST_F(EveryCallTest, TooLargeABatchNamesTheLimitAndTooLargeAMessageEndsIt) {
  server_.config()->mutable_limits()->set_max_batch_items(10);
  server_.config()->mutable_limits()->set_max_request_bytes(1 << 20);
  Start();
  for (const Call& call : AllCalls()) {
    EXPECT_EQ(call.ask(Quick(10), absl::Minutes(1)).num_done, 10) << call.name;
    Answer answer = call.ask(Quick(11), absl::Minutes(1));
    EXPECT_THAT(ViolatedFields(answer.status), ElementsAre(call.items))
        << call.name;
    EXPECT_THAT(answer.status.error_message(),
                HasSubstr("holds 11, above the limit max_batch_items of 10"));
    Load huge;
    huge.item.assign(2 << 20, 'a');
    answer = call.ask(huge, absl::Minutes(1));
    EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED)
        << call.name;
  }
}

// What was done in time is told, where the answer still comes in time; the rest
// is NOT_PROCESSED, and nothing is half done.
TEST_F(EveryCallTest, ADeadlineLeavesNothingHalfDone) {
  Start();
  for (const Call& call : AllCalls()) {
    const int num_items = call.num_slow;
    const Answer answer = call.ask(Slow(num_items), absl::Milliseconds(700));
    EXPECT_EQ(answer.num_others, 0) << call.name;
    if (answer.status.ok()) {
      EXPECT_GT(answer.num_not_processed, 0) << call.name;
      EXPECT_EQ(answer.num_done + answer.num_not_processed, num_items)
          << call.name;
    } else {
      EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED)
          << call.name;
      EXPECT_EQ(answer.num_done, 0) << call.name;
    }
  }
}

// One token cannot be left half way.
TEST_F(EveryCallTest, ADeadlineWithinATokenIsExceeded) {
  Start();
  for (const Call& call : AllCalls()) {
    if (call.num_slow != kNumSlowTokens) continue;  // Too quick for that.
    const Answer answer = call.ask(Slow(1), absl::Milliseconds(15));
    EXPECT_EQ(answer.num_done, 0) << call.name;
    EXPECT_THAT(
        answer.status.error_code(),
        AnyOf(grpc::StatusCode::DEADLINE_EXCEEDED, grpc::StatusCode::OK))
        << call.name;
  }
}

TEST_F(EveryCallTest, ACancelledStreamLetsTheServerGo) {
  Start();
  for (const Call& call : AllCalls()) {
    grpc::ClientContext context;
    EXPECT_EQ(call.cancel(&context, Slow(call.num_slow)).error_code(),
              grpc::StatusCode::CANCELLED)
        << call.name;
  }
  EXPECT_TRUE(server_.server().Shutdown(absl::Seconds(20)));
}

}  // namespace
}  // namespace assay::testing
