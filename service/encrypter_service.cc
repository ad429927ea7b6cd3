#include "service/encrypter_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/base/secret_bytes.h"
#include "service/batch_size.h"
#include "service/batch_stream.h"
#include "service/jwe_options_proto.h"
#include "service/status.h"

namespace assay::service {
namespace {

using Plaintexts = google::protobuf::RepeatedPtrField<std::string>;

v1::EncryptOutcome OutcomeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return v1::ENCRYPT_OUTCOME_ENCRYPTED;
    case absl::StatusCode::kOutOfRange:
      return v1::ENCRYPT_OUTCOME_TOO_LARGE;
    case absl::StatusCode::kResourceExhausted:
      return v1::ENCRYPT_OUTCOME_EXHAUSTED;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return v1::ENCRYPT_OUTCOME_NOT_PROCESSED;
    default:
      return v1::ENCRYPT_OUTCOME_ENCRYPTION_FAILED;
  }
}

void WriteResult(const absl::StatusOr<std::string>& token,
                 v1::EncryptResult* proto) {
  proto->set_outcome(OutcomeOf(token.status()));
  if (token.ok()) {
    proto->set_token(*token);
  } else {
    proto->set_reason(std::string(token.status().message()));
  }
}

template <typename Response>
void WriteCommon(const engine::EncryptResults& batch, Response* response) {
  response->set_key_generation(batch.key_generation);
  if (batch.kid) response->set_kid(batch.kid->data(), batch.kid->size());
  response->set_algorithm(static_cast<v1::KeyManagementAlgorithm>(batch.alg));
}

engine::EncryptRequest EngineRequest(
    const EncryptingOptions& options,
    absl::Span<const absl::string_view> plaintexts, const JweLanes& lanes,
    const CallState& state) {
  engine::EncryptRequest request = options.ToRequest();
  request.plaintexts = plaintexts;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  request.max_parallelism = lanes.MaxParallelism(options.key_set);
  return request;
}

// Encrypts `plaintexts` into a response with results.
template <typename Response>
grpc::Status EncryptPlaintexts(const engine::BatchEncrypter& encrypter,
                               const JweLanes& lanes,
                               const EncryptingOptions& options,
                               const Plaintexts& plaintexts,
                               const CallState& state, Response* response) {
  const std::vector<absl::string_view> views(plaintexts.begin(),
                                             plaintexts.end());
  const absl::Status status = encrypter.Encrypt(
      EngineRequest(options, views, lanes, state),
      [response](const engine::EncryptResults& batch) {
        WriteCommon(batch, response);
        auto* results = response->mutable_results();
        results->Reserve(static_cast<int>(batch.tokens.size()));
        for (const auto& token : batch.tokens) {
          WriteResult(token, results->Add());
        }
      });
  return FromEngine(status, "options");
}

// Each of a token's recipients costs what a token for one costs.
size_t NumWrappings(const v1::EncryptOptions& options, int num_plaintexts) {
  return static_cast<size_t>(num_plaintexts) *
         static_cast<size_t>(std::max(1, options.kids_size()));
}

void CheckRecipients(const EncryptingOptions& options,
                     const EncrypterLimits& limits, Violations* violations) {
  if (options.kids.size() <= limits.max_recipients) return;
  violations->Add("options.kids",
                  absl::StrCat("holds ", options.kids.size(),
                               ", above the limit max_recipients of ",
                               limits.max_recipients));
}

