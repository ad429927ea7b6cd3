#include "tests/integration/raw_call.h"

#include <utility>

#include "grpcpp/generic/generic_stub.h"

namespace assay::testing {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  (void)buffer.Dump(&slices);
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

std::vector<std::string> RawCall(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& method,
                                 const std::string& message,
                                 grpc::Status* status) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto next = [&queue] {
    void* tag;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const auto stream = stub.PrepareCall(&context, method, &queue);
  std::vector<std::string> answers;
  stream->StartCall(nullptr);
  if (next()) {
    stream->WriteLast(ToBuffer(message), grpc::WriteOptions(), nullptr);
    next();
    grpc::ByteBuffer answer;
    for (stream->Read(&answer, nullptr); next();
         stream->Read(&answer, nullptr)) {
      answers.push_back(FromBuffer(answer));
    }
  }
  stream->Finish(status, nullptr);
  next();
  return answers;
}

int HealthOf(const std::shared_ptr<grpc::Channel>& channel,
             const std::string& service) {
  // HealthCheckRequest.service is field 1, a string.
  std::string request;
  if (!service.empty()) {
    request = "\n";
    request.push_back(static_cast<char>(service.size()));
    request += service;
  }
  grpc::Status status;
  const auto answers =
      RawCall(channel, "/grpc.health.v1.Health/Check", request, &status);
  if (!status.ok()) return -static_cast<int>(status.error_code());
  // HealthCheckResponse.status is field 1, a varint.
  return answers.size() == 1 && answers[0].size() == 2 ? answers[0][1] : 0;
}

}  // namespace assay::testing
