// assay.v1.VerifierService over the engine.
#ifndef ASSAY_SERVICE_VERIFIER_SERVICE_H_
#define ASSAY_SERVICE_VERIFIER_SERVICE_H_

#include "absl/strings/string_view.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "core/engine/nested_verifier.h"
#include "service/arena_allocator.h"
#include "service/jwe_lanes.h"
#include "service/work_lane.h"

namespace assay::service {

// Who judges tokens: compact ones that hold an encoded payload, other JWS, and
// nested ones.
struct Verifiers {
  const engine::BatchVerifier& compact;
  const engine::JwsVerifier& jws;
  const engine::NestedVerifier& nested;
};

// Where they are judged: nested ones where JWEs are decrypted.
struct VerifyLanes {
  const WorkLane& signatures;
  const JweLanes& nested;

  const WorkLane& Of(bool is_nested, absl::string_view decryption_keys) const {
    return is_nested ? nested.Of(decryption_keys) : signatures;
  }
};

// The claims of nested tokens were encrypted: they are overwritten in the
// messages once they are on their way, as plaintexts are (DecryptedWipe).
struct NestedClaimsWipe {
  void operator()(v1::VerifyRequest*, v1::VerifyResponse* response) const;
  void operator()(v1::BatchVerifyRequest*,
                  v1::BatchVerifyResponse* response) const;
  void operator()(v1::StreamVerifyRequest*,
                  v1::StreamVerifyResponse* response) const;
};

// Thread safety: all methods may be called concurrently.
class VerifierService final : public v1::VerifierService::CallbackService {
 public:
  // What they refer to outlives the service.
  VerifierService(const Verifiers& verifiers, const VerifyLanes& lanes,
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
  const VerifyLanes lanes_;
  const size_t max_batch_items_;
  ArenaAllocator<v1::VerifyRequest, v1::VerifyResponse, NestedClaimsWipe>
      verify_allocator_;
  ArenaAllocator<v1::BatchVerifyRequest, v1::BatchVerifyResponse,
                 NestedClaimsWipe>
      batch_allocator_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_VERIFIER_SERVICE_H_
