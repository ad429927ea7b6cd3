#include "service/cli/remote_workers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "assay/v1/signer.grpc.pb.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "core/engine/batch_signer.h"
#include "core/engine/nested_verifier.h"
#include "core/jose/encryption_algorithm.h"
#include "service/cli/jws_output.h"
#include "service/cli/nested_output.h"
#include "service/cli/remote_stream.h"
#include "service/cli/sign_output.h"

namespace assay::cli {
namespace {

v1::TokenForm ToProto(jose::Form form) {
  if (form == jose::Form::kJwsJson) return v1::TOKEN_FORM_JWS_JSON;
  return form == jose::Form::kJws ? v1::TOKEN_FORM_JWS : v1::TOKEN_FORM_JWT;
}

// The numbers are the same by contract (core/jose/algorithm.h).
v1::SignatureAlgorithm ToProto(jose::Algorithm algorithm) {
  return static_cast<v1::SignatureAlgorithm>(algorithm);
}

// Flags are in whole seconds.
void SetDuration(absl::Duration duration, google::protobuf::Duration* proto) {
  proto->set_seconds(absl::ToInt64Seconds(duration));
}

void SetTime(absl::Time time, google::protobuf::Timestamp* proto) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  proto->set_seconds(seconds);
  proto->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

void SetProfile(const jose::Profile& profile, v1::Profile* proto) {
  // The numbers are the same by contract (core/jose/profile.h).
  proto->set_kind(static_cast<v1::ProfileKind>(profile.kind));
  if (profile.nonce.has_value()) proto->set_nonce(*profile.nonce);
  proto->set_require_nonce(profile.require_nonce);
  if (profile.access_token.has_value()) {
    proto->set_access_token(*profile.access_token);
  }
  if (profile.code.has_value()) proto->set_code(*profile.code);
  if (profile.max_auth_age.has_value()) {
    SetDuration(*profile.max_auth_age, proto->mutable_max_auth_age());
  }
  for (const std::string& audience : profile.trusted_audiences) {
    proto->add_trusted_audiences(audience);
  }
  proto->set_trust_domain(profile.trust_domain);
}

v1::Policy ToProto(const jose::Policy& policy, const std::string& key_set,
                   OutputForm output) {
  v1::Policy proto;
  proto.set_key_set(key_set);
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    if (policy.algorithms.Contains(info.algorithm)) {
      proto.add_algorithms(ToProto(info.algorithm));
    }
  }
  for (const std::string& issuer : policy.issuers) proto.add_issuers(issuer);
  for (const std::string& audience : policy.audiences) {
    proto.add_audiences(audience);
  }
  proto.set_reject_unexpected_audience(policy.reject_unexpected_audience);
  if (policy.subject.has_value()) proto.set_subject(*policy.subject);
  if (policy.typ.has_value()) proto.set_typ(*policy.typ);
  for (const std::string& claim : policy.required_claims) {
    proto.add_required_claims(claim);
  }
  SetDuration(policy.clock_skew, proto.mutable_clock_skew());
  if (policy.max_age.has_value()) {
    SetDuration(*policy.max_age, proto.mutable_max_age());
  }
  if (policy.as_of.has_value()) SetTime(*policy.as_of, proto.mutable_as_of());
  if (policy.profile.has_value()) {
    SetProfile(*policy.profile, proto.mutable_profile());
  }
  proto.set_form(ToProto(policy.form));
  proto.set_signatures(policy.signatures == jose::SignatureRule::kAll
                           ? v1::SIGNATURE_RULE_ALL
                           : v1::SIGNATURE_RULE_ANY);
  for (const std::string& kid : policy.required_kids) {
    proto.add_required_kids(kid);
  }
  proto.set_unencoded_payload(policy.unencoded_payload);
  proto.set_view(output == OutputForm::kNdjson ? v1::RESULT_VIEW_PAYLOAD
                                               : v1::RESULT_VIEW_VERDICT);
  return proto;
}

v1::SignOptions ToProto(const SignSettings& settings,
                        const std::string& key_set) {
  const engine::SignOptions& options = settings.options;
  v1::SignOptions proto;
  proto.set_key_set(key_set);
  if (settings.kid.has_value()) proto.set_kid(*settings.kid);
  proto.set_algorithm(ToProto(settings.alg));
  proto.set_form(ToProto(options.form));
  if (options.typ.has_value()) proto.set_typ(*options.typ);
  proto.set_extra_header_json(options.extra_header);
  proto.set_stamp_iat(options.stamp_iat);
  if (options.stamp_nbf.has_value()) {
    SetDuration(*options.stamp_nbf, proto.mutable_nbf_after());
  }
  if (options.stamp_exp.has_value()) {
    SetDuration(*options.stamp_exp, proto.mutable_exp_after());
  }
  proto.set_stamp_jti(options.stamp_jti);
  proto.set_detached(options.detached);
  proto.set_unencoded_payload(options.unencoded_payload);
  return proto;
}

v1::SignOptions ToProto(const JwsSignSettings& settings,
                        const std::string& key_set) {
  SignSettings rest;
  rest.alg = settings.alg;
  rest.options = settings.options;
  v1::SignOptions proto = ToProto(rest, key_set);
  if (settings.options.form == jose::Form::kJwsJson) {
    for (const std::string& kid : settings.kids) proto.add_kids(kid);
  } else if (!settings.kids.empty()) {
    proto.set_kid(settings.kids[0]);
  }
  return proto;
}

// Of a VerifyResult or a SignatureResult.
template <typename Result>
JudgedToken FromProto(const Result& result) {
  JudgedToken token;
  // A verdict of a newer server is unknown here: VerdictName says so, and it
  // never is "valid".
  const int verdict = result.verdict();
  if (verdict > 0 && verdict < kNumVerdicts) {
    token.verdict = static_cast<Verdict>(verdict);
  }
  const int alg = result.algorithm();
  if (alg > 0 && static_cast<size_t>(alg) < jose::kNumAlgorithms) {
    token.alg = static_cast<jose::Algorithm>(alg);
  }
  if (!result.kid().empty()) token.kid = result.kid();
  token.reason = result.reason();
  return token;
}

JudgedJws JwsFromProto(const v1::VerifyResult& result) {
  JudgedJws jws;
  jws.token = FromProto(result);
  jws.token.payload = result.payload();
  for (const v1::SignatureResult& signature : result.signatures()) {
    jws.signatures.push_back(FromProto(signature));
  }
  return jws;
}

// A name of a newer server is unknown here, and none.
engine::NestedLayer FromProto(const v1::TokenLayer& proto) {
  engine::NestedLayer layer;
  const int alg = proto.algorithm();
  if (alg > 0 && static_cast<size_t>(alg) < jose::kNumAlgorithms) {
    layer.alg = static_cast<jose::Algorithm>(alg);
  }
  const int key_management = proto.key_management();
  layer.encrypted = key_management != 0;
  if (key_management > 0 &&
      static_cast<size_t>(key_management) < jose::kNumKeyManagements) {
    layer.key_management = static_cast<jose::KeyManagement>(key_management);
  }
  const int enc = proto.encryption();
  if (enc > 0 && static_cast<size_t>(enc) < jose::kNumContentAlgorithms) {
    layer.enc = static_cast<jose::ContentAlgorithm>(enc);
  }
  if (proto.has_kid()) layer.kid = proto.kid();
  return layer;
}

// Whatever the tokens are.
class RemoteVerifierBase
    : public RemoteStream<v1::StreamVerifyRequest, v1::StreamVerifyResponse> {
 protected:
  RemoteVerifierBase(const ServerFlags& server,
                     std::shared_ptr<grpc::Channel> channel, v1::Policy policy)
      : RemoteStream(server, "verified"),
        stub_(v1::VerifierService::NewStub(std::move(channel))),
        policy_(std::move(policy)) {}

  std::unique_ptr<Stream> Open(grpc::ClientContext* context) override {
    return stub_->StreamVerify(context);
  }
  void AddOptions(v1::StreamVerifyRequest* request) const override {
    *request->mutable_policy() = policy_;
  }
  void AddLine(absl::string_view line,
               v1::StreamVerifyRequest* request) const override {
    request->add_tokens(line.data(), line.size());
  }

 private:
  const std::unique_ptr<v1::VerifierService::Stub> stub_;
  const v1::Policy policy_;
};

class RemoteVerifier final : public RemoteVerifierBase {
 public:
  RemoteVerifier(const ServerFlags& server,
                 std::shared_ptr<grpc::Channel> channel,
                 RemoteVerifySettings settings)
      : RemoteVerifierBase(server, std::move(channel),
                           PolicyOf(settings, server.key_set)),
        form_(settings.policy.form),
        detached_payload_(std::move(settings.detached_payload)) {
    output_.output = settings.output;
    output_.has_signatures = form_ == jose::Form::kJwsJson;
    output_.has_payload = !detached_payload_.has_value();
  }

