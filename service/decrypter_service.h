// assay.v1.DecrypterService over the engine.
#ifndef ASSAY_SERVICE_DECRYPTER_SERVICE_H_
#define ASSAY_SERVICE_DECRYPTER_SERVICE_H_

#include "assay/v1/decrypter.grpc.pb.h"
#include "core/engine/batch_decrypter.h"
#include "service/arena_allocator.h"
#include "service/jwe_lanes.h"

namespace assay::service {

// Plaintexts are overwritten in the messages once they are on their way; what
// gRPC keeps of them until they are sent is beyond reach.
struct DecryptedWipe {
  void operator()(v1::DecryptRequest*, v1::DecryptResponse* response) const;
  void operator()(v1::BatchDecryptRequest*,
                  v1::BatchDecryptResponse* response) const;
  void operator()(v1::StreamDecryptRequest*,
                  v1::StreamDecryptResponse* response) const;
};

// Thread safety: all methods may be called concurrently.
class DecrypterService final : public v1::DecrypterService::CallbackService {
 public:
  // Both outlive the service.
  DecrypterService(const engine::BatchDecrypter* decrypter,
                   const JweLanes* lanes, size_t max_batch_items);

  grpc::ServerUnaryReactor* Decrypt(grpc::CallbackServerContext* context,
                                    const v1::DecryptRequest* request,
                                    v1::DecryptResponse* response) override;
  grpc::ServerUnaryReactor* BatchDecrypt(
      grpc::CallbackServerContext* context,
      const v1::BatchDecryptRequest* request,
      v1::BatchDecryptResponse* response) override;
  grpc::ServerBidiReactor<v1::StreamDecryptRequest, v1::StreamDecryptResponse>*
  StreamDecrypt(grpc::CallbackServerContext* context) override;

 private:
  const engine::BatchDecrypter& decrypter_;
  const JweLanes& lanes_;
  const size_t max_batch_items_;
  ArenaAllocator<v1::DecryptRequest, v1::DecryptResponse, DecryptedWipe>
      decrypt_allocator_;
  ArenaAllocator<v1::BatchDecryptRequest, v1::BatchDecryptResponse,
                 DecryptedWipe>
      batch_allocator_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_DECRYPTER_SERVICE_H_
