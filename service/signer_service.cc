#include "service/signer_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "service/batch_size.h"
#include "service/batch_stream.h"
#include "service/proto_time.h"
#include "service/sign_options_proto.h"
#include "service/status.h"

namespace assay::service {
namespace {

// The wire's numbers are the core's.
static_assert(static_cast<int>(engine::SignOutcome::kSigned) ==
              v1::SIGN_OUTCOME_SIGNED);
static_assert(static_cast<int>(engine::SignOutcome::kNotPlain) ==
              v1::SIGN_OUTCOME_NOT_PLAIN);
static_assert(engine::kNumSignOutcomes == v1::SignOutcome_ARRAYSIZE);

using Payloads = google::protobuf::RepeatedPtrField<std::string>;

void WriteResult(const engine::SignResult& result, v1::SignResult* proto) {
  proto->set_outcome(static_cast<v1::SignOutcome>(result.outcome));
  if (result.outcome == engine::SignOutcome::kSigned) {
    proto->set_token(result.token.data(), result.token.size());
    return;
  }
  const absl::string_view reason = SignOutcomeText(result.outcome);
  proto->set_reason(reason.data(), reason.size());
}

template <typename Response>
void WriteCommon(const engine::SignResults& batch, Response* response) {
  ToProto(batch.signed_at, response->mutable_signed_at());
  response->set_key_generation(batch.key_generation);
  response->set_kid(batch.kid.data(), batch.kid.size());
  response->set_algorithm(static_cast<v1::SignatureAlgorithm>(batch.alg));
}

engine::SignRequest EngineRequest(const SigningOptions& options,
                                  absl::Span<const absl::string_view> payloads,
                                  const CallState& state) {
  engine::SignRequest request;
  request.key_set = options.key_set;
  request.kid = options.kid;
  request.alg = options.alg;
  request.options = &options.options;
  request.payloads = payloads;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  return request;
}

engine::JwsSignRequest JwsRequest(const SigningOptions& options,
                                  absl::Span<const absl::string_view> payloads,
                                  const CallState& state) {
  engine::JwsSignRequest request;
  request.key_set = options.key_set;
  request.kids = options.kids;
  if (request.kids.empty() && options.kid) request.kids = {*options.kid};
  request.alg = options.alg;
  request.options = &options.options;
  request.payloads = payloads;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  return request;
}

absl::Status SignAll(
    const Signers& signers, const SigningOptions& options,
    absl::Span<const absl::string_view> payloads, const CallState& state,
    absl::FunctionRef<void(const engine::SignResults&)> consume) {
  return engine::NeedsJwsSigner(options.options)
             ? signers.jws.Sign(JwsRequest(options, payloads, state), consume)
             : signers.compact.Sign(EngineRequest(options, payloads, state),
                                    consume);
}

// Signs `payloads` into a response with results.
template <typename Response>
grpc::Status SignPayloads(const Signers& signers, const SigningOptions& options,
                          const Payloads& payloads, const CallState& state,
                          Response* response) {
  const std::vector<absl::string_view> views(payloads.begin(), payloads.end());
  const absl::Status status =
      SignAll(signers, options, views, state,
              [response](const engine::SignResults& batch) {
                WriteCommon(batch, response);
                auto* results = response->mutable_results();
                results->Reserve(static_cast<int>(batch.results.size()));
                for (const engine::SignResult& result : batch.results) {
                  WriteResult(result, results->Add());
                }
              });
  return FromEngine(status, "options");
}

grpc::Status SignOne(const Signers& signers, const v1::SignRequest& request,
                     const CallState& state, v1::SignResponse* response) {
  Violations violations;
  const SigningOptions options =
      ReadSignOptions(request.options(), &violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::string_view payload = request.payload();
  const absl::Status status =
      SignAll(signers, options, absl::MakeConstSpan(&payload, 1), state,
              [response](const engine::SignResults& batch) {
                WriteCommon(batch, response);
                WriteResult(batch.results[0], response->mutable_result());
              });
  return FromEngine(status, "options");
}

// A header for each signature of a token.
size_t NumHeaders(const SigningOptions& options) {
  return std::max<size_t>(options.kids.size(), 1);
}

// The most that a payload of `len` bytes takes in a token: in JSON a byte that
// is not encoded may be escaped by six.
size_t MaxPayloadBytes(const SigningOptions& options, size_t len) {
  if (options.options.detached) return 0;
  if (!options.options.unencoded_payload) return len / 3 * 4;
  return options.options.form == jose::Form::kJwsJson ? len * 6 : len;
}

// The header's size, give or take, in base64url.
size_t EstimatedHeaderBytes(const SigningOptions& options) {
  constexpr size_t kFixedParts = 64;
  size_t kid_len = options.kid ? options.kid->size() : 0;
  for (const std::string& kid : options.kids) {
    kid_len = std::max(kid_len, kid.size());
  }
  const size_t json = kFixedParts + options.options.extra_header.size() +
                      kid_len +
                      (options.options.typ ? options.options.typ->size() : 0);
  return json / 3 * 4;
}

// What a batch asks for as a whole.
void CheckBatch(const Payloads& payloads, const SigningOptions& options,
                const SignerLimits& limits, Violations* violations) {
  if (!CheckBatchSize("payloads", payloads.size(), limits.max_batch_items,
                      violations)) {
    return;
  }
  const size_t num_payloads = static_cast<size_t>(payloads.size());
  size_t payload_bytes = 0;
  for (const std::string& payload : payloads) payload_bytes += payload.size();
  const size_t response_bytes =
      MaxPayloadBytes(options, payload_bytes) +
      num_payloads * NumHeaders(options) * EstimatedHeaderBytes(options);
  if (response_bytes > limits.max_response_bytes) {
    violations->Add("payloads",
                    absl::StrCat("with these headers the tokens would take ",
                                 response_bytes, " bytes, above the limit of ",
                                 limits.max_response_bytes));
  }
}

using StreamBase = BatchStream<v1::StreamSignRequest, v1::StreamSignResponse>;

class SignStream final : public StreamBase {
 public:
  SignStream(const Signers* signers, const WorkLane* lane,
             const SignerLimits& limits)
      : StreamBase(lane), signers_(*signers), limits_(limits) {}

 private:
  size_t NumItems(const v1::StreamSignRequest& request) const override {
    return static_cast<size_t>(request.payloads_size());
  }

  grpc::Status Process(const v1::StreamSignRequest& request,
                       const CallState& state,
                       v1::StreamSignResponse* response) override {
    Violations violations;
    if (request.has_options()) {
      options_ = ReadSignOptions(request.options(), &violations);
    } else if (!options_) {
      violations.Add("options", "is required in the first request");
    }
    if (options_) {
      CheckBatch(request.payloads(), *options_, limits_, &violations);
    }
    if (!violations.empty()) return violations.ToStatus();
    return SignPayloads(signers_, *options_, request.payloads(), state,
                        response);
  }

  const Signers& signers_;
  const SignerLimits limits_;
  absl::optional<SigningOptions> options_;
};

}  // namespace

SignerService::SignerService(const engine::BatchSigner* signer,
                             const engine::JwsSigner* jws_signer,
                             const WorkLane* lane, const SignerLimits& limits)
    : signers_{*signer, *jws_signer}, lane_(*lane), limits_(limits) {
  SetMessageAllocatorFor_Sign(&sign_allocator_);
  SetMessageAllocatorFor_BatchSign(&batch_allocator_);
}

grpc::ServerUnaryReactor* SignerService::Sign(
    grpc::CallbackServerContext* context, const v1::SignRequest* request,
    v1::SignResponse* response) {
  return lane_.RunInline(context, [&](const CallState& state) {
    return SignOne(signers_, *request, state, response);
  });
}

grpc::ServerUnaryReactor* SignerService::BatchSign(
    grpc::CallbackServerContext* context, const v1::BatchSignRequest* request,
    v1::BatchSignResponse* response) {
  return lane_.RunBatch(
      context, static_cast<size_t>(request->payloads_size()),
      [this, request, response](const CallState& state) {
        Violations violations;
        const SigningOptions options =
            ReadSignOptions(request->options(), &violations);
        CheckBatch(request->payloads(), options, limits_, &violations);
        if (!violations.empty()) return violations.ToStatus();
        return SignPayloads(signers_, options, request->payloads(), state,
                            response);
      });
}

grpc::ServerBidiReactor<v1::StreamSignRequest, v1::StreamSignResponse>*
SignerService::StreamSign(grpc::CallbackServerContext* context) {
  return StreamBase::Start<SignStream>(context, &signers_, &lane_, limits_);
}

}  // namespace assay::service
