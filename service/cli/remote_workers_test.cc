// What the command makes of servers that behave in ways that assayd does not.
// tests/cli has the real one.
#include "service/cli/remote_workers.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"

namespace assay::cli {
namespace {

using Stream =
    grpc::ServerReaderWriter<v1::StreamVerifyResponse, v1::StreamVerifyRequest>;

// Answers one request, then ends the stream as if that had been all.
class HastyServer : public v1::VerifierService::Service {
 public:
  grpc::Status StreamVerify(grpc::ServerContext*, Stream* stream) override {
    v1::StreamVerifyRequest request;
    if (!stream->Read(&request)) return grpc::Status::OK;
    v1::StreamVerifyResponse response;
    response.set_sequence(request.sequence());
    for (int i = 0; i < request.tokens_size(); ++i) {
      response.add_results()->set_verdict(v1::VERDICT_VALID);
    }
    stream->Write(response);
    return grpc::Status::OK;
  }
};

TEST(RemoteWorkersTest, AStreamThatEndsBeforeTheInputIsAnError) {
  HastyServer service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  ServerFlags flags;
  flags.address = absl::StrCat("127.0.0.1:", port);
  flags.key_set = "a";
  const auto worker =
      MakeRemoteVerifier(flags, {jose::Policy(), OutputForm::kVerdicts, {}});
  ASSERT_TRUE(worker.ok()) << worker.status();

  BatchPipeline pipeline(1);
  std::unique_ptr<Batch> batch = pipeline.TakeEmpty();
  batch->lines = {"a.b.c"};
  batch->line_numbers = {1};
  batch->too_long = {false};
  pipeline.PutRead(std::move(batch));
  // The input has not ended: nobody can know that this line was the last.
  const absl::Status status = (*worker)->Run(pipeline);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(
      status.message(), "ended the stream early: lines from index 1 on"))
      << status;
}

}  // namespace
}  // namespace assay::cli
