#include "service/decrypter_service.h"

#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "core/base/decrypt_reason.h"
#include "core/base/secret_bytes.h"
#include "service/batch_size.h"
#include "service/batch_stream.h"
#include "service/jwe_options_proto.h"
#include "service/status.h"

namespace assay::service {
namespace {

// The wire's numbers are the core's.
static_assert(static_cast<int>(DecryptVerdict::kValid) ==
              v1::DECRYPT_VERDICT_VALID);
static_assert(static_cast<int>(DecryptVerdict::kNotProcessed) ==
              v1::DECRYPT_VERDICT_NOT_PROCESSED);
static_assert(kNumDecryptVerdicts == v1::DecryptVerdict_ARRAYSIZE);

using Tokens = google::protobuf::RepeatedPtrField<std::string>;

void WipePlaintext(v1::DecryptResult* result) {
  WipeString(result->mutable_plaintext());
}

void WriteResult(const engine::DecryptResult& result, bool omit_plaintext,
                 v1::DecryptResult* proto) {
  proto->set_verdict(static_cast<v1::DecryptVerdict>(VerdictOf(result.reason)));
  proto->set_algorithm(static_cast<v1::KeyManagementAlgorithm>(result.alg));
  proto->set_encryption(
      static_cast<v1::ContentEncryptionAlgorithm>(result.enc));
  if (result.kid) proto->set_kid(*result.kid);
  proto->set_recipient(static_cast<uint32_t>(result.recipient));
  if (result.reason != DecryptReason::kValid) {
    const absl::string_view reason = ReasonText(result.reason);
    proto->set_reason(reason.data(), reason.size());
    return;
  }
  if (!omit_plaintext) proto->set_plaintext(result.plaintext);
  if (result.aad) proto->set_aad(*result.aad);
}

engine::DecryptRequest EngineRequest(const DecryptingOptions& options,
                                     absl::Span<const absl::string_view> tokens,
                                     const JweLanes& lanes,
                                     const CallState& state) {
  engine::DecryptRequest request = options.ToRequest();
  request.tokens = tokens;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  request.max_parallelism = lanes.MaxParallelism(options.key_set);
  return request;
}

// Decrypts `tokens` into a response with results.
template <typename Response>
grpc::Status DecryptTokens(const engine::BatchDecrypter& decrypter,
                           const JweLanes& lanes,
                           const DecryptingOptions& options,
                           const Tokens& tokens, const CallState& state,
                           Response* response) {
  const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
  const absl::Status status = decrypter.Decrypt(
      EngineRequest(options, views, lanes, state),
      [&options, response](const engine::DecryptResults& batch) {
        response->set_key_generation(batch.key_generation);
        auto* results = response->mutable_results();
        results->Reserve(static_cast<int>(batch.results.size()));
        for (const engine::DecryptResult& result : batch.results) {
          WriteResult(result, options.omit_plaintext, results->Add());
        }
      });
  return FromEngine(status, "tokens");
}

grpc::Status DecryptOne(const engine::BatchDecrypter& decrypter,
                        const JweLanes& lanes,
                        const v1::DecryptRequest& request,
                        const CallState& state, v1::DecryptResponse* response) {
  Violations violations;
  const DecryptingOptions options =
      ReadDecryptOptions(request.options(), &violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::string_view token = request.token();
  const absl::Status status = decrypter.Decrypt(
      EngineRequest(options, absl::MakeConstSpan(&token, 1), lanes, state),
      [&options, response](const engine::DecryptResults& batch) {
        response->set_key_generation(batch.key_generation);
        WriteResult(batch.results[0], options.omit_plaintext,
                    response->mutable_result());
      });
  return FromEngine(status, "token");
}

using StreamBase =
    BatchStream<v1::StreamDecryptRequest, v1::StreamDecryptResponse>;

class DecryptStream final : public StreamBase {
 public:
  DecryptStream(const engine::BatchDecrypter* decrypter, const JweLanes* lanes,
                size_t max_batch_items)
      : StreamBase(&lanes->quick()),
        decrypter_(*decrypter),
        lanes_(*lanes),
        max_batch_items_(max_batch_items) {}

 private:
  size_t NumItems(const v1::StreamDecryptRequest& request) const override {
    return static_cast<size_t>(request.tokens_size());
  }

  const WorkLane& LaneFor(
      const v1::StreamDecryptRequest& request) const override {
    if (request.has_options()) return lanes_.Of(request.options().key_set());
    return options_ ? lanes_.Of(options_->key_set) : lanes_.quick();
  }

  grpc::Status Process(const v1::StreamDecryptRequest& request,
                       const CallState& state,
                       v1::StreamDecryptResponse* response) override {
    Violations violations;
    CheckBatchSize("tokens", request.tokens_size(), max_batch_items_,
                   &violations);
    if (request.has_options()) {
      options_ = ReadDecryptOptions(request.options(), &violations);
    } else if (!options_) {
      violations.Add("options", "is required in the first request");
    }
    if (!violations.empty()) return violations.ToStatus();
    return DecryptTokens(decrypter_, lanes_, *options_, request.tokens(), state,
                         response);
  }

  void WipeSecrets(v1::StreamDecryptRequest* request,
                   v1::StreamDecryptResponse* response) const override {
    DecryptedWipe()(request, response);
  }

  const engine::BatchDecrypter& decrypter_;
  const JweLanes& lanes_;
  const size_t max_batch_items_;
  absl::optional<DecryptingOptions> options_;
};

}  // namespace

void DecryptedWipe::operator()(v1::DecryptRequest*,
                               v1::DecryptResponse* response) const {
  if (response->has_result()) WipePlaintext(response->mutable_result());
}

void DecryptedWipe::operator()(v1::BatchDecryptRequest*,
                               v1::BatchDecryptResponse* response) const {
  for (auto& result : *response->mutable_results()) WipePlaintext(&result);
}

void DecryptedWipe::operator()(v1::StreamDecryptRequest*,
                               v1::StreamDecryptResponse* response) const {
  for (auto& result : *response->mutable_results()) WipePlaintext(&result);
}

DecrypterService::DecrypterService(const engine::BatchDecrypter* decrypter,
                                   const JweLanes* lanes,
                                   size_t max_batch_items)
    : decrypter_(*decrypter),
      lanes_(*lanes),
      max_batch_items_(max_batch_items) {
  SetMessageAllocatorFor_Decrypt(&decrypt_allocator_);
  SetMessageAllocatorFor_BatchDecrypt(&batch_allocator_);
}

grpc::ServerUnaryReactor* DecrypterService::Decrypt(
    grpc::CallbackServerContext* context, const v1::DecryptRequest* request,
    v1::DecryptResponse* response) {
  return lanes_.Of(request->options().key_set())
      .RunBatch(context, 1, [this, request, response](const CallState& state) {
        return DecryptOne(decrypter_, lanes_, *request, state, response);
      });
}

grpc::ServerUnaryReactor* DecrypterService::BatchDecrypt(
    grpc::CallbackServerContext* context,
    const v1::BatchDecryptRequest* request,
    v1::BatchDecryptResponse* response) {
  return lanes_.Of(request->options().key_set())
      .RunBatch(context, static_cast<size_t>(request->tokens_size()),
                [this, request, response](const CallState& state) {
                  Violations violations;
                  CheckBatchSize("tokens", request->tokens_size(),
                                 max_batch_items_, &violations);
                  const DecryptingOptions options =
                      ReadDecryptOptions(request->options(), &violations);
                  if (!violations.empty()) return violations.ToStatus();
                  return DecryptTokens(decrypter_, lanes_, options,
                                       request->tokens(), state, response);
                });
}

grpc::ServerBidiReactor<v1::StreamDecryptRequest, v1::StreamDecryptResponse>*
DecrypterService::StreamDecrypt(grpc::CallbackServerContext* context) {
  return StreamBase::Start<DecryptStream>(context, &decrypter_, &lanes_,
                                          max_batch_items_);
}

}  // namespace assay::service
