#include "service/sign_options_proto.h"

#include "service/proto_time.h"

namespace assay::service {
namespace {

absl::optional<absl::Duration> ReadStamp(
    const google::protobuf::Duration& proto, absl::string_view field,
    Violations* violations) {
  const auto ahead = FromProto(proto);
  if (!ahead || *ahead > kMaxStampAhead || *ahead < -kMaxStampAhead) {
    violations->Add(field, "must be a duration of at most 100 years");
  }
  return ahead;
}

jose::Form ReadForm(const v1::SignOptions& proto, Violations* violations) {
  switch (proto.form()) {
    case v1::TOKEN_FORM_UNSPECIFIED:
    case v1::TOKEN_FORM_JWT:
      return jose::Form::kJwt;
    case v1::TOKEN_FORM_JWS:
    case v1::TOKEN_FORM_JWS_JSON:
      break;
    case v1::TOKEN_FORM_NESTED:
      violations->Add("options.form",
                      "a nested token is signed as a JWT, then encrypted with "
                      "the cty JWT by EncrypterService");
      return jose::Form::kJwt;
    default:
      violations->Add("options.form", "is no known form");
      return jose::Form::kJwt;
  }
  if (proto.stamp_iat() || proto.stamp_jti() || proto.has_nbf_after() ||
      proto.has_exp_after()) {
    violations->Add("options.form", "claims can be stamped into a JWT only");
  }
  return proto.form() == v1::TOKEN_FORM_JWS_JSON ? jose::Form::kJwsJson
                                                 : jose::Form::kJws;
}

// Who signs a JWS in JSON, and what of a JWS only.
void ReadJws(const v1::SignOptions& proto, SigningOptions* result,
             Violations* violations) {
  if (!proto.kids().empty() && proto.form() != v1::TOKEN_FORM_JWS_JSON) {
    violations->Add("options.kids", "needs the form TOKEN_FORM_JWS_JSON");
  }
  if (!proto.kids().empty() && proto.has_kid()) {
    violations->Add("options.kid", "does not go with kids");
  }
  result->kids = {proto.kids().begin(), proto.kids().end()};
  result->options.detached = proto.detached();
  result->options.unencoded_payload = proto.unencoded_payload();
  if (!jose::JudgesClaims(result->options.form)) return;
  if (proto.detached()) {
    violations->Add("options.detached", "is for a JWS, not for a JWT");
  }
  if (proto.unencoded_payload()) {
    violations->Add("options.unencoded_payload",
                    "is for a JWS, not for a JWT (RFC 7797 7)");
  }
}

}  // namespace

SigningOptions ReadSignOptions(const v1::SignOptions& proto,
                               Violations* violations) {
  SigningOptions result;
  engine::SignOptions& options = result.options;
  result.key_set = proto.key_set();
  if (proto.key_set().empty()) {
    violations->Add("options.key_set", "is required");
  }
  if (proto.has_kid()) result.kid = proto.kid();
  if (proto.algorithm() < 0 ||
      proto.algorithm() >= static_cast<int>(jose::kNumAlgorithms)) {
    violations->Add("options.algorithm", "is no known algorithm");
  } else {
    result.alg = static_cast<jose::Algorithm>(proto.algorithm());
  }
  options.form = ReadForm(proto, violations);
  ReadJws(proto, &result, violations);
  if (proto.has_typ()) {
    options.typ = proto.typ();
    if (proto.typ().empty()) {
      violations->Add("options.typ", "must not be empty");
    }
  }
  options.extra_header = proto.extra_header_json();
  options.stamp_iat = proto.stamp_iat();
  options.stamp_jti = proto.stamp_jti();
  if (proto.has_nbf_after()) {
    options.stamp_nbf =
        ReadStamp(proto.nbf_after(), "options.nbf_after", violations);
  }
  if (proto.has_exp_after()) {
    options.stamp_exp =
        ReadStamp(proto.exp_after(), "options.exp_after", violations);
  }
  return result;
}

}  // namespace assay::service
