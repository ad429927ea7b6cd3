// assay.v1.EncrypterService over the engine.
#ifndef ASSAY_SERVICE_ENCRYPTER_SERVICE_H_
#define ASSAY_SERVICE_ENCRYPTER_SERVICE_H_

#include "assay/v1/encrypter.grpc.pb.h"
#include "core/engine/batch_encrypter.h"
#include "service/arena_allocator.h"
#include "service/jwe_lanes.h"

namespace assay::service {

struct EncrypterLimits {
  size_t max_batch_items;
  size_t max_recipients;
  // Every token repeats the header, the aad and the recipients, so that a small
  // request could ask for a huge response; this bounds what it may ask for.
  size_t max_response_bytes;
};

// Plaintexts are overwritten in the messages once the answer is on its way;
// what gRPC has read them from is beyond reach.
struct PlaintextWipe {
  void operator()(v1::EncryptRequest* request, v1::EncryptResponse*) const;
  void operator()(v1::BatchEncryptRequest* request,
                  v1::BatchEncryptResponse*) const;
  void operator()(v1::StreamEncryptRequest* request,
                  v1::StreamEncryptResponse*) const;
};

// Thread safety: all methods may be called concurrently.
class EncrypterService final : public v1::EncrypterService::CallbackService {
 public:
  // Both outlive the service.
  EncrypterService(const engine::BatchEncrypter* encrypter,
                   const JweLanes* lanes, const EncrypterLimits& limits);

  grpc::ServerUnaryReactor* Encrypt(grpc::CallbackServerContext* context,
                                    const v1::EncryptRequest* request,
                                    v1::EncryptResponse* response) override;
  grpc::ServerUnaryReactor* BatchEncrypt(
      grpc::CallbackServerContext* context,
      const v1::BatchEncryptRequest* request,
      v1::BatchEncryptResponse* response) override;
  grpc::ServerBidiReactor<v1::StreamEncryptRequest, v1::StreamEncryptResponse>*
  StreamEncrypt(grpc::CallbackServerContext* context) override;

 private:
  const engine::BatchEncrypter& encrypter_;
  const JweLanes& lanes_;
  const EncrypterLimits limits_;
  ArenaAllocator<v1::EncryptRequest, v1::EncryptResponse, PlaintextWipe>
      encrypt_allocator_;
  ArenaAllocator<v1::BatchEncryptRequest, v1::BatchEncryptResponse,
                 PlaintextWipe>
      batch_allocator_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ENCRYPTER_SERVICE_H_
