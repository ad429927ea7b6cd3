#include "service/cli/remote_workers.h"

#include <string>
#include <utility>

#include "assay/v1/signer.grpc.pb.h"
#include "assay/v1/verifier.grpc.pb.h"
#include "core/engine/batch_signer.h"
#include "service/cli/jws_output.h"
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

class RemoteVerifier
    : public RemoteStream<v1::StreamVerifyRequest, v1::StreamVerifyResponse> {
 public:
  RemoteVerifier(const ServerFlags& server,
                 std::shared_ptr<grpc::Channel> channel,
                 const jose::Policy& policy, OutputForm output)
      : RemoteStream(server, "verified"),
        stub_(v1::VerifierService::NewStub(std::move(channel))),
        policy_(ToProto(policy, server.key_set, output)),
        form_(policy.form),
        is_jws_json_(policy.form == jose::Form::kJwsJson),
        output_(output) {}

 protected:
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
  void Append(const JudgedJws& jws, size_t i, Batch* batch) const {
    const uint64_t index = batch->first_index + i;
    if (is_jws_json_) {
      JwsOutputOptions options;
      options.output = output_;
      options.has_signatures = true;
      AppendJwsVerdict(options, index, jws, &batch->output);
    } else {
      AppendVerdict(output_, form_, index, jws.token, &batch->output);
    }
  }

  const std::unique_ptr<v1::VerifierService::Stub> stub_;
  const v1::Policy policy_;
  const jose::Form form_;
  const bool is_jws_json_;
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
    const ServerFlags& server, const jose::Policy& policy, OutputForm output) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteVerifier>(server, *std::move(channel), policy,
                                          output);
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

}  // namespace assay::cli
