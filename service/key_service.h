// assay.v1.KeyService over the key cache. Public keys only.
#ifndef ASSAY_SERVICE_KEY_SERVICE_H_
#define ASSAY_SERVICE_KEY_SERVICE_H_

#include "assay/v1/keys.grpc.pb.h"
#include "core/keys/key_cache.h"
#include "service/work_lane.h"

namespace assay::service {

// Thread safety: all methods may be called concurrently.
class KeyService final : public v1::KeyService::CallbackService {
 public:
  // Both outlive the service.
  KeyService(const keys::KeyCache* key_cache, const WorkLane* lane);

  grpc::ServerUnaryReactor* ListKeySets(
      grpc::CallbackServerContext* context,
      const v1::ListKeySetsRequest* request,
      v1::ListKeySetsResponse* response) override;
  grpc::ServerUnaryReactor* GetJwks(grpc::CallbackServerContext* context,
                                    const v1::GetJwksRequest* request,
                                    v1::GetJwksResponse* response) override;

 private:
  const keys::KeyCache& key_cache_;
  const WorkLane& lane_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_KEY_SERVICE_H_
