// The quickstart as a client: one stream that signs, one that verifies, each
// kept open for the whole run.
//
// Thread safety: none; one thread uses a stream.
#ifndef ASSAY_SERVICE_QUICKSTART_TOKEN_STREAMS_H_
#define ASSAY_SERVICE_QUICKSTART_TOKEN_STREAMS_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "assay/v1/signer.grpc.pb.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "service/quickstart/specimen.h"

namespace assay::quickstart {

// Told how many more tokens have been answered.
using OnProgress = std::function<void(size_t)>;

class SigningStream {
 public:
  explicit SigningStream(const std::shared_ptr<grpc::Channel>& channel);

  // Signs all specimens of the tray, each as its damage wants it: claims become
  // tokens. Fails if one cannot be signed or the server gives up.
  absl::Status Sign(Tray* tray, const OnProgress& on_progress);
  // Ends the stream; its status.
  absl::Status Finish();

 private:
  using Stream =
      grpc::ClientReaderWriter<v1::StreamSignRequest, v1::StreamSignResponse>;

  grpc::ClientContext context_;
  std::unique_ptr<v1::SignerService::Stub> stub_;
  std::unique_ptr<Stream> stream_;
};

class VerifyingStream {
 public:
  explicit VerifyingStream(const std::shared_ptr<grpc::Channel>& channel);

  // Fills in the verdict of every specimen of the tray.
  absl::Status Verify(Tray* tray, const OnProgress& on_progress);
  // Ends the stream; its status.
  absl::Status Finish();

 private:
  using Stream = grpc::ClientReaderWriter<v1::StreamVerifyRequest,
                                          v1::StreamVerifyResponse>;

  grpc::ClientContext context_;
  std::unique_ptr<v1::VerifierService::Stub> stub_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_TOKEN_STREAMS_H_
