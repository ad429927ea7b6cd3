#include "service/verifier_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/base/reason.h"
#include "service/batch_stream.h"
#include "service/policy_proto.h"
#include "service/proto_time.h"
#include "service/status.h"

namespace assay::service {
namespace {

// The wire's numbers are the core's.
static_assert(static_cast<int>(Verdict::kValid) == v1::VERDICT_VALID);
static_assert(static_cast<int>(Verdict::kDecryptionFailed) ==
              v1::VERDICT_DECRYPTION_FAILED);
static_assert(kNumVerdicts == v1::Verdict_ARRAYSIZE);

using Tokens = google::protobuf::RepeatedPtrField<std::string>;

// Of a signature that is not good, nothing of its header is told.
void WriteSignature(const engine::TokenResult& result,
                    v1::SignatureResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  if (result.valid()) {
    proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(result.alg()));
    proto->set_kid(result.kid().data(), result.kid().size());
    return;
  }
  const absl::string_view reason = ReasonText(result.reason());
  proto->set_reason(reason.data(), reason.size());
}

void WriteResult(const engine::TokenResult& result, v1::VerifyResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(result.alg()));
  if (!result.kid().empty()) {
    proto->set_kid(result.kid().data(), result.kid().size());
  }
  if (!result.valid()) {
    const absl::string_view reason = ReasonText(result.reason());
    proto->set_reason(reason.data(), reason.size());
  }
  if (!result.payload().empty()) {
    proto->set_payload(result.payload().data(), result.payload().size());
  }
}

void WriteResult(const engine::JwsResult& result, bool has_signatures,
                 v1::VerifyResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(result.alg));
  if (result.kid.has_value()) {
    proto->set_kid(result.kid->data(), result.kid->size());
  }
  if (!result.valid()) {
    const absl::string_view reason = ReasonText(result.reason);
    proto->set_reason(reason.data(), reason.size());
  }
  proto->set_payload(result.payload.data(), result.payload.size());
  if (!has_signatures) return;
  for (const engine::TokenResult& signature : result.signatures) {
    WriteSignature(signature, proto->add_signatures());
  }
}

engine::VerifyRequest EngineRequest(const VerifyPolicy& policy,
                                    absl::Span<const absl::string_view> tokens,
                                    const CallState& state) {
  engine::VerifyRequest request;
  request.key_set = policy.key_set;
  request.policy = &policy.policy;
  request.tokens = tokens;
  request.view = policy.view;
  request.selected_claims = policy.selected_claims;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  return request;
}

engine::JwsVerifyRequest JwsRequest(
    const VerifyPolicy& policy, absl::Span<const absl::string_view> tokens,
    absl::Span<const absl::string_view> detached, const CallState& state) {
  engine::JwsVerifyRequest request;
  request.key_set = policy.key_set;
  request.policy = &policy.policy;
  request.tokens = tokens;
  request.detached_payloads = detached;
  request.view = policy.view;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  return request;
}

// Judges tokens, and calls `add_result` for each result's place.
template <typename Response, typename AddResult>
grpc::Status VerifyJws(const engine::JwsVerifier& verifier,
                       const engine::JwsVerifyRequest& request,
                       Response* response, AddResult add_result) {
  const bool has_signatures = request.policy->form == jose::Form::kJwsJson;
  const absl::Status status =
      verifier.Verify(request, [&](const engine::JwsResults& batch) {
        ToProto(batch.evaluated_at, response->mutable_evaluated_at());
        response->set_key_generation(batch.key_generation);
        for (const engine::JwsResult& result : batch.results) {
          WriteResult(result, has_signatures, add_result());
        }
      });
  return FromEngine(status, "tokens");
}

// Judges the tokens of a request with many into a response with results.
template <typename Request, typename Response>
grpc::Status VerifyTokens(const Verifiers& verifiers,
                          const VerifyPolicy& policy, const Request& request,
                          const CallState& state, Response* response) {
  const Tokens& tokens = request.tokens();
  const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
  const std::vector<absl::string_view> detached(
      request.detached_payloads().begin(), request.detached_payloads().end());
  if (engine::NeedsJwsVerifier(policy.policy, !detached.empty())) {
    return VerifyJws(verifiers.jws, JwsRequest(policy, views, detached, state),
                     response, [&] { return response->add_results(); });
  }
  const absl::Status status = verifiers.compact.Verify(
      EngineRequest(policy, views, state),
      [response](const engine::BatchResults& batch) {
        ToProto(batch.evaluated_at, response->mutable_evaluated_at());
        response->set_key_generation(batch.key_generation);
        auto* results = response->mutable_results();
        results->Reserve(static_cast<int>(batch.results.size()));
        for (const engine::TokenResult& result : batch.results) {
          WriteResult(result, results->Add());
        }
      });
  return FromEngine(status, "tokens");
}

