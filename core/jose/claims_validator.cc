#include "core/jose/claims_validator.h"

#include <cstdint>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace assay::jose {
namespace {

using simdjson::SUCCESS;

// A NumericDate (RFC 7519 2): seconds since the epoch, possibly with a
// fraction. Times beyond what absl::Time holds become its infinities, so that
// no arithmetic on them can overflow. JSON has no NaN.
absl::optional<absl::Time> ReadNumericDate(const json::Element& element) {
  switch (element.type()) {
    case simdjson::dom::element_type::INT64:
      return absl::FromUnixSeconds(element.get_int64().value_unsafe());
    case simdjson::dom::element_type::UINT64:
      return absl::InfiniteFuture();  // simdjson: only what exceeds int64.
    case simdjson::dom::element_type::DOUBLE:
      return absl::UnixEpoch() +
             absl::Seconds(element.get_double().value_unsafe());
    default:
      return absl::nullopt;
  }
}

// The registered claims of RFC 7519 4.1 that are judged, checked for type.
struct RegisteredClaims {
  absl::optional<absl::Time> exp, nbf, iat;
  absl::optional<absl::string_view> iss, sub;
  absl::optional<json::Element> aud;  // A string or an array of strings.
};

bool ReadTime(const json::Element& value, absl::optional<absl::Time>* out) {
  *out = ReadNumericDate(value);
  return out->has_value();
}

bool ReadString(const json::Element& value,
                absl::optional<absl::string_view>* out) {
  std::string_view text;
  if (value.get_string().get(text) != SUCCESS) return false;
  out->emplace(text.data(), text.size());
  return true;
}

bool ReadAudience(const json::Element& value,
                  absl::optional<json::Element>* out) {
  *out = value;
  if (value.is_string()) return true;
  json::Array list;
  if (value.get_array().get(list) != SUCCESS) return false;
  for (const json::Element entry : list) {
    if (!entry.is_string()) return false;
  }
  return true;
}

// Takes note of one claim. False if it is a registered one of a wrong type.
bool ReadClaim(std::string_view name, const json::Element& value,
               RegisteredClaims* claims) {
  if (name.size() != 3)
    return true;  // All registered names have three letters.
  if (name == "exp") return ReadTime(value, &claims->exp);
  if (name == "nbf") return ReadTime(value, &claims->nbf);
  if (name == "iat") return ReadTime(value, &claims->iat);
  if (name == "iss") return ReadString(value, &claims->iss);
  if (name == "sub") return ReadString(value, &claims->sub);
  if (name == "aud") return ReadAudience(value, &claims->aud);
  return name != "jti" || value.is_string();
}

bool ReadClaims(const json::Object& object, RegisteredClaims* claims) {
  for (const auto member : object) {
    if (!ReadClaim(member.key, member.value, claims)) return false;
  }
  return true;
}

// RFC 7519 4.1.6, and the policy's demand that a token be recent.
Reason JudgeAge(const RegisteredClaims& claims, const Policy& policy,
                absl::Time now) {
  if (!policy.max_age.has_value()) return Reason::kValid;
  if (!claims.iat.has_value()) return Reason::kClaimMissing;
  if (*claims.iat - policy.clock_skew > now) return Reason::kIssuedInFuture;
  const absl::Duration age = now - *claims.iat;
  return age - policy.clock_skew > *policy.max_age ? Reason::kTooOld
                                                   : Reason::kValid;
}

// RFC 7519 4.1.4 and 4.1.5.
Reason JudgeTimes(const RegisteredClaims& claims, const Policy& policy,
                  absl::Time now) {
  if (claims.exp.has_value() && now >= *claims.exp + policy.clock_skew) {
    return Reason::kExpired;
  }
  if (claims.nbf.has_value() && now < *claims.nbf - policy.clock_skew) {
    return Reason::kNotYetValid;
  }
  return JudgeAge(claims, policy, now);
}

bool IsOneOf(absl::string_view value, const std::vector<std::string>& list) {
  return absl::c_any_of(
      list, [value](const std::string& entry) { return entry == value; });
}

bool IsOneOf(const json::Element& value, const std::vector<std::string>& list) {
  const std::string_view text = value.get_string().value_unsafe();
  return IsOneOf(absl::string_view(text.data(), text.size()), list);
}

// RFC 7519 4.1.1.
Reason JudgeIssuer(const RegisteredClaims& claims, const Policy& policy) {
  if (policy.issuers.empty()) return Reason::kValid;
  if (!claims.iss.has_value()) return Reason::kIssuerMissing;
  return IsOneOf(*claims.iss, policy.issuers) ? Reason::kValid
                                              : Reason::kIssuerMismatch;
}

bool AudienceMatches(const json::Element& aud, const Policy& policy) {
  if (aud.is_string()) return IsOneOf(aud, policy.audiences);
  // A named array: a temporary would be gone before the loop reads it.
  const json::Array list = aud.get_array().value_unsafe();
  for (const json::Element entry : list) {
    if (IsOneOf(entry, policy.audiences)) return true;
  }
  return false;
}

// RFC 7519 4.1.3.
Reason JudgeAudience(const RegisteredClaims& claims, const Policy& policy) {
  if (policy.audiences.empty()) {
    const bool unexpected =
        policy.reject_unexpected_audience && claims.aud.has_value();
    return unexpected ? Reason::kAudienceUnexpected : Reason::kValid;
  }
  if (!claims.aud.has_value()) return Reason::kAudienceMissing;
  return AudienceMatches(*claims.aud, policy) ? Reason::kValid
                                              : Reason::kAudienceMismatch;
}

// RFC 7519 4.1.2.
Reason JudgeSubject(const RegisteredClaims& claims, const Policy& policy) {
  if (!policy.subject.has_value()) return Reason::kValid;
  if (!claims.sub.has_value()) return Reason::kClaimMissing;
  return *claims.sub == *policy.subject ? Reason::kValid
                                        : Reason::kSubjectMismatch;
}

Reason JudgeRequired(const json::Object& object, const Policy& policy) {
  for (const std::string& name : policy.required_claims) {
    json::Element value;
    if (object.at_key(name).get(value) != SUCCESS || value.is_null()) {
      return Reason::kClaimMissing;
    }
  }
  return Reason::kValid;
}

}  // namespace

Reason JudgeType(const ProtectedHeader& header, const Policy& policy) {
  if (!policy.typ.has_value()) return Reason::kValid;
  if (!header.typ.has_value()) return Reason::kTypeMissing;
  return SameMediaType(*header.typ, *policy.typ) ? Reason::kValid
                                                 : Reason::kTypeMismatch;
}

Reason JudgeClaims(const json::Object& claims, const Policy& policy,
                   absl::Time now) {
  RegisteredClaims registered;
  if (!ReadClaims(claims, &registered)) return Reason::kClaimType;
  Reason reason = JudgeTimes(registered, policy, now);
  if (reason == Reason::kValid) reason = JudgeIssuer(registered, policy);
  if (reason == Reason::kValid) reason = JudgeAudience(registered, policy);
  if (reason == Reason::kValid) reason = JudgeSubject(registered, policy);
  if (reason == Reason::kValid) reason = JudgeRequired(claims, policy);
  return reason;
}

}  // namespace assay::jose
