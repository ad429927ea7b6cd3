#include "core/jose/policy.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace assay::jose {
namespace {

absl::Status Invalid(absl::string_view field, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", why));
}

absl::Status CheckNames(absl::string_view field,
                        const std::vector<std::string>& values) {
  if (values.size() > kMaxPolicyNames) {
    return Invalid(field,
                   absl::StrCat("holds ", values.size(), " strings, more than ",
                                kMaxPolicyNames));
  }
  const bool any_empty = absl::c_any_of(
      values, [](const std::string& value) { return value.empty(); });
  return any_empty ? Invalid(field, "holds an empty string") : absl::OkStatus();
}

absl::Status CheckDurations(const Policy& policy) {
  if (policy.clock_skew < absl::ZeroDuration() ||
      policy.clock_skew > kMaxClockSkew) {
    return Invalid("clock_skew",
                   absl::StrCat("must lie between 0 and ",
                                absl::FormatDuration(kMaxClockSkew)));
  }
  if (policy.max_age.has_value() && *policy.max_age <= absl::ZeroDuration()) {
    return Invalid("max_age", "must be positive");
  }
  return absl::OkStatus();
}

// The first demand on a claim, or "".
absl::string_view ClaimDemand(const Policy& policy) {
  if (!policy.issuers.empty()) return "issuers";
  if (!policy.audiences.empty()) return "audiences";
  if (policy.reject_unexpected_audience) return "reject_unexpected_audience";
  if (policy.subject.has_value()) return "subject";
  if (!policy.required_claims.empty()) return "required_claims";
  if (policy.max_age.has_value()) return "max_age";
  if (policy.profile.has_value()) return "profile";
  return "";
}

// A demand that nobody looks at would make VALID say more than is known.
absl::Status CheckForm(const Policy& policy) {
  const absl::string_view demand = ClaimDemand(policy);
  if (JudgesClaims(policy.form) || demand.empty()) return absl::OkStatus();
  return Invalid(demand, "judges a claim, but of a JWS no claim is judged");
}

absl::Status CheckSignatures(const Policy& policy) {
  if (policy.unencoded_payload && JudgesClaims(policy.form)) {
    return Invalid("unencoded_payload",
                   "is for a JWS only: a JWT's payload is always encoded "
                   "(RFC 7797 7)");
  }
  if (policy.required_kids.size() > kMaxJwsSignatures) {
    return Invalid("required_kids",
                   absl::StrCat("holds ", policy.required_kids.size(),
                                " kids, but a token has at most ",
                                kMaxJwsSignatures, " signatures"));
  }
  if (policy.form == Form::kJwsJson) return absl::OkStatus();
  if (policy.signatures != SignatureRule::kAny) {
    return Invalid("signatures", "is for a JWS in JSON: others have only one");
  }
  if (!policy.required_kids.empty()) {
    return Invalid("required_kids",
                   "is for a JWS in JSON: others have only one signature");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidatePolicy(const Policy& policy) {
  absl::Status status = CheckDurations(policy);
  status.Update(CheckNames("issuers", policy.issuers));
  status.Update(CheckNames("audiences", policy.audiences));
  status.Update(CheckNames("required_claims", policy.required_claims));
  if (policy.typ.has_value() && policy.typ->empty()) {
    status.Update(Invalid("typ", "is empty"));
  }
  status.Update(CheckNames("required_kids", policy.required_kids));
  status.Update(CheckForm(policy));
  status.Update(CheckSignatures(policy));
  return status;
}

}  // namespace assay::jose