  // Each line takes the payload with it: as much as a batch of lines may have,
  // or one line's.
  size_t max_batch_lines() const override {
    if (!detached_payload_.has_value()) return kMaxBatchLines;
    const size_t len = std::max<size_t>(1, detached_payload_->size());
    return std::clamp<size_t>(kMaxBatchBytes / len, 1, kMaxBatchLines);
  }

 protected:
  void AddLine(absl::string_view line,
               v1::StreamVerifyRequest* request) const override {
    RemoteVerifierBase::AddLine(line, request);
    if (detached_payload_.has_value()) {
      request->add_detached_payloads(*detached_payload_);
    }
  }
  void Answer(const v1::StreamVerifyResponse& response,
              Batch* batch) const override {
    for (size_t i = 0; i < batch->lines.size(); ++i) {
      const JudgedJws jws =
          batch->too_long[i]
              ? JudgedJws{TooLargeToken(), {}}
              : JwsFromProto(response.results(static_cast<int>(i)));
      ++batch->tally[static_cast<size_t>(jws.token.verdict)];
      Append(jws, i, batch);
    }
  }

 private:
  static v1::Policy PolicyOf(const RemoteVerifySettings& settings,
                             const std::string& key_set) {
    v1::Policy proto = ToProto(settings.policy, key_set, settings.output);
    // Who asks has the payload.
    if (settings.detached_payload.has_value()) {
      proto.set_view(v1::RESULT_VIEW_VERDICT);
    }
    return proto;
  }

