#include "tests/integration/test_server.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/jose/jwk.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "service/config.h"
#include "tests/support/test_keys.h"

namespace assay::testing {

TempFolder::TempFolder() {
  // Not TEST_TMPDIR: a Unix socket's path is bounded.
  std::string pattern = "/tmp/assay_XXXXXX";
  path_ = mkdtemp(pattern.data());
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::Path(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

std::string TempFolder::Write(absl::string_view name,
                              absl::string_view contents) const {
  const std::string path = Path(name);
  const std::string fresh = absl::StrCat(path_, "/.new");
  std::ofstream(fresh, std::ios::binary) << contents;
  chmod(fresh.c_str(), 0600);
  EXPECT_EQ(std::rename(fresh.c_str(), path.c_str()), 0);
  return path;
}

absl::Time WatchedClock::Now() const {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ++num_readings_;
  }
  was_read_.notify_all();
  return FakeClock::Now();
}

int WatchedClock::num_readings() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return num_readings_;
}

void WatchedClock::AwaitReadings(int num) const {
  std::unique_lock<std::mutex> lock(mutex_);
  was_read_.wait(lock, [&] { return num_readings_ >= num; });
}

v1::SignatureAlgorithm ToProto(jose::Algorithm algorithm) {
  return static_cast<v1::SignatureAlgorithm>(algorithm);
}

std::string PrivateJwk(jose::Algorithm algorithm, absl::string_view kid) {
  return jose::WritePrivateJwk(TestKey(algorithm, kid));
}

std::shared_ptr<grpc::Channel> OpenChannel(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  // Every test has connections of its own.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

TestServer::TestServer(std::vector<jose::Algorithm> algorithms)
    : clock_(absl::FromUnixSeconds(kTestNow)),
      log_([this](absl::string_view line) {
        absl::MutexLock lock(&log_mutex_);
        absl::StrAppend(&log_text_, line);
      }) {
  config_.add_listeners()->set_address("127.0.0.1:0");
  config_.set_worker_threads(2);
  for (jose::Algorithm algorithm : algorithms) {
    const std::string name(jose::AlgorithmName(algorithm));
    v1::KeySetConfig* key_set = config_.add_key_sets();
    key_set->set_name(name);
    key_set->set_use(v1::KEY_SET_USE_SIGN);
    key_set->add_paths(
        folder_.Write(absl::StrCat(name, ".jwk"),
                      PrivateJwk(algorithm, absl::StrCat("k-", name))));
  }
}

TestServer::~TestServer() = default;

void TestServer::Start() {
  const absl::Status status = TryStart();
  ASSERT_TRUE(status.ok()) << status;
}

absl::Status TestServer::TryStart() {
  auto config = service::MakeConfig(config_);
  if (!config.ok()) return config.status();
  config->kernels.kernels = kernels_;
  auto server = service::Server::Start(*config, &log_, &clock_);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  channel_ = OpenChannel(server_->addresses()[0]);
  verifier_ = v1::VerifierService::NewStub(channel_);
  signer_ = v1::SignerService::NewStub(channel_);
  keys_ = v1::KeyService::NewStub(channel_);
  return absl::OkStatus();
}

std::string TestServer::LogText() const {
  absl::MutexLock lock(&log_mutex_);
  return log_text_;
}

std::string TestServer::Sign(jose::Algorithm algorithm,
                             absl::string_view claims) {
  v1::SignOptions options;
  options.set_key_set(std::string(jose::AlgorithmName(algorithm)));
  options.set_algorithm(ToProto(algorithm));
  return Sign(options, claims);
}

std::string TestServer::Sign(const v1::SignOptions& options,
                             absl::string_view payload) {
  grpc::ClientContext context;
  v1::SignRequest request;
  *request.mutable_options() = options;
  request.set_payload(payload.data(), payload.size());
  v1::SignResponse response;
  const grpc::Status status = signer_->Sign(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.result().outcome(), v1::SIGN_OUTCOME_SIGNED)
      << response.result().reason();
  return response.result().token();
}

v1::VerifyResult TestServer::Verify(const v1::Policy& policy,
                                    absl::string_view token) {
  grpc::ClientContext context;
  v1::VerifyRequest request;
  *request.mutable_policy() = policy;
  request.set_token(token.data(), token.size());
  v1::VerifyResponse response;
  const grpc::Status status = verifier_->Verify(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  return response.result();
}

v1::Policy PolicyFor(jose::Algorithm algorithm) {
  v1::Policy policy;
  policy.set_key_set(std::string(jose::AlgorithmName(algorithm)));
  return policy;
}

std::vector<std::string> ViolatedFields(const grpc::Status& status) {
  std::vector<std::string> fields;
  google::rpc::Status rich;
  google::rpc::BadRequest detail;
  if (!rich.ParseFromString(status.error_details())) return fields;
  if (rich.details_size() != 1 || !rich.details(0).UnpackTo(&detail)) {
    return fields;
  }
  for (const auto& violation : detail.field_violations()) {
    fields.push_back(violation.field());
  }
  return fields;
}

}  // namespace assay::testing
