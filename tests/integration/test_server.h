// The real server, in this process, on a free loopback port, with fresh keys.
#ifndef ASSAY_TESTS_INTEGRATION_TEST_SERVER_H_
#define ASSAY_TESTS_INTEGRATION_TEST_SERVER_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "assay/v1/config.pb.h"
#include "assay/v1/keys.grpc.pb.h"
#include "assay/v1/signer.grpc.pb.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "core/base/clock.h"
#include "core/jose/algorithm.h"
#include "core/simd/kernels.h"
#include "grpcpp/grpcpp.h"
#include "service/log.h"
#include "service/server.h"

namespace assay::testing {

// A folder that is removed with all that is in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Path(absl::string_view name) const;
  // Writes a file that only its owner may read, in one step (a rename).
  std::string Write(absl::string_view name, absl::string_view contents) const;

 private:
  std::string path_;
};

// A clock that stands still, and knows how often it has been read. The engine
// reads it once when it begins a batch: so a test waits for a batch to be under
// way, instead of guessing how long that takes.
// Thread safety: all methods may be called concurrently.
class WatchedClock : public FakeClock {
 public:
  explicit WatchedClock(absl::Time now) : FakeClock(now) {}

  absl::Time Now() const override;
  int num_readings() const;
  // Waits until it has been read so often.
  void AwaitReadings(int num) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable was_read_;
  mutable int num_readings_ = 0;  // Under mutex_.
};

// The wire's name of an algorithm.
v1::SignatureAlgorithm ToProto(jose::Algorithm algorithm);

// The private JWK of TestKey(algorithm, kid).
std::string PrivateJwk(jose::Algorithm algorithm, absl::string_view kid);

// A channel without bounds of its own.
std::shared_ptr<grpc::Channel> OpenChannel(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials =
        grpc::InsecureChannelCredentials());

// Key sets: "HS256", "ES256", ... for every algorithm asked for, all for
// signing, each with the one key "k-HS256", ...; and whatever the test adds to
// the config.
class TestServer {
 public:
  explicit TestServer(std::vector<jose::Algorithm> algorithms = {
                          jose::Algorithm::kHs256, jose::Algorithm::kEs256});
  ~TestServer();

  // To be changed before Start.
  v1::AssaydConfig* config() { return &config_; }
  const TempFolder& folder() const { return folder_; }
  // Where the server's time stands still.
  WatchedClock* clock() { return &clock_; }

  // Kernels to use instead of simd::BestKernels(), which outlive the server.
  void SetKernels(const simd::Kernels& kernels) { kernels_ = kernels; }

  // Starts the server and connects to its first listener.
  void Start();
  // The status of an attempt to start.
  absl::Status TryStart();

  service::Server& server() { return *server_; }
  // Destroys the server.
  void Stop() { server_.reset(); }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  v1::VerifierService::Stub& verifier() { return *verifier_; }
  v1::SignerService::Stub& signer() { return *signer_; }
  v1::KeyService::Stub& keys() { return *keys_; }
  std::string LogText() const;

  // Signs `claims` over the wire with the key set of `algorithm`. Fails the
  // test if that does not work.
  std::string Sign(jose::Algorithm algorithm, absl::string_view claims);
  std::string Sign(const v1::SignOptions& options, absl::string_view payload);
  // The result for one token.
  v1::VerifyResult Verify(const v1::Policy& policy, absl::string_view token);

 private:
  TempFolder folder_;
  v1::AssaydConfig config_;
  simd::Kernels kernels_ = simd::BestKernels();
  WatchedClock clock_;
  mutable absl::Mutex log_mutex_;
  std::string log_text_ ABSL_GUARDED_BY(log_mutex_);
  service::Log log_;
  std::unique_ptr<service::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::VerifierService::Stub> verifier_;
  std::unique_ptr<v1::SignerService::Stub> signer_;
  std::unique_ptr<v1::KeyService::Stub> keys_;
};

// 2023-11-14T22:13:20Z, where TestServer's clock starts.
inline constexpr int64_t kTestNow = 1700000000;

// A policy that names the key set of `algorithm`.
v1::Policy PolicyFor(jose::Algorithm algorithm);

// The field paths of a BadRequest in `status`.
std::vector<std::string> ViolatedFields(const grpc::Status& status);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_INTEGRATION_TEST_SERVER_H_