  void Append(const JudgedJws& jws, size_t i, Batch* batch) const {
    const uint64_t index = batch->first_index + i;
    if (output_.has_signatures || !output_.has_payload) {
      AppendJwsVerdict(output_, index, jws, &batch->output);
    } else {
      AppendVerdict(output_.output, form_, index, jws.token, &batch->output);
    }
  }

  const jose::Form form_;
  const absl::optional<std::string> detached_payload_;
  JwsOutputOptions output_;
};

class RemoteNestedVerifier final : public RemoteVerifierBase {
 public:
  RemoteNestedVerifier(const ServerFlags& server,
                       std::shared_ptr<grpc::Channel> channel,
                       const RemoteNestedSettings& settings)
      : RemoteVerifierBase(server, std::move(channel),
                           PolicyOf(settings, server.key_set)),
        output_(settings.output) {}

 protected:
  void Answer(const v1::StreamVerifyResponse& response,
              Batch* batch) const override {
    for (size_t i = 0; i < batch->lines.size(); ++i) {
      if (batch->too_long[i]) {
        Append({TooLargeToken(), {}}, i, batch);
      } else {
        Append(response.results(static_cast<int>(i)), i, batch);
      }
    }
  }

 private:
  static v1::Policy PolicyOf(const RemoteNestedSettings& settings,
                             const std::string& key_set) {
    v1::Policy proto = ToProto(settings.policy, key_set, settings.output);
    proto.set_form(v1::TOKEN_FORM_NESTED);
    proto.set_decryption_key_set(settings.decryption_key_set);
    proto.set_max_layers(static_cast<uint32_t>(settings.max_layers));
    return proto;
  }

