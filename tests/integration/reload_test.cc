// Acceptance 7: a key file is replaced 1000 times while clients verify; no call
// fails, no verdict is wrong, memory stays flat.
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/jose/jwk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"
#include "tests/support/test_keys.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::HasSubstr;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // Resident is what the sanitizer keeps.
#else
constexpr bool kSanitized = false;
#endif

// Resident memory, in pages of the machine.
long ResidentPages() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident;
}

uint64_t Generation(TestServer* server, const std::string& key_set) {
  grpc::ClientContext context;
  v1::GetJwksRequest request;
  request.set_key_set(key_set);
  v1::GetJwksResponse response;
  EXPECT_TRUE(server->keys().GetJwks(&context, request, &response).ok());
  return response.key_generation();
}

// Waits for the next generation; false if none comes.
bool AwaitGeneration(TestServer* server, const std::string& key_set,
                     uint64_t generation) {
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (absl::Now() < limit) {
    if (Generation(server, key_set) >= generation) return true;
  }
  return false;
}

std::string Jwks(const std::vector<const jose::Jwk*>& keys) {
  std::string text = "{\"keys\":[";
  for (const jose::Jwk* key : keys) {
    absl::StrAppend(&text, key == keys.front() ? "" : ",",
                    jose::WritePublicJwk(*key));
  }
  return absl::StrCat(text, "]}");
}

class ReloadTest : public ::testing::Test {
 protected:
  ReloadTest() : server_({Algorithm::kEs256}) {}

  // "rotating" always has the key that signs; the other one comes and goes.
  void SetUp() override {
    const jose::Jwk& stays = TestKey(Algorithm::kEs256, "k-ES256");
    const jose::Jwk& goes = TestKey(Algorithm::kEs256, "goes");
    with_ = Jwks({&stays, &goes});
    without_ = Jwks({&stays});
    v1::KeySetConfig* key_set = server_.config()->add_key_sets();
    key_set->set_name("rotating");
    key_set->add_paths(server_.folder().Write("rotating.jwks", with_));
    server_.Start();
    token_ = server_.Sign(Algorithm::kEs256, "{}");
  }

  v1::BatchVerifyRequest Batch() const {
    v1::BatchVerifyRequest request;
    request.mutable_policy()->set_key_set("rotating");
    // A good one, and one for a key that was never there.
    for (int i = 0; i < 20; ++i) {
      request.add_tokens(i % 2 ? "eyJhbGciOiJFUzI1NiIsImtpZCI6Ij8ifQ.e30.AA"
                               : token_);
    }
    return request;
  }

  TestServer server_;
  std::string with_;
  std::string without_;
  std::string token_;
};

TEST_F(ReloadTest, AThousandReloadsUnderLoad) {
  constexpr int kReloads = 1000;
  const v1::BatchVerifyRequest request = Batch();
  std::atomic<bool> stop{false};
  std::atomic<int> num_calls{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {
      uint64_t last_generation = 0;
      while (!stop) {
        grpc::ClientContext context;
        v1::BatchVerifyResponse response;
        const grpc::Status status =
            server_.verifier().BatchVerify(&context, request, &response);
        ASSERT_TRUE(status.ok()) << status.error_message();
        for (int j = 0; j < response.results_size(); ++j) {
          ASSERT_EQ(response.results(j).verdict(),
                    j % 2 ? v1::VERDICT_UNKNOWN_KEY : v1::VERDICT_VALID)
              << response.results(j).reason();
        }
        ASSERT_GE(response.key_generation(), last_generation);
        last_generation = response.key_generation();
        ++num_calls;
      }
    });
  }
  long pages_early = 0;
  uint64_t generation = 1;
  for (int i = 0; i < kReloads; ++i) {
    server_.folder().Write("rotating.jwks", i % 2 ? with_ : without_);
    server_.server().ReloadKeys();
    ASSERT_TRUE(AwaitGeneration(&server_, "rotating", generation + 1)) << i;
    generation = Generation(&server_, "rotating");
    // Allocators and gRPC have reached their size by then.
    if (i == kReloads / 5) pages_early = ResidentPages();
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(num_calls, 0);
  EXPECT_GE(generation, static_cast<uint64_t>(kReloads));
  // 800 snapshots that leaked would be tens of megabytes.
  if (!kSanitized) {
    EXPECT_LT(ResidentPages(), pages_early + pages_early / 4);
  }
}

TEST_F(ReloadTest, ABrokenFileKeepsTheOldKeysAndSaysSo) {
  server_.folder().Write("rotating.jwks", "{ broken");
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (server_.LogText().find("key_set_load_failed") == std::string::npos &&
         absl::Now() < limit) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_THAT(server_.LogText(), HasSubstr("key_set_load_failed"));
  v1::Policy policy;
  policy.set_key_set("rotating");
  EXPECT_EQ(server_.Verify(policy, token_).verdict(), v1::VERDICT_VALID);
}

TEST_F(ReloadTest, ARemovedKeyIsUnknownFromTheNextGenerationOn) {
  v1::Policy policy;
  policy.set_key_set("rotating");
  ASSERT_EQ(server_.Verify(policy, token_).verdict(), v1::VERDICT_VALID);
  server_.folder().Write("rotating.jwks",
                         Jwks({&TestKey(Algorithm::kEs256, "goes")}));
  ASSERT_TRUE(AwaitGeneration(&server_, "rotating", 2));
  EXPECT_EQ(server_.Verify(policy, token_).verdict(), v1::VERDICT_UNKNOWN_KEY);
}

}  // namespace
}  // namespace assay::testing
