#include "service/policy_proto.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/jose/algorithm.h"
#include "core/jose/profile_rules.h"
#include "service/proto_time.h"

namespace assay::service {
namespace {

// The wire's numbers are the core's.
static_assert(static_cast<int>(jose::Algorithm::kHs256) ==
              v1::SIGNATURE_ALGORITHM_HS256);
static_assert(static_cast<int>(jose::Algorithm::kEd25519) ==
              v1::SIGNATURE_ALGORITHM_ED25519);
static_assert(jose::kNumAlgorithms == v1::SignatureAlgorithm_ARRAYSIZE);
static_assert(static_cast<int>(jose::ProfileKind::kJwtSvid) ==
              v1::PROFILE_KIND_JWT_SVID);
static_assert(jose::kNumProfileKinds == v1::ProfileKind_ARRAYSIZE);

std::string Indexed(absl::string_view field, int index) {
  return absl::StrCat("policy.", field, "[", index, "]");
}

// Copies names, none of which may be empty.
std::vector<std::string> ReadNames(
    const google::protobuf::RepeatedPtrField<std::string>& names,
    absl::string_view field, Violations* violations) {
  for (int i = 0; i < names.size(); ++i) {
    if (names[i].empty()) {
      violations->Add(Indexed(field, i), "must not be empty");
    }
  }
  return {names.begin(), names.end()};
}

void ReadAlgorithms(const v1::Policy& proto, jose::Policy* policy,
                    Violations* violations) {
  for (int i = 0; i < proto.algorithms_size(); ++i) {
    const int number = proto.algorithms(i);
    if (number <= 0 || number >= static_cast<int>(jose::kNumAlgorithms)) {
      violations->Add(Indexed("algorithms", i), "is no known algorithm");
      continue;
    }
    policy->algorithms.Add(static_cast<jose::Algorithm>(number));
  }
}

void ReadTimes(const v1::Policy& proto, jose::Policy* policy,
               Violations* violations) {
  if (proto.has_clock_skew()) {
    const auto skew = FromProto(proto.clock_skew());
    if (!skew || *skew < absl::ZeroDuration() || *skew > jose::kMaxClockSkew) {
      violations->Add("policy.clock_skew", "must be from 0 s to 3600 s");
    } else {
      policy->clock_skew = *skew;
    }
  }
  if (proto.has_max_age()) {
    policy->max_age = FromProto(proto.max_age());
    if (!policy->max_age || *policy->max_age <= absl::ZeroDuration()) {
      violations->Add("policy.max_age", "must be a positive duration");
    }
  }
  if (proto.has_as_of()) {
    policy->as_of = FromProto(proto.as_of());
    if (!policy->as_of) {
      violations->Add("policy.as_of", "must be a valid timestamp");
    }
  }
}

jose::Form ReadForm(const v1::Policy& proto, Violations* violations) {
  switch (proto.form()) {
    case v1::TOKEN_FORM_UNSPECIFIED:
    case v1::TOKEN_FORM_JWT:
    case v1::TOKEN_FORM_NESTED:
      return jose::Form::kJwt;
    case v1::TOKEN_FORM_JWS:
      return jose::Form::kJws;
    case v1::TOKEN_FORM_JWS_JSON:
      return jose::Form::kJwsJson;
    default:
      violations->Add("policy.form", "is no known form");
      return jose::Form::kJwt;
  }
}

// What is asked of nested tokens only.
void ReadNested(const v1::Policy& proto, VerifyPolicy* result,
                Violations* violations) {
  constexpr char kNeedsNested[] = "needs the form TOKEN_FORM_NESTED";
  if (proto.form() != v1::TOKEN_FORM_NESTED) {
    if (!proto.decryption_key_set().empty()) {
      violations->Add("policy.decryption_key_set", kNeedsNested);
    }
    if (proto.max_layers() != 0) {
      violations->Add("policy.max_layers", kNeedsNested);
    }
    return;
  }
  result->is_nested = true;
  result->decryption_key_set = proto.decryption_key_set();
  if (proto.decryption_key_set().empty()) {
    violations->Add("policy.decryption_key_set",
                    "is required for TOKEN_FORM_NESTED");
  }
  if (proto.max_layers() == 0) return;
  if (proto.max_layers() < 2 || proto.max_layers() > kMaxNestedLayers) {
    violations->Add("policy.max_layers",
                    absl::StrCat("must be from 2 to ", kMaxNestedLayers));
    return;
  }
  result->max_layers = static_cast<int>(proto.max_layers());
}

jose::SignatureRule ReadSignatureRule(const v1::Policy& proto,
                                      Violations* violations) {
  switch (proto.signatures()) {
    case v1::SIGNATURE_RULE_UNSPECIFIED:
    case v1::SIGNATURE_RULE_ANY:
      return jose::SignatureRule::kAny;
    case v1::SIGNATURE_RULE_ALL:
      return jose::SignatureRule::kAll;
    default:
      violations->Add("policy.signatures", "is no known rule");
      return jose::SignatureRule::kAll;
  }
}

engine::ResultView ReadView(const v1::Policy& proto, Violations* violations) {
  switch (proto.view()) {
    case v1::RESULT_VIEW_UNSPECIFIED:
    case v1::RESULT_VIEW_VERDICT:
      return engine::ResultView::kVerdict;
    case v1::RESULT_VIEW_SELECTED_CLAIMS:
      return engine::ResultView::kSelectedClaims;
    case v1::RESULT_VIEW_PAYLOAD:
      return engine::ResultView::kPayload;
    default:
      violations->Add("policy.view", "is no known view");
      return engine::ResultView::kVerdict;
  }
}

// A name given twice would make results larger than their tokens.
void CheckSelectedClaims(const v1::Policy& proto, Violations* violations) {
  const bool selects = proto.view() == v1::RESULT_VIEW_SELECTED_CLAIMS;
  if (selects && proto.selected_claims().empty()) {
    violations->Add("policy.selected_claims",
                    "must name the claims for RESULT_VIEW_SELECTED_CLAIMS");
  }
  if (!selects && !proto.selected_claims().empty()) {
    violations->Add("policy.selected_claims",
                    "needs the view RESULT_VIEW_SELECTED_CLAIMS");
  }
  if (selects && (proto.form() == v1::TOKEN_FORM_JWS ||
                  proto.form() == v1::TOKEN_FORM_JWS_JSON)) {
    violations->Add("policy.view", "a JWS has no claims to select");
  }
  if (proto.selected_claims_size() > kMaxSelectedClaims) {
    violations->Add("policy.selected_claims",
                    absl::StrCat("must name at most ", kMaxSelectedClaims));
    return;
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < proto.selected_claims_size(); ++i) {
    if (!seen.insert(proto.selected_claims(i)).second) {
      violations->Add(Indexed("selected_claims", i), "is named twice");
    }
  }
}

jose::Profile ReadProfile(const v1::Profile& proto, Violations* violations) {
  jose::Profile profile;
  if (proto.kind() <= 0 || proto.kind() >= jose::kNumProfileKinds) {
    violations->Add("policy.profile.kind", "is no known kind");
    return profile;
  }
  profile.kind = static_cast<jose::ProfileKind>(proto.kind());
  if (proto.has_nonce()) profile.nonce = proto.nonce();
  profile.require_nonce = proto.require_nonce();
  if (proto.has_access_token()) profile.access_token = proto.access_token();
  if (proto.has_code()) profile.code = proto.code();
  if (proto.has_max_auth_age()) {
    profile.max_auth_age = FromProto(proto.max_auth_age());
    if (!profile.max_auth_age) {
      violations->Add("policy.profile.max_auth_age",
                      "must be a positive duration");
    }
  }
  profile.trusted_audiences = ReadNames(
      proto.trusted_audiences(), "profile.trusted_audiences", violations);
  profile.trust_domain = proto.trust_domain();
  return profile;
}

}  // namespace

VerifyPolicy ReadPolicy(const v1::Policy& proto, Violations* violations) {
  VerifyPolicy result;
  jose::Policy& policy = result.policy;
  result.key_set = proto.key_set();
  if (proto.key_set().empty()) {
    violations->Add("policy.key_set", "is required");
  }
  policy.form = ReadForm(proto, violations);
  ReadNested(proto, &result, violations);
  ReadAlgorithms(proto, &policy, violations);
  policy.issuers = ReadNames(proto.issuers(), "issuers", violations);
  policy.audiences = ReadNames(proto.audiences(), "audiences", violations);
  policy.required_claims =
      ReadNames(proto.required_claims(), "required_claims", violations);
  policy.reject_unexpected_audience = proto.reject_unexpected_audience();
  if (proto.has_subject()) policy.subject = proto.subject();
  if (proto.has_typ()) {
    policy.typ = proto.typ();
    if (proto.typ().empty()) violations->Add("policy.typ", "must not be empty");
  }
  ReadTimes(proto, &policy, violations);
  policy.signatures = ReadSignatureRule(proto, violations);
  policy.required_kids =
      ReadNames(proto.required_kids(), "required_kids", violations);
  policy.unencoded_payload = proto.unencoded_payload();
  result.view = ReadView(proto, violations);
  CheckSelectedClaims(proto, violations);
  result.selected_claims = {proto.selected_claims().begin(),
                            proto.selected_claims().end()};
  jose::Profile profile;
  if (proto.has_profile()) profile = ReadProfile(proto.profile(), violations);
  if (violations->empty()) {
    absl::Status status = jose::ApplyProfile(profile, &policy);
    if (status.ok()) status = jose::ValidatePolicy(policy);
    if (!status.ok()) violations->Add("policy", status.message());
  }
  return result;
}

}  // namespace assay::service
