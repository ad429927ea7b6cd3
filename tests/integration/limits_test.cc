// Bounds over the wire: sizes, overload, deadlines, cancellation, and clients
// that do not read.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// ES512 is the slowest to verify, about a millisecond without kernels: batches
// of it keep the server busy for as long as a test needs.
constexpr Algorithm kSlow = Algorithm::kEs512;

class LimitsTest : public ::testing::Test {
 protected:
  LimitsTest() : server_({Algorithm::kHs256, kSlow}) {
    server_.config()->mutable_kernels()->set_boringssl_only(true);
  }

  grpc::Status BatchVerify(const v1::BatchVerifyRequest& request,
                           absl::Duration timeout = absl::Minutes(5)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    v1::BatchVerifyResponse response;
    return server_.verifier().BatchVerify(&context, request, &response);
  }

  v1::BatchVerifyRequest Batch(Algorithm algorithm, int num_tokens) {
    v1::BatchVerifyRequest request;
    *request.mutable_policy() = PolicyFor(algorithm);
    const std::string token = server_.Sign(algorithm, "{}");
    for (int i = 0; i < num_tokens; ++i) request.add_tokens(token);
    return request;
  }

  TestServer server_;
};

TEST_F(LimitsTest, TooLargeABatchNamesTheLimit) {
  server_.config()->mutable_limits()->set_max_batch_items(10);
  server_.Start();
  EXPECT_TRUE(BatchVerify(Batch(Algorithm::kHs256, 10)).ok());
  grpc::Status status = BatchVerify(Batch(Algorithm::kHs256, 11));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("tokens"));
  EXPECT_THAT(status.error_message(), HasSubstr("max_batch_items of 10"));

  grpc::ClientContext context;
  v1::BatchSignRequest request;
  request.mutable_options()->set_key_set("HS256");
  for (int i = 0; i < 11; ++i) request.add_payloads("{}");
  v1::BatchSignResponse response;
  status = server_.signer().BatchSign(&context, request, &response);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("payloads"));
}

