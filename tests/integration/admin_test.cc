// The admin pages of the real server, read over a real connection.
#include <algorithm>
#include <map>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/simd/kernels.h"
#include "core/simd/lane_verdict.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"
#include "tests/support/http_call.h"
#include "tests/support/prometheus_text.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Ed25519's kernel, which every machine has, but that it accepts everything.
void AcceptAll(const simd::Ed25519Job* /*jobs*/, size_t num,
               simd::LaneVerdict* verdicts) {
  std::fill_n(verdicts, num, simd::LaneVerdict::kAccepted);
}

class AdminTest : public ::testing::Test {
 protected:
  AdminTest() {
    server_.config()->mutable_admin()->set_address("127.0.0.1:0");
    // Whatever ASSAY_ENGINE says.
    server_.config()->mutable_kernels()->set_boringssl_only(false);
  }

  std::string Get(const std::string& path) {
    return HttpGet(server_.server().admin_address(), path);
  }
  std::map<std::string, double> Metrics() {
    const std::string answer = Get("/metrics");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; version=0.0.4"));
    const size_t body = answer.find("\r\n\r\n") + 4;
    auto samples = ParsePrometheusText(answer.substr(body));
    EXPECT_TRUE(samples.ok()) << samples.status();
    return samples.ok() ? *std::move(samples) : std::map<std::string, double>();
  }

  TestServer server_{{Algorithm::kHs256, Algorithm::kEdDsa}};
};

TEST_F(AdminTest, ThereAreNoneUnlessConfigured) {
  server_.config()->clear_admin();
  server_.Start();
  EXPECT_EQ(server_.server().admin_address(), "");
}

TEST_F(AdminTest, MetricsTellOfKeySetsKernelsAndTables) {
  server_.Start();
  const auto metrics = Metrics();
  EXPECT_EQ(metrics.at(R"(assay_key_set_generation{key_set="HS256"})"), 1);
  EXPECT_EQ(metrics.at(R"(assay_key_set_keys{key_set="EdDSA"})"), 1);
  EXPECT_EQ(metrics.at(R"(assay_kernel_on{lane="ed25519"})"), 1);
  EXPECT_EQ(metrics.at(R"(assay_kernel_switched_off{lane="ed25519"})"), 0);
  EXPECT_EQ(metrics.at("assay_table_budget_bytes"), 256 << 20);
  EXPECT_EQ(metrics.at("assay_draining"), 0);
}

TEST_F(AdminTest, MetricsCountWhatTheKernelJudged) {
  server_.Start();
  const std::string token = server_.Sign(Algorithm::kEdDsa, "{}");
  v1::BatchVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kEdDsa);
  for (int i = 0; i < 64; ++i) request.add_tokens(token);
  grpc::ClientContext context;
  v1::BatchVerifyResponse response;
  ASSERT_TRUE(
      server_.verifier().BatchVerify(&context, request, &response).ok());
  EXPECT_GE(Metrics().at(R"(assay_kernel_checks_total{lane="ed25519"})"), 64);
}

TEST_F(AdminTest, AKernelThatGoesWrongIsOffOnBothPages) {
  simd::Ed25519Kernel faulty = *simd::BestKernels().ed25519;
  faulty.verify = AcceptAll;
  simd::Kernels kernels = simd::BestKernels();
  kernels.ed25519 = &faulty;
  server_.SetKernels(kernels);
  server_.Start();
  const auto metrics = Metrics();
  EXPECT_EQ(metrics.at(R"(assay_kernel_on{lane="ed25519"})"), 0);
  EXPECT_EQ(metrics.at(R"(assay_kernel_switched_off{lane="ed25519"})"), 1);
  EXPECT_EQ(metrics.at(R"(assay_kernel_on{lane="p256"})"), 1);
  EXPECT_THAT(Get("/statusz"),
              HasSubstr("<td>ed25519</td>"
                        "<td>SWITCHED OFF: it failed its self test</td>"));
  EXPECT_THAT(server_.LogText(), HasSubstr("kernel_switched_off"));
  server_.Stop();  // Before the kernel.
}

