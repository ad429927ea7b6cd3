// The real program: flags, exit codes, signals. Acceptance 6: SIGTERM during a
// StreamVerify of a million tokens answers every accepted one and exits 0.
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/assayd_process.h"
#include "tests/integration/test_server.h"
#include "tests/support/http_call.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::HasSubstr;
using ::testing::Not;

class AssaydTest : public ::testing::Test {
 protected:
  std::string KeyFile() {
    return folder_.Write("k.jwk", PrivateJwk(Algorithm::kHs256, "k"));
  }
  std::string SigningConfig() {
    return folder_.Write(
        "assayd.textproto",
        absl::StrCat("listeners { address: \"127.0.0.1:0\" }\n",
                     "key_sets { use: KEY_SET_USE_SIGN paths: \"", KeyFile(),
                     "\" }\n"));
  }

  TempFolder folder_;
};

// An environment variable, for programs that are started while it lives.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const char* value) : name_(name) {
    const char* const before = std::getenv(name);
    if (before != nullptr) before_ = before;
    setenv(name, value, 1);
  }
  ~ScopedVariable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

 private:
  const char* const name_;
  absl::optional<std::string> before_;
};

std::string SignOne(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  v1::SignRequest request;
  request.mutable_options()->set_key_set("default");
  request.set_payload(R"({"sub":"somebody"})");
  v1::SignResponse response;
  const grpc::Status status =
      v1::SignerService::NewStub(channel)->Sign(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.result().token();
}

// Writes until `*draining`, or `num_requests`; returns how many were written.
int WriteRequests(grpc::ClientReaderWriter<v1::StreamVerifyRequest,
                                           v1::StreamVerifyResponse>* stream,
                  v1::StreamVerifyRequest request, int num_requests,
                  const std::atomic<bool>& draining) {
  int num_written = 0;
  while (!draining && num_written < num_requests && stream->Write(request)) {
    ++num_written;
    request.clear_policy();
    request.set_sequence(num_written);
  }
  stream->WritesDone();
  return num_written;
}

TEST_F(AssaydTest, SigtermDuringAStreamOfAMillionTokensAnswersAllAccepted) {
  constexpr int kTokensPerRequest = 1000;
  constexpr int kRequests = 1000;
  AssaydProcess process({"--config=" + SigningConfig()});
  const auto channel = OpenChannel(process.AwaitAddress());
  v1::StreamVerifyRequest request;
  request.mutable_policy()->set_key_set("default");
  const std::string token = SignOne(channel);
  for (int i = 0; i < kTokensPerRequest; ++i) request.add_tokens(token);

  const auto stub = v1::VerifierService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->StreamVerify(&context);
  std::atomic<bool> draining{false};
  int num_written = 0;
  std::thread writer([&] {
    num_written = WriteRequests(stream.get(), request, kRequests, draining);
  });
  int num_read = 0;
  int num_valid = 0;
  v1::StreamVerifyResponse response;
  while (stream->Read(&response)) {
    if (response.draining()) draining = true;
    if (response.notice_only()) continue;
    EXPECT_EQ(response.sequence(), static_cast<uint64_t>(num_read));
    for (const auto& result : response.results()) {
      num_valid += result.verdict() == v1::VERDICT_VALID;
    }
    if (++num_read != 20) continue;
    process.Signal(SIGTERM);
    // While nobody reads, back-pressure keeps the writer from coming to its end
    // before the server has heard of the signal.
    EXPECT_TRUE(process.AwaitStderr("shutting_down"));
  }
  writer.join();
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(draining);
  EXPECT_LT(num_written, kRequests) << "the signal came too late to test";
  EXPECT_EQ(num_read, num_written);
  EXPECT_EQ(num_valid, num_written * kTokensPerRequest);
  EXPECT_EQ(process.AwaitExit(), 0) << process.Stderr();
  EXPECT_THAT(process.Stderr(), HasSubstr("\"everything_answered\":true"));
}

TEST_F(AssaydTest, ASecondSignalDoesNotWaitAndSaysSo) {
  AssaydProcess process({"--config=" + SigningConfig()});
  const auto channel = OpenChannel(process.AwaitAddress());
  const auto stub = v1::VerifierService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->StreamVerify(&context);
  v1::StreamVerifyRequest request;
  request.mutable_policy()->set_key_set("default");
  ASSERT_TRUE(stream->Write(request));
  v1::StreamVerifyResponse response;
  ASSERT_TRUE(stream->Read(&response));
  process.Signal(SIGTERM);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.notice_only());
  process.Signal(SIGTERM);
  EXPECT_EQ(process.AwaitExit(), 1);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(AssaydTest, SighupReloadsAndTheServerGoesOn) {
  AssaydProcess process({"--listen=127.0.0.1:0", "--keys=" + KeyFile()});
  process.AwaitAddress();
  process.Signal(SIGHUP);
  EXPECT_TRUE(process.AwaitStderr("key_set_unchanged"));
  folder_.Write("k.jwk", PrivateJwk(Algorithm::kHs256, "another"));
  process.Signal(SIGHUP);
  EXPECT_TRUE(process.AwaitStderr("\"generation\":2"));
  process.Signal(SIGINT);
  EXPECT_EQ(process.AwaitExit(), 0);
}

TEST_F(AssaydTest, KeysOnTheCommandLineVerifyButNeverSign) {
  AssaydProcess process({"--listen=127.0.0.1:0", "--keys=" + KeyFile()});
  const auto stub =
      v1::SignerService::NewStub(OpenChannel(process.AwaitAddress()));
  grpc::ClientContext context;
  v1::SignRequest request;
  request.mutable_options()->set_key_set("default");
  request.set_payload("{}");
  v1::SignResponse response;
  EXPECT_EQ(stub->Sign(&context, request, &response).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(AssaydTest, EverythingThatKeepsItFromStartingIsExitCode2) {
  const std::string keys = "--keys=" + KeyFile();
  const struct {
    std::vector<std::string> args;
    const char* error;
  } kCases[] = {
      {{}, "--listen=ADDRESS and --keys=PATH"},
      {{"--no-such-flag"}, "--no-such-flag"},
      {{"--listen=0.0.0.0:0", keys}, "--allow-plaintext-from-network"},
      {{"--listen=nowhere", keys}, "write host:port"},
      {{"--listen=127.0.0.1:0", keys, "--admin=0.0.0.0:0"},
       "refusing to serve the admin pages on 0.0.0.0:0"},
      {{"--listen=127.0.0.1:0", "--keys=/nonexistent"}, "/nonexistent"},
      {{"--config=/nonexistent"}, "cannot read /nonexistent"},
      {{"--config=/tmp"}, "Is a directory"},
      {{"--listen=127.0.0.1:0", keys, "--threads=4000000000"}, "--threads"},
      {{"--listen=127.0.0.1:0", keys, "--threads=-1"}, "--threads"},
      {{"--config=" + folder_.Write("bad", "\nfoo: 1")}, "bad:2:"},
  };
  for (const auto& c : kCases) {
    AssaydProcess process(c.args);
    EXPECT_EQ(process.AwaitExit(), 2) << c.error;
    EXPECT_THAT(process.Stderr(), HasSubstr(c.error));
  }
}

TEST_F(AssaydTest, TheEngineComesFromTheFlagThenTheConfigThenTheEnvironment) {
  const std::string auto_config = folder_.Write(
      "auto",
      absl::StrCat("listeners { address: \"127.0.0.1:0\" }\n"
                   "key_sets { paths: \"",
                   KeyFile(), "\" } kernels { boringssl_only: false }"));
  const std::vector<std::string> flags = {"--listen=127.0.0.1:0",
                                          "--keys=" + KeyFile()};
  const auto runs_kernels = [](const std::vector<std::string>& args) {
    AssaydProcess process(args);
    EXPECT_NE(process.AwaitAddress(), "");
    return !absl::StrContains(process.Stderr(), R"("lanes":"none")");
  };
  const ScopedVariable variable("ASSAY_ENGINE", "boringssl");
  EXPECT_FALSE(runs_kernels(flags));
  EXPECT_TRUE(runs_kernels({flags[0], flags[1], "--engine=auto"}));
  EXPECT_TRUE(runs_kernels({"--config=" + auto_config}));
  EXPECT_FALSE(runs_kernels({"--config=" + auto_config, "--engine=boringssl"}));
}

TEST_F(AssaydTest, AnEngineInTheEnvironmentThatIsNoneIsExitCode2) {
  const ScopedVariable variable("ASSAY_ENGINE", "fast");
  AssaydProcess process({"--listen=127.0.0.1:0", "--keys=" + KeyFile()});
  EXPECT_EQ(process.AwaitExit(), 2);
  EXPECT_THAT(process.Stderr(),
              HasSubstr(R"(ASSAY_ENGINE is "fast"; it may be)"));
}

TEST_F(AssaydTest, AdminPagesAreServedWhereTheLogSays) {
  AssaydProcess process(
      {"--listen=127.0.0.1:0", "--keys=" + KeyFile(), "--admin=127.0.0.1:0"});
  constexpr char kBefore[] = R"("event":"admin_listening","address":")";
  ASSERT_TRUE(process.AwaitStderr(absl::StrCat(kBefore, "127.0.0.1:")));
  const std::string log = process.Stderr();
  const size_t begin = log.find(kBefore) + sizeof(kBefore) - 1;
  const std::string address = log.substr(begin, log.find('"', begin) - begin);
  EXPECT_THAT(HttpGet(address, "/metrics"), HasSubstr("assay_build_info"));
  process.Signal(SIGTERM);
  EXPECT_EQ(process.AwaitExit(), 0);
}

TEST_F(AssaydTest, ReadableSecretsAreRefusedUnlessAllowed) {
  const std::string path = KeyFile();
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  AssaydProcess refused({"--listen=127.0.0.1:0", "--keys=" + path});
  EXPECT_EQ(refused.AwaitExit(), 2);
  EXPECT_THAT(refused.Stderr(), HasSubstr(path));
  AssaydProcess allowed(
      {"--listen=127.0.0.1:0", "--keys=" + path, "--allow-readable-secrets"});
  EXPECT_NE(allowed.AwaitAddress(), "");
}

TEST_F(AssaydTest, CheckConfigLoadsTheKeysAndExits) {
  AssaydProcess good({"--config=" + SigningConfig(), "--check-config"});
  EXPECT_EQ(good.AwaitExit(), 0) << good.Stderr();
  EXPECT_THAT(good.Stderr(), Not(HasSubstr("listening")));
  folder_.Write("k.jwk", "broken");
  AssaydProcess bad(
      {"--config=" + folder_.Path("assayd.textproto"), "--check-config"});
  EXPECT_EQ(bad.AwaitExit(), 2);
}

TEST_F(AssaydTest, CheckConfigReadsTheFilesOfTls) {
  const std::string config = folder_.Write(
      "tls.textproto",
      absl::StrCat("listeners { address: \"127.0.0.1:0\" tls {\n"
                   "  certificate_chain_file: \"/nonexistent.pem\"\n"
                   "  private_key_file: \"/nonexistent.key\" } }\n"
                   "key_sets { paths: \"",
                   KeyFile(), "\" }\n"));
  AssaydProcess process({"--config=" + config, "--check-config"});
  EXPECT_EQ(process.AwaitExit(), 2);
  EXPECT_THAT(process.Stderr(), HasSubstr("cannot read /nonexistent.pem"));
}

TEST_F(AssaydTest, TheLogIsJsonLinesAndHoldsNoSecret) {
  const std::string jwk = PrivateJwk(Algorithm::kHs256, "k");
  AssaydProcess process({"--config=" + SigningConfig()});
  const std::string token = SignOne(OpenChannel(process.AwaitAddress()));
  process.Signal(SIGTERM);
  EXPECT_EQ(process.AwaitExit(), 0);
  const std::string log = process.Stderr();
  for (size_t begin = 0; begin < log.size();) {
    const size_t end = log.find('\n', begin);
    ASSERT_NE(end, std::string::npos);
    EXPECT_THAT(log.substr(begin, end - begin),
                ::testing::MatchesRegex(R"(\{"time":".*\})"));
    begin = end + 1;
  }
  const size_t secret = jwk.find("\"k\":\"") + 5;
  EXPECT_THAT(log, Not(HasSubstr(jwk.substr(secret, 20))));
  EXPECT_THAT(log, Not(HasSubstr(token.substr(0, 20))));
}

}  // namespace
}  // namespace assay::testing