TEST_F(LimitsTest, TheReceiveLimitIsTheConfigs) {
  server_.config()->mutable_limits()->set_max_request_bytes(8 << 20);
  server_.Start();
  // Above gRPC's own limit of 4 MiB.
  v1::BatchVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
  for (int i = 0; i < 100; ++i) request.add_tokens(std::string(60000, 'a'));
  EXPECT_TRUE(BatchVerify(request).ok());
  for (int i = 0; i < 100; ++i) request.add_tokens(std::string(60000, 'a'));
  EXPECT_EQ(BatchVerify(request).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(LimitsTest, ATooLargeMessageEndsAStreamWithAnError) {
  server_.config()->mutable_limits()->set_max_request_bytes(1 << 20);
  server_.Start();
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  v1::StreamVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
  request.add_tokens(std::string(2 << 20, 'a'));
  stream->Write(request);
  stream->WritesDone();
  v1::StreamVerifyResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_FALSE(stream->Finish().ok());
}

TEST_F(LimitsTest, AHeaderRepeatedInEveryTokenCannotMakeAHugeResponse) {
  server_.config()->mutable_limits()->set_max_request_bytes(1 << 20);
  server_.Start();
  grpc::ClientContext context;
  v1::BatchSignRequest request;
  request.mutable_options()->set_key_set("HS256");
  request.mutable_options()->set_extra_header_json(
      absl::StrCat(R"({"x":")", std::string(10000, 'x'), "\"}"));
  for (int i = 0; i < 10000; ++i) request.add_payloads("{}");
  v1::BatchSignResponse response;
  const grpc::Status status =
      server_.signer().BatchSign(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(ViolatedFields(status), ElementsAre("payloads"));
}

TEST_F(LimitsTest, ATokenAboveTheLimitIsTooLargeAndTheOthersAreJudged) {
  server_.config()->mutable_limits()->set_max_token_bytes(500);
  server_.Start();
  v1::BatchVerifyRequest request = Batch(Algorithm::kHs256, 2);
  request.set_tokens(0, std::string(501, 'a'));
  grpc::ClientContext context;
  v1::BatchVerifyResponse response;
  ASSERT_TRUE(
      server_.verifier().BatchVerify(&context, request, &response).ok());
  EXPECT_EQ(response.results(0).verdict(), v1::VERDICT_TOO_LARGE);
  EXPECT_EQ(response.results(1).verdict(), v1::VERDICT_VALID);
}

TEST_F(LimitsTest, ADeadlineEndsABatchEarlyAndBringsWhatWasDone) {
  server_.Start();
  const auto long_batch = Batch(kSlow, 60000);  // A minute's work.
  grpc::Status status;
  int num_valid = 0;
  int num_not_processed = 0;
  // On a machine that is busy with other things nothing may be done in time, or
  // the answer may come too late: then there is more time the next time.
  absl::Duration timeout = absl::Seconds(1);
  for (; num_valid == 0 && timeout < absl::Seconds(30); timeout *= 2) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    v1::BatchVerifyResponse response;
    status = server_.verifier().BatchVerify(&context, long_batch, &response);
    num_not_processed = 0;
    for (const v1::VerifyResult& result : response.results()) {
      num_valid += result.verdict() == v1::VERDICT_VALID;
      num_not_processed += result.verdict() == v1::VERDICT_NOT_PROCESSED;
    }
  }
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_GT(num_valid, 0);
  EXPECT_GT(num_not_processed, 0);
  EXPECT_EQ(num_valid + num_not_processed, 60000);
}

TEST_F(LimitsTest, OverloadIsToldEarlyWithRetryInfo) {
  server_.config()->mutable_limits()->set_max_pending_batches(1);
  server_.Start();
  const auto long_batch = Batch(kSlow, 60000);
  const auto short_batch = Batch(Algorithm::kHs256, 9);
  const int num_begun = server_.clock()->num_readings();
  grpc::ClientContext long_context;
  v1::BatchVerifyResponse long_response;
  absl::Notification long_done;
  server_.verifier().async()->BatchVerify(
      &long_context, &long_batch, &long_response,
      [&](grpc::Status) { long_done.Notify(); });
  server_.clock()->AwaitReadings(num_begun + 1);
  grpc::Status status = BatchVerify(short_batch);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  google::rpc::Status rich;
  google::rpc::RetryInfo retry_info;
  ASSERT_TRUE(rich.ParseFromString(status.error_details()));
  ASSERT_EQ(rich.details_size(), 1);
  EXPECT_TRUE(rich.details(0).UnpackTo(&retry_info));
  EXPECT_GT(retry_info.retry_delay().nanos(), 0);
  EXPECT_THAT(server_.LogText(),
              ::testing::HasSubstr("\"event\":\"calls_refused\",\"reason\":"
                                   "\"too many batches wait already\""));
  // A single token needs no place.
  EXPECT_EQ(server_
                .Verify(PolicyFor(Algorithm::kHs256),
                        server_.Sign(Algorithm::kHs256, "{}"))
                .verdict(),
            v1::VERDICT_VALID);
  // Cancellation gives the place back.
  long_context.TryCancel();
  long_done.WaitForNotification();
  const absl::Time until = absl::Now() + absl::Seconds(20);
  do {
    status = BatchVerify(short_batch);
  } while (!status.ok() && absl::Now() < until);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(LimitsTest, StreamsShareOnePlaceAndAreAllAnswered) {
  server_.config()->mutable_limits()->set_max_pending_batches(1);
  server_.Start();
  const std::string token = server_.Sign(Algorithm::kHs256, "{}");
  constexpr int kStreams = 8;
  constexpr int kRequests = 50;
  std::atomic<int> num_answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < kStreams; ++i) {
    clients.emplace_back([&] {
      grpc::ClientContext context;
      const auto stream = server_.verifier().StreamVerify(&context);
      v1::StreamVerifyRequest request;
      *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
      for (int j = 0; j < 100; ++j) request.add_tokens(token);
      for (int j = 0; j < kRequests; ++j) stream->Write(request);
      stream->WritesDone();
      v1::StreamVerifyResponse response;
      while (stream->Read(&response)) {
        num_answered += response.results_size();
      }
      EXPECT_TRUE(stream->Finish().ok());
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(num_answered, kStreams * kRequests * 100);
}

// The server stops reading when its client does: what a writer can send ahead
// is bounded by the stream's depth and by what the transport buffers.
TEST_F(LimitsTest, AClientThatDoesNotReadIsStopped) {
  server_.Start();
  v1::StreamVerifyRequest request;
  *request.mutable_policy() = PolicyFor(Algorithm::kHs256);
  request.mutable_policy()->set_view(v1::RESULT_VIEW_PAYLOAD);
  const std::string token =
      server_.Sign(Algorithm::kHs256,
                   absl::StrCat(R"({"a":")", std::string(20000, 'x'), "\"}"));
  for (int i = 0; i < 50; ++i) request.add_tokens(token);
  // About 1.3 MB a request, 1 MB a response.
  constexpr int kRequests = 200;
  grpc::ClientContext context;
  const auto stream = server_.verifier().StreamVerify(&context);
  std::atomic<int> num_written{0};
  std::thread writer([&] {
    for (int i = 0; i < kRequests && stream->Write(request); ++i) {
      num_written.fetch_add(1);
    }
    stream->WritesDone();
  });
  // Until the writer makes no progress for a while.
  int seen = -1;
  for (int quiet = 0; quiet < 20;) {
    absl::SleepFor(absl::Milliseconds(50));
    const int now = num_written.load();
    quiet = now == seen ? quiet + 1 : 0;
    seen = now;
  }
  EXPECT_LT(seen, 40) << "the server reads on although nobody takes responses";
  // Then everything is answered.
  v1::StreamVerifyResponse response;
  int num_read = 0;
  while (stream->Read(&response)) ++num_read;
  writer.join();
  EXPECT_EQ(num_read, kRequests);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(LimitsTest, ACancelledStreamLetsTheServerGo) {
  server_.Start();
  const auto batch = Batch(kSlow, 20000);
  {
    grpc::ClientContext context;
    const auto stream = server_.verifier().StreamVerify(&context);
    v1::StreamVerifyRequest request;
    *request.mutable_policy() = batch.policy();
    *request.mutable_tokens() = batch.tokens();
    ASSERT_TRUE(stream->Write(request));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(server_.server().Shutdown(absl::Seconds(20)));
}

}  // namespace
}  // namespace assay::testing
