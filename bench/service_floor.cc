// The floor under assayd: a server of the same protocol, built the same way,
// whose BatchVerify does nothing but parse its tokens and answer as many empty
// results. What it costs is gRPC's, not ours.
//
//   service_floor ADDRESS...
//
// Says where it listens as assayd does, and runs until it is killed.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "assay/v1/verifier.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "service/allocator_tuning.h"
#include "service/arena_allocator.h"

namespace assay::bench {
namespace {

class EmptyVerifier final
    : public v1::VerifierService::WithCallbackMethod_BatchVerify<
          v1::VerifierService::Service> {
 public:
  EmptyVerifier() { SetMessageAllocatorFor_BatchVerify(&allocator_); }

  grpc::ServerUnaryReactor* BatchVerify(
      grpc::CallbackServerContext* context,
      const v1::BatchVerifyRequest* request,
      v1::BatchVerifyResponse* response) override {
    for (int i = 0; i < request->tokens_size(); ++i) response->add_results();
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  service::ArenaAllocator<v1::BatchVerifyRequest, v1::BatchVerifyResponse>
      allocator_;
};

bool IsTcp(const std::string& address) {
  return address.compare(0, 5, "unix:") != 0;
}

// The address with the port that the system chose.
std::string BoundAddress(const std::string& address, int port) {
  if (!IsTcp(address)) return address;
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

int Main(int argc, char** argv) {
  service::TuneAllocator();
  const std::vector<std::string> addresses(argv + 1, argv + argc);
  std::vector<int> ports(addresses.size());
  EmptyVerifier verifier;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(-1);
  builder.RegisterService(&verifier);
  for (size_t i = 0; i < addresses.size(); ++i) {
    builder.AddListeningPort(addresses[i], grpc::InsecureServerCredentials(),
                             &ports[i]);
  }
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 2;
  for (size_t i = 0; i < addresses.size(); ++i) {
    std::fprintf(stderr, "{\"event\":\"listening\",\"address\":\"%s\"}\n",
                 BoundAddress(addresses[i], ports[i]).c_str());
  }
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) { return assay::bench::Main(argc, argv); }
