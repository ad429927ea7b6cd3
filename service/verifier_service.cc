#include "service/verifier_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "core/base/secret_bytes.h"
#include "service/batch_size.h"
#include "service/batch_stream.h"
#include "service/policy_proto.h"
#include "service/proto_time.h"
#include "service/status.h"
#include "service/verify_result_proto.h"

namespace assay::service {
namespace {

using Tokens = google::protobuf::RepeatedPtrField<std::string>;

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

engine::NestedRequest NestedRequest(const VerifyPolicy& policy,
                                    absl::Span<const absl::string_view> tokens,
                                    const JweLanes& lanes,
                                    const CallState& state) {
  engine::NestedRequest request;
  request.key_set = policy.key_set;
  request.decryption_key_set = policy.decryption_key_set;
  request.policy = &policy.policy;
  request.tokens = tokens;
  request.view = policy.view;
  request.selected_claims = policy.selected_claims;
  request.max_layers = policy.max_layers;
  request.deadline = state.deadline;
  request.cancelled = state.cancelled;
  request.max_parallelism = lanes.MaxParallelism(policy.decryption_key_set);
  return request;
}

// Judges nested tokens, and calls `add_result` for each result's place.
template <typename Response, typename AddResult>
grpc::Status VerifyNested(const engine::NestedVerifier& verifier,
                          const engine::NestedRequest& request,
                          Response* response, AddResult add_result) {
  const absl::Status status =
      verifier.Verify(request, [&](const engine::NestedResults& batch) {
        ToProto(batch.evaluated_at, response->mutable_evaluated_at());
        response->set_key_generation(batch.key_generation);
        for (const engine::NestedResult& result : batch.results) {
          WriteResult(result, add_result());
        }
      });
  return FromEngine(status, "tokens");
}

// `field` is where payloads stand that no token holds, if there are any.
void CheckDetached(const VerifyPolicy& policy, absl::string_view field,
                   bool is_detached, Violations* violations) {
  if (!policy.is_nested || !is_detached) return;
  violations->Add(field, "is for a JWS: a nested token holds its claims");
}

// Judges the tokens of a request with many into a response with results.
template <typename Request, typename Response>
grpc::Status VerifyTokens(const Verifiers& verifiers, const JweLanes& lanes,
                          const VerifyPolicy& policy, const Request& request,
                          const CallState& state, Response* response) {
  const Tokens& tokens = request.tokens();
  const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
  const std::vector<absl::string_view> detached(
      request.detached_payloads().begin(), request.detached_payloads().end());
  if (policy.is_nested) {
    return VerifyNested(verifiers.nested,
                        NestedRequest(policy, views, lanes, state), response,
                        [&] { return response->add_results(); });
  }
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

grpc::Status VerifyOne(const Verifiers& verifiers, const JweLanes& lanes,
                       const v1::VerifyRequest& request, const CallState& state,
                       v1::VerifyResponse* response) {
  Violations violations;
  const VerifyPolicy policy = ReadPolicy(request.policy(), &violations);
  CheckDetached(policy, "detached_payload", request.has_detached_payload(),
                &violations);
  if (!violations.empty()) return violations.ToStatus();
  const absl::string_view token = request.token();
  if (policy.is_nested) {
    return VerifyNested(
        verifiers.nested,
        NestedRequest(policy, absl::MakeConstSpan(&token, 1), lanes, state),
        response, [&] { return response->mutable_result(); });
  }
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

bool IsNested(const v1::Policy& policy) {
  return policy.form() == v1::TOKEN_FORM_NESTED;
}

const WorkLane& LaneOf(const VerifyLanes& lanes, const v1::Policy& policy) {
  return lanes.Of(IsNested(policy), policy.decryption_key_set());
}

void WipeClaims(v1::VerifyResult* result) {
  if (result->path_size() > 0) WipeString(result->mutable_payload());
}

using StreamBase =
    BatchStream<v1::StreamVerifyRequest, v1::StreamVerifyResponse>;

class VerifyStream final : public StreamBase {
 public:
  VerifyStream(const Verifiers* verifiers, const VerifyLanes* lanes,
               size_t max_batch_items)
      : StreamBase(&lanes->signatures),
        verifiers_(*verifiers),
        lanes_(*lanes),
        max_batch_items_(max_batch_items) {}

 private:
  size_t NumItems(const v1::StreamVerifyRequest& request) const override {
    return static_cast<size_t>(request.tokens_size());
  }

  const WorkLane& LaneFor(
      const v1::StreamVerifyRequest& request) const override {
    if (request.has_policy()) return LaneOf(lanes_, request.policy());
    return policy_ ? lanes_.Of(policy_->is_nested, policy_->decryption_key_set)
                   : lanes_.signatures;
  }

  grpc::Status Process(const v1::StreamVerifyRequest& request,
                       const CallState& state,
                       v1::StreamVerifyResponse* response) override {
    Violations violations;
    CheckBatchSize("tokens", request.tokens_size(), max_batch_items_,
                   &violations);
    if (request.has_policy()) {
      policy_ = ReadPolicy(request.policy(), &violations);
    } else if (!policy_) {
      violations.Add("policy", "is required in the first request");
    }
    if (policy_) {
      CheckDetached(*policy_, "detached_payloads",
                    request.detached_payloads_size() > 0, &violations);
    }
    if (!violations.empty()) return violations.ToStatus();
    return VerifyTokens(verifiers_, lanes_.nested, *policy_, request, state,
                        response);
  }

  void WipeSecrets(v1::StreamVerifyRequest* request,
                   v1::StreamVerifyResponse* response) const override {
    NestedClaimsWipe()(request, response);
  }

  const Verifiers& verifiers_;
  const VerifyLanes& lanes_;
  const size_t max_batch_items_;
  absl::optional<VerifyPolicy> policy_;
};

}  // namespace

void NestedClaimsWipe::operator()(v1::VerifyRequest*,
                                  v1::VerifyResponse* response) const {
  if (response->has_result()) WipeClaims(response->mutable_result());
}

void NestedClaimsWipe::operator()(v1::BatchVerifyRequest*,
                                  v1::BatchVerifyResponse* response) const {
  for (auto& result : *response->mutable_results()) WipeClaims(&result);
}

void NestedClaimsWipe::operator()(v1::StreamVerifyRequest*,
                                  v1::StreamVerifyResponse* response) const {
  for (auto& result : *response->mutable_results()) WipeClaims(&result);
}

VerifierService::VerifierService(const Verifiers& verifiers,
                                 const VerifyLanes& lanes,
                                 size_t max_batch_items)
    : verifiers_(verifiers), lanes_(lanes), max_batch_items_(max_batch_items) {
  SetMessageAllocatorFor_Verify(&verify_allocator_);
  SetMessageAllocatorFor_BatchVerify(&batch_allocator_);
}

grpc::ServerUnaryReactor* VerifierService::Verify(
    grpc::CallbackServerContext* context, const v1::VerifyRequest* request,
    v1::VerifyResponse* response) {
  const auto work = [this, request, response](const CallState& state) {
    return VerifyOne(verifiers_, lanes_.nested, *request, state, response);
  };
  if (!IsNested(request->policy())) {
    return lanes_.signatures.RunInline(context, work);
  }
  return LaneOf(lanes_, request->policy()).RunBatch(context, 1, work);
}

grpc::ServerUnaryReactor* VerifierService::BatchVerify(
    grpc::CallbackServerContext* context, const v1::BatchVerifyRequest* request,
    v1::BatchVerifyResponse* response) {
  return LaneOf(lanes_, request->policy())
      .RunBatch(context, static_cast<size_t>(request->tokens_size()),
                [this, request, response](const CallState& state) {
                  Violations violations;
                  CheckBatchSize("tokens", request->tokens_size(),
                                 max_batch_items_, &violations);
                  const VerifyPolicy policy =
                      ReadPolicy(request->policy(), &violations);
                  CheckDetached(policy, "detached_payloads",
                                request->detached_payloads_size() > 0,
                                &violations);
                  if (!violations.empty()) return violations.ToStatus();
                  return VerifyTokens(verifiers_, lanes_.nested, policy,
                                      *request, state, response);
                });
}

grpc::ServerBidiReactor<v1::StreamVerifyRequest, v1::StreamVerifyResponse>*
VerifierService::StreamVerify(grpc::CallbackServerContext* context) {
  return StreamBase::Start<VerifyStream>(context, &verifiers_, &lanes_,
                                         max_batch_items_);
}

}  // namespace assay::service
