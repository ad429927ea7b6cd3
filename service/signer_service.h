// assay.v1.SignerService over the engine.
#ifndef ASSAY_SERVICE_SIGNER_SERVICE_H_
#define ASSAY_SERVICE_SIGNER_SERVICE_H_

#include "assay/v1/signer.grpc.pb.h"
#include "core/engine/batch_signer.h"
#include "core/engine/jws_signer.h"
#include "service/arena_allocator.h"
#include "service/work_lane.h"

namespace assay::service {

struct SignerLimits {
  size_t max_batch_items;
  // Every token repeats the header, so that a small request could ask for a
  // huge response; this bounds what it may ask for.
  size_t max_response_bytes;
};

// Who signs: compact tokens that hold an encoded payload, and others.
struct Signers {
  const engine::BatchSigner& compact;
  const engine::JwsSigner& jws;
};

// Thread safety: all methods may be called concurrently.
class SignerService final : public v1::SignerService::CallbackService {
 public:
  // All outlive the service.
  SignerService(const engine::BatchSigner* signer,
                const engine::JwsSigner* jws_signer, const WorkLane* lane,
                const SignerLimits& limits);

  grpc::ServerUnaryReactor* Sign(grpc::CallbackServerContext* context,
                                 const v1::SignRequest* request,
                                 v1::SignResponse* response) override;
  grpc::ServerUnaryReactor* BatchSign(grpc::CallbackServerContext* context,
                                      const v1::BatchSignRequest* request,
                                      v1::BatchSignResponse* response) override;
  grpc::ServerBidiReactor<v1::StreamSignRequest, v1::StreamSignResponse>*
  StreamSign(grpc::CallbackServerContext* context) override;

 private:
  const Signers signers_;
  const WorkLane& lane_;
  const SignerLimits limits_;
  ArenaAllocator<v1::SignRequest, v1::SignResponse> sign_allocator_;
  ArenaAllocator<v1::BatchSignRequest, v1::BatchSignResponse> batch_allocator_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_SIGNER_SERVICE_H_