TEST_F(AdminTest, WithoutKernelsNoneIsOnAndNoneIsBlamed) {
  server_.config()->mutable_kernels()->set_boringssl_only(true);
  server_.Start();
  const auto metrics = Metrics();
  EXPECT_EQ(metrics.at(R"(assay_kernel_on{lane="ed25519"})"), 0);
  EXPECT_EQ(metrics.at(R"(assay_kernel_switched_off{lane="ed25519"})"), 0);
  EXPECT_EQ(metrics.at("assay_table_budget_bytes"), 0);
  EXPECT_THAT(Get("/statusz"),
              HasSubstr("<td>ed25519</td><td>off, as configured</td>"));
}

TEST_F(AdminTest, AFailedReloadIsCounted) {
  server_.Start();
  server_.folder().Write("HS256.jwk", "broken");
  server_.server().ReloadKeys();
  // It ends on a thread of its own: each answer is a moment to wait.
  constexpr char kFailed[] =
      R"(assay_key_set_last_load_failed{key_set="HS256"})";
  while (Metrics().at(kFailed) == 0) {
  }
  const auto metrics = Metrics();
  EXPECT_GE(metrics.at(R"(assay_key_set_loads_total)"
                       R"({key_set="HS256",outcome="failed"})"),
            1);
  EXPECT_EQ(metrics.at(R"(assay_key_set_generation{key_set="HS256"})"), 1);
  EXPECT_THAT(Get("/statusz"), HasSubstr("FAILED: old keys in use"));
}

TEST_F(AdminTest, StatuszIsHtmlThatShowsNoKey) {
  server_.Start();
  const std::string page = Get("/statusz");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(page, HasSubstr("Content-Type: text/html"));
  EXPECT_THAT(page, HasSubstr("<td>HS256</td>"));
  EXPECT_THAT(page, HasSubstr(server_.server().addresses()[0]));
  const std::string jwk = PrivateJwk(Algorithm::kHs256, "k-HS256");
  const std::string secret = jwk.substr(jwk.find("\"k\":\"") + 5, 20);
  EXPECT_THAT(page, Not(HasSubstr(secret)));
  EXPECT_THAT(Get("/metrics"), Not(HasSubstr(secret)));
}

TEST_F(AdminTest, OtherPathsAndMethodsAreRefused) {
  server_.Start();
  EXPECT_THAT(Get("/"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(HttpCall(server_.server().admin_address(),
                       "POST /metrics HTTP/1.1\r\nHost: x\r\n"
                       "Content-Length: 0\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 405 "));
}

TEST_F(AdminTest, ThePagesStayWhileTheServerDrains) {
  server_.Start();
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  v1::StreamVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
  v1::StreamVerifyResponse response;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  std::thread shutdown(
      [&] { EXPECT_TRUE(server_.server().Shutdown(absl::Hours(1))); });
  while (!response.draining() && stream->Read(&response)) {
  }
  EXPECT_EQ(Metrics().at("assay_draining"), 1);
  EXPECT_THAT(Get("/statusz"), HasSubstr("<td>draining</td>"));
  stream->WritesDone();
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  shutdown.join();
  EXPECT_EQ(Metrics().at("assay_draining"), 1) << "after the last call, too";
}

TEST_F(AdminTest, AnAddressInUseKeepsTheServerFromStarting) {
  server_.Start();
  TestServer second({Algorithm::kHs256});
  second.config()->mutable_admin()->set_address(
      server_.server().admin_address());
  EXPECT_EQ(second.TryStart().message(),
            absl::StrCat("cannot serve the admin pages on ",
                         server_.server().admin_address(),
                         ": Address already in use"));
}

TEST_F(AdminTest, AnAddressOfTheNetworkIsRefusedUnlessAllowed) {
  v1::AdminConfig* admin = server_.config()->mutable_admin();
  admin->set_address("0.0.0.0:0");
  EXPECT_THAT(std::string(server_.TryStart().message()),
              HasSubstr("refusing to serve the admin pages on 0.0.0.0:0"));
  admin->set_allow_from_network(true);
  EXPECT_TRUE(server_.TryStart().ok());
}

}  // namespace
}  // namespace assay::testing
