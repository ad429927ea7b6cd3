// assay.v1.VerifierService over the engine.
#ifndef ASSAY_SERVICE_VERIFIER_SERVICE_H_
#define ASSAY_SERVICE_VERIFIER_SERVICE_H_

#include "assay/v1/verifier.grpc.pb.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "service/arena_allocator.h"
#include "service/work_lane.h"

namespace assay::service {

// Who judges tokens: compact ones that hold an encoded payload, and others.
struct Verifiers {
  const engine::BatchVerifier& compact;
  const engine::JwsVerifier& jws;
};

// Thread safety: all methods may be called concurrently.
class VerifierService final : public v1::VerifierService::CallbackService {
 public:
  // All outlive the service.
  VerifierService(const engine::BatchVerifier* verifier,
                  const engine::JwsVerifier* jws_verifier, const WorkLane* lane,
                  size_t max_batch_items);

  grpc::ServerUnaryReactor* Verify(grpc::CallbackServerContext* context,
                                   const v1::VerifyRequest* request,
                                   v1::VerifyResponse* response) override;
  grpc::ServerUnaryReactor* BatchVerify(
      grpc::CallbackServerContext* context,
      const v1::BatchVerifyRequest* request,
      v1::BatchVerifyResponse* response) override;
  grpc::ServerBidiReactor<v1::StreamVerifyRequest, v1::StreamVerifyResponse>*
  StreamVerify(grpc::CallbackServerContext* context) override;

 private:
  const Verifiers verifiers_;
  const WorkLane& lane_;
  const size_t max_batch_items_;
  ArenaAllocator<v1::VerifyRequest, v1::VerifyResponse> verify_allocator_;
  ArenaAllocator<v1::BatchVerifyRequest, v1::BatchVerifyResponse>
      batch_allocator_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_VERIFIER_SERVICE_H_
