// Shutdown over the wire: nothing that was accepted is lost, nothing new is
// accepted, and a client that does not let go is cut.
#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/raw_call.h"
#include "tests/integration/test_server.h"

namespace assay::testing {
namespace {

using jose::Algorithm;

class DrainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Start();
    token_ = server_.Sign(Algorithm::kHs256, "{}");
  }

  v1::StreamVerifyRequest Request(uint64_t sequence, int num_tokens) const {
    v1::StreamVerifyRequest request;
    request.set_sequence(sequence);
    *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
    for (int i = 0; i < num_tokens; ++i) request.add_tokens(token_);
    return request;
  }

  TestServer server_;
  std::string token_;
};

TEST_F(DrainTest, AnIdleServerStopsAtOnce) {
  EXPECT_TRUE(server_.server().Shutdown(absl::InfiniteDuration()));
}

TEST_F(DrainTest, HealthGoesNotServingAndNewCallsAreUnavailable) {
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  ASSERT_TRUE(stream->Write(Request(7, 1)));
  v1::StreamVerifyResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(response.draining());

  std::thread shutdown(
      [&] { EXPECT_TRUE(server_.server().Shutdown(absl::Minutes(1))); });
  // The idle stream is told by a response that answers nothing.
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.draining());
  EXPECT_TRUE(response.notice_only());
  EXPECT_EQ(response.results_size(), 0);

  for (const char* service :
       {"", "assay.v1.VerifierService", "assay.v1.SignerService",
        "assay.v1.KeyService"}) {
    EXPECT_EQ(HealthOf(server_.channel(), service), 2) << service;
  }
  grpc::ClientContext unary_context;
  v1::VerifyRequest unary;
  v1::VerifyResponse unary_response;
  EXPECT_EQ(server_.verifier()
                .Verify(&unary_context, unary, &unary_response)
                .error_code(),
            grpc::StatusCode::UNAVAILABLE);
  grpc::ClientContext late_context;
  const auto late = server_.verifier().StreamVerify(&late_context);
  EXPECT_EQ(late->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(server_.LogText(),
              ::testing::HasSubstr("\"event\":\"calls_refused\""));

  // What is sent until the half-close is answered.
  ASSERT_TRUE(stream->Write(Request(8, 100)));
  stream->WritesDone();
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.sequence(), 8u);
  EXPECT_EQ(response.results_size(), 100);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  shutdown.join();
}

TEST_F(DrainTest, UnderLoadNoAcceptedItemIsLost) {
  constexpr int kStreams = 4;
  // A stream that comes when the server drains already is refused.
  absl::BlockingCounter all_under_way(kStreams);
  std::vector<std::thread> clients;
  for (int i = 0; i < kStreams; ++i) {
    clients.emplace_back([&] {
      grpc::ClientContext context;
      const auto stream = server_.verifier().StreamVerify(&context);
      std::atomic<bool> draining{false};
      std::atomic<uint64_t> num_written{0};
      std::thread writer([&] {
        while (!draining && stream->Write(Request(num_written, 200))) {
          num_written.fetch_add(1);
        }
        stream->WritesDone();
      });
      uint64_t num_read = 0;
      v1::StreamVerifyResponse response;
      while (stream->Read(&response)) {
        if (response.draining()) draining = true;
        if (response.notice_only()) continue;
        EXPECT_EQ(response.sequence(), num_read);
        EXPECT_EQ(response.results_size(), 200);
        for (const auto& result : response.results()) {
          EXPECT_EQ(result.verdict(), v1::VERDICT_VALID);
        }
        if (++num_read == 10) all_under_way.DecrementCount();
      }
      writer.join();
      EXPECT_TRUE(draining);
      EXPECT_EQ(num_read, num_written);
      const grpc::Status status = stream->Finish();
      EXPECT_TRUE(status.ok()) << status.error_message();
    });
  }
  all_under_way.Wait();
  EXPECT_TRUE(server_.server().Shutdown(absl::Minutes(5)));
  for (std::thread& client : clients) client.join();
}

TEST_F(DrainTest, UnaryBatchesInFlightAreAnswered) {
  v1::BatchVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kEs256);
  const std::string token = server_.Sign(Algorithm::kEs256, "{}");
  for (int i = 0; i < 5000; ++i) request.add_tokens(token);
  constexpr int kClients = 4;
  std::atomic<int> num_refused{0};
  std::atomic<int> num_answered{0};
  absl::Notification loaded;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      for (;;) {
        grpc::ClientContext context;
        v1::BatchVerifyResponse response;
        const grpc::Status status =
            server_.verifier().BatchVerify(&context, request, &response);
        if (!status.ok()) {
          // The server refuses with UNAVAILABLE. A call that comes when it has
          // drained already and gRPC closes down never reaches it: gRPC's own
          // answer to that one is CANCELLED. Neither was accepted; that nothing
          // accepted was cut is what Shutdown's answer below says.
          EXPECT_TRUE(status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                      status.error_code() == grpc::StatusCode::CANCELLED)
              << status.error_code() << " " << status.error_message();
          ++num_refused;
          return;
        }
        EXPECT_EQ(response.results_size(), 5000);
        if (num_answered.fetch_add(1) == 0) loaded.Notify();
      }
    });
  }
  loaded.WaitForNotification();
  EXPECT_TRUE(server_.server().Shutdown(absl::Minutes(5)));
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(num_refused, kClients);
}

TEST_F(DrainTest, AClientThatDoesNotLetGoIsCutWithUnavailable) {
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  ASSERT_TRUE(stream->Write(Request(0, 1)));
  v1::StreamVerifyResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(server_.server().Shutdown(absl::ZeroDuration()));
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(DrainUnaryTest, ABatchThatTakesTooLongIsCutWithUnavailable) {
  TestServer server({Algorithm::kEs512});
  // Without kernels a minute's work.
  server.config()->mutable_kernels()->set_boringssl_only(true);
  server.Start();
  v1::BatchVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kEs512);
  const std::string token = server.Sign(Algorithm::kEs512, "{}");
  for (int i = 0; i < 60000; ++i) request.add_tokens(token);
  const int num_begun = server.clock()->num_readings();
  grpc::ClientContext context;
  v1::BatchVerifyResponse response;
  grpc::Status status;
  absl::Notification done;
  server.verifier().async()->BatchVerify(&context, &request, &response,
                                         [&](grpc::Status final_status) {
                                           status = std::move(final_status);
                                           done.Notify();
                                         });
  server.clock()->AwaitReadings(num_begun + 1);
  EXPECT_FALSE(server.server().Shutdown(absl::ZeroDuration()));
  done.WaitForNotification();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DrainTest, ASecondRequestDoesNotWaitForTheFirst) {
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  ASSERT_TRUE(stream->Write(Request(0, 1)));
  v1::StreamVerifyResponse response;
  ASSERT_TRUE(stream->Read(&response));
  std::thread shutdown(
      [&] { EXPECT_FALSE(server_.server().Shutdown(absl::Hours(1))); });
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.notice_only());
  server_.server().ForceShutdown();
  shutdown.join();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DrainTest, DestructionCutsWhatIsLeft) {
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  ASSERT_TRUE(stream->Write(Request(0, 100)));
  v1::StreamVerifyResponse response;
  // Only a stream that has reached the server is the server's to cut.
  ASSERT_TRUE(stream->Read(&response));
  server_.Stop();
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace assay::testing