  void Append(const v1::VerifyResult& result, size_t i, Batch* batch) const {
    std::vector<engine::NestedLayer> path;
    for (const v1::TokenLayer& layer : result.path()) {
      path.push_back(FromProto(layer));
    }
    JudgedToken token = FromProto(result);
    token.payload = result.payload();
    Append(JudgedNested{token, path}, i, batch);
  }

  void Append(const JudgedNested& judged, size_t i, Batch* batch) const {
    ++batch->tally[static_cast<size_t>(judged.token.verdict)];
    AppendNestedVerdict(output_, batch->first_index + i, judged,
                        &batch->output);
  }

  const OutputForm output_;
};

class RemoteSigner
    : public RemoteStream<v1::StreamSignRequest, v1::StreamSignResponse> {
 public:
  RemoteSigner(const ServerFlags& server,
               std::shared_ptr<grpc::Channel> channel, v1::SignOptions options)
      : RemoteStream(server, "signed"),
        stub_(v1::SignerService::NewStub(std::move(channel))),
        options_(std::move(options)) {}

 protected:
  std::unique_ptr<Stream> Open(grpc::ClientContext* context) override {
    return stub_->StreamSign(context);
  }
  void AddOptions(v1::StreamSignRequest* request) const override {
    *request->mutable_options() = options_;
  }
  void AddLine(absl::string_view line,
               v1::StreamSignRequest* request) const override {
    request->add_payloads(line.data(), line.size());
  }
  void Answer(const v1::StreamSignResponse& response,
              Batch* batch) const override {
    for (size_t i = 0; i < batch->lines.size(); ++i) {
      const v1::SignResult& result = response.results(static_cast<int>(i));
      const engine::SignOutcome outcome = batch->too_long[i]
                                              ? engine::SignOutcome::kTooLarge
                                              : OutcomeOf(result);
      AppendSigned(outcome, result.reason(), result.token(), i, batch);
    }
  }

 private:
  // The numbers are the same by contract (core/engine/batch_signer.h).
  static engine::SignOutcome OutcomeOf(const v1::SignResult& result) {
    const bool known =
        result.outcome() > 0 && result.outcome() < engine::kNumSignOutcomes;
    return known ? static_cast<engine::SignOutcome>(result.outcome())
                 : engine::SignOutcome::kUnspecified;
  }

  const std::unique_ptr<v1::SignerService::Stub> stub_;
  const v1::SignOptions options_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteVerifier(
    const ServerFlags& server, RemoteVerifySettings settings) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteVerifier>(server, *std::move(channel),
                                          std::move(settings));
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteNestedVerifier(
    const ServerFlags& server, const RemoteNestedSettings& settings) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteNestedVerifier>(server, *std::move(channel),
                                                settings);
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteSigner(
    const ServerFlags& server, const SignSettings& settings) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteSigner>(server, *std::move(channel),
                                        ToProto(settings, server.key_set));
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteJwsSigner(
    const ServerFlags& server, const JwsSignSettings& settings) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteSigner>(server, *std::move(channel),
                                        ToProto(settings, server.key_set));
}

absl::StatusOr<std::string> RemoteSignDetached(const ServerFlags& server,
                                               const JwsSignSettings& settings,
                                               absl::string_view payload) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  const auto stub = v1::SignerService::NewStub(*std::move(channel));
  v1::SignRequest request;
  *request.mutable_options() = ToProto(settings, server.key_set);
  request.set_payload(payload.data(), payload.size());
  grpc::ClientContext context;
  v1::SignResponse response;
  const grpc::Status status = stub->Sign(&context, request, &response);
  if (!status.ok()) return FromRpc(server, status);
  const v1::SignResult& result = response.result();
  if (result.outcome() == v1::SIGN_OUTCOME_SIGNED) return result.token();
  return absl::InternalError(
      absl::StrCat("server ", server.address, ": ", result.reason()));
}

}  // namespace assay::cli