grpc::Status VerifyOne(const Verifiers& verifiers,
                       const v1::VerifyRequest& request, const CallState& state,
                       v1::VerifyResponse* response) {
  Violations violations;
  const VerifyPolicy policy = ReadPolicy(request.policy(), &violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::string_view token = request.token();
  if (engine::NeedsJwsVerifier(policy.policy, request.has_detached_payload())) {
    const absl::string_view payload = request.detached_payload();
    const size_t num_payloads = request.has_detached_payload() ? 1 : 0;
    return VerifyJws(
        verifiers.jws,
        JwsRequest(policy, absl::MakeConstSpan(&token, 1),
                   absl::MakeConstSpan(&payload, num_payloads), state),
        response, [&] { return response->mutable_result(); });
  }
  const absl::Status status = verifiers.compact.Verify(
      EngineRequest(policy, absl::MakeConstSpan(&token, 1), state),
      [response](const engine::BatchResults& batch) {
        ToProto(batch.evaluated_at, response->mutable_evaluated_at());
        response->set_key_generation(batch.key_generation);
        WriteResult(batch.results[0], response->mutable_result());
      });
  return FromEngine(status, "token");
}

void CheckBatchSize(int num_tokens, size_t max_batch_items,
                    Violations* violations) {
  if (static_cast<size_t>(num_tokens) <= max_batch_items) return;
  violations->Add("tokens",
                  absl::StrCat("holds ", num_tokens, ", above the limit ",
                               "max_batch_items of ", max_batch_items));
}

using StreamBase =
    BatchStream<v1::StreamVerifyRequest, v1::StreamVerifyResponse>;

class VerifyStream final : public StreamBase {
 public:
  VerifyStream(const Verifiers* verifiers, const WorkLane* lane,
               size_t max_batch_items)
      : StreamBase(lane),
        verifiers_(*verifiers),
        max_batch_items_(max_batch_items) {}

 private:
  size_t NumItems(const v1::StreamVerifyRequest& request) const override {
    return static_cast<size_t>(request.tokens_size());
  }

  grpc::Status Process(const v1::StreamVerifyRequest& request,
                       const CallState& state,
                       v1::StreamVerifyResponse* response) override {
    Violations violations;
    CheckBatchSize(request.tokens_size(), max_batch_items_, &violations);
    if (request.has_policy()) {
      policy_ = ReadPolicy(request.policy(), &violations);
    } else if (!policy_) {
      violations.Add("policy", "is required in the first request");
    }
    if (!violations.empty()) return violations.ToStatus();
    return VerifyTokens(verifiers_, *policy_, request, state, response);
  }

  const Verifiers& verifiers_;
  const size_t max_batch_items_;
  absl::optional<VerifyPolicy> policy_;
};

}  // namespace

VerifierService::VerifierService(const engine::BatchVerifier* verifier,
                                 const engine::JwsVerifier* jws_verifier,
                                 const WorkLane* lane, size_t max_batch_items)
    : verifiers_{*verifier, *jws_verifier},
      lane_(*lane),
      max_batch_items_(max_batch_items) {
  SetMessageAllocatorFor_Verify(&verify_allocator_);
  SetMessageAllocatorFor_BatchVerify(&batch_allocator_);
}

grpc::ServerUnaryReactor* VerifierService::Verify(
    grpc::CallbackServerContext* context, const v1::VerifyRequest* request,
    v1::VerifyResponse* response) {
  return lane_.RunInline(context, [&](const CallState& state) {
    return VerifyOne(verifiers_, *request, state, response);
  });
}

grpc::ServerUnaryReactor* VerifierService::BatchVerify(
    grpc::CallbackServerContext* context, const v1::BatchVerifyRequest* request,
    v1::BatchVerifyResponse* response) {
  return lane_.RunBatch(
      context, static_cast<size_t>(request->tokens_size()),
      [this, request, response](const CallState& state) {
        Violations violations;
        CheckBatchSize(request->tokens_size(), max_batch_items_, &violations);
        const VerifyPolicy policy = ReadPolicy(request->policy(), &violations);
        if (!violations.empty()) return violations.ToStatus();
        return VerifyTokens(verifiers_, policy, *request, state, response);
      });
}

grpc::ServerBidiReactor<v1::StreamVerifyRequest, v1::StreamVerifyResponse>*
VerifierService::StreamVerify(grpc::CallbackServerContext* context) {
  return StreamBase::Start<VerifyStream>(context, &verifiers_, &lane_,
                                         max_batch_items_);
}

}  // namespace assay::service