grpc::Status EncryptOne(const engine::BatchEncrypter& encrypter,
                        const JweLanes& lanes, const EncrypterLimits& limits,
                        const v1::EncryptRequest& request,
                        const CallState& state, v1::EncryptResponse* response) {
  Violations violations;
  const EncryptingOptions options =
      ReadEncryptOptions(request.options(), &violations);
  CheckRecipients(options, limits, &violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::string_view plaintext = request.plaintext();
  const absl::Status status = encrypter.Encrypt(
      EngineRequest(options, absl::MakeConstSpan(&plaintext, 1), lanes, state),
      [response](const engine::EncryptResults& batch) {
        WriteCommon(batch, response);
        WriteResult(batch.tokens[0], response->mutable_result());
      });
  return FromEngine(status, "options");
}

// What a token has beside its content, give or take, before base64url.
size_t EstimatedOverhead(const EncryptingOptions& options) {
  constexpr size_t kFixedParts = 128;
  // A key that is wrapped by RSA of 4096 bits.
  constexpr size_t kRecipientBytes = 512;
  size_t bytes = kFixedParts + options.apu.size() + options.apv.size() +
                 options.aad.size() + options.unprotected.size() +
                 (options.typ ? options.typ->size() : 0) +
                 (options.cty ? options.cty->size() : 0) +
                 kRecipientBytes * std::max<size_t>(1, options.kids.size());
  for (const std::string& kid : options.kids) bytes += kid.size();
  return bytes;
}

// What a batch asks for as a whole.
void CheckBatch(const Plaintexts& plaintexts, const EncryptingOptions& options,
                const EncrypterLimits& limits, Violations* violations) {
  CheckRecipients(options, limits, violations);
  if (!CheckBatchSize("plaintexts", plaintexts.size(), limits.max_batch_items,
                      violations)) {
    return;
  }
  const size_t num_plaintexts = static_cast<size_t>(plaintexts.size());
  size_t bytes = num_plaintexts * EstimatedOverhead(options);
  for (const std::string& plaintext : plaintexts) bytes += plaintext.size();
  const size_t response_bytes = bytes / 3 * 4;
  if (response_bytes > limits.max_response_bytes) {
    violations->Add(
        "plaintexts",
        absl::StrCat("with these options the tokens would take ",
                     response_bytes, " bytes, above the limit of ",
                     limits.max_response_bytes, ": send them in parts"));
  }
}

using StreamBase =
    BatchStream<v1::StreamEncryptRequest, v1::StreamEncryptResponse>;

class EncryptStream final : public StreamBase {
 public:
  EncryptStream(const engine::BatchEncrypter* encrypter, const JweLanes* lanes,
                const EncrypterLimits& limits)
      : StreamBase(&lanes->quick()),
        encrypter_(*encrypter),
        lanes_(*lanes),
        limits_(limits) {}

 private:
  size_t NumItems(const v1::StreamEncryptRequest& request) const override {
    if (request.has_options() || !options_) {
      return NumWrappings(request.options(), request.plaintexts_size());
    }
    return static_cast<size_t>(request.plaintexts_size()) *
           std::max<size_t>(1, options_->kids.size());
  }

  const WorkLane& LaneFor(
      const v1::StreamEncryptRequest& request) const override {
    if (request.has_options()) return lanes_.Of(request.options().key_set());
    return options_ ? lanes_.Of(options_->key_set) : lanes_.quick();
  }

  grpc::Status Process(const v1::StreamEncryptRequest& request,
                       const CallState& state,
                       v1::StreamEncryptResponse* response) override {
    Violations violations;
    if (request.has_options()) {
      options_ = ReadEncryptOptions(request.options(), &violations);
    } else if (!options_) {
      violations.Add("options", "is required in the first request");
    }
    if (options_) {
      CheckBatch(request.plaintexts(), *options_, limits_, &violations);
    }
    if (!violations.empty()) return violations.ToStatus();
    return EncryptPlaintexts(encrypter_, lanes_, *options_,
                             request.plaintexts(), state, response);
  }

  void WipeSecrets(v1::StreamEncryptRequest* request,
                   v1::StreamEncryptResponse* response) const override {
    PlaintextWipe()(request, response);
  }

  const engine::BatchEncrypter& encrypter_;
  const JweLanes& lanes_;
  const EncrypterLimits limits_;
  absl::optional<EncryptingOptions> options_;
};

}  // namespace

void PlaintextWipe::operator()(v1::EncryptRequest* request,
                               v1::EncryptResponse*) const {
  WipeString(request->mutable_plaintext());
}

void PlaintextWipe::operator()(v1::BatchEncryptRequest* request,
                               v1::BatchEncryptResponse*) const {
  for (std::string& text : *request->mutable_plaintexts()) WipeString(&text);
}

void PlaintextWipe::operator()(v1::StreamEncryptRequest* request,
                               v1::StreamEncryptResponse*) const {
  for (std::string& text : *request->mutable_plaintexts()) WipeString(&text);
}

EncrypterService::EncrypterService(const engine::BatchEncrypter* encrypter,
                                   const JweLanes* lanes,
                                   const EncrypterLimits& limits)
    : encrypter_(*encrypter), lanes_(*lanes), limits_(limits) {
  SetMessageAllocatorFor_Encrypt(&encrypt_allocator_);
  SetMessageAllocatorFor_BatchEncrypt(&batch_allocator_);
}

grpc::ServerUnaryReactor* EncrypterService::Encrypt(
    grpc::CallbackServerContext* context, const v1::EncryptRequest* request,
    v1::EncryptResponse* response) {
  return lanes_.Of(request->options().key_set())
      .RunBatch(context, NumWrappings(request->options(), 1),
                [this, request, response](const CallState& state) {
                  return EncryptOne(encrypter_, lanes_, limits_, *request,
                                    state, response);
                });
}

grpc::ServerUnaryReactor* EncrypterService::BatchEncrypt(
    grpc::CallbackServerContext* context,
    const v1::BatchEncryptRequest* request,
    v1::BatchEncryptResponse* response) {
  return lanes_.Of(request->options().key_set())
      .RunBatch(
          context, NumWrappings(request->options(), request->plaintexts_size()),
          [this, request, response](const CallState& state) {
            Violations violations;
            const EncryptingOptions options =
                ReadEncryptOptions(request->options(), &violations);
            CheckBatch(request->plaintexts(), options, limits_, &violations);
            if (!violations.empty()) return violations.ToStatus();
            return EncryptPlaintexts(encrypter_, lanes_, options,
                                     request->plaintexts(), state, response);
          });
}

grpc::ServerBidiReactor<v1::StreamEncryptRequest, v1::StreamEncryptResponse>*
EncrypterService::StreamEncrypt(grpc::CallbackServerContext* context) {
  return StreamBase::Start<EncryptStream>(context, &encrypter_, &lanes_,
                                          limits_);
}

}  // namespace assay::service
