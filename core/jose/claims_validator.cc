#include "core/jose/claims_validator.h"

#include <cstdint>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace assay::jose {
namespace {

using json::Kind;
using json::Value;

// The registered claims of RFC 7519 4.1 that are judged, checked for type. Null
// where the claim is absent.
struct RegisteredClaims {
  const Value* exp = nullptr;  // A number,
  const Value* nbf = nullptr;  // a number,
  const Value* iat = nullptr;  // a number,
  const Value* iss = nullptr;  // a string,
  const Value* sub = nullptr;  // a string,
  const Value* aud = nullptr;  // a string or an array of strings.
};

bool IsString(const Value& value) { return value.kind == Kind::kString; }

bool ReadTime(const Value& value, const Value** out) {
  *out = &value;
  return IsNumericDate(value);
}

bool ReadString(const Value& value, const Value** out) {
  *out = &value;
  return IsString(value);
}

bool ReadAudience(const json::Members& claims, const Value& value,
                  const Value** out) {
  *out = &value;
  return IsString(value) || (value.kind == Kind::kArray &&
                             absl::c_all_of(claims.EntriesOf(value), IsString));
}

// Three characters as a number, so that names can be told by a switch.
constexpr uint32_t Code(const char* name) {
  return static_cast<uint32_t>(static_cast<unsigned char>(name[0])) << 16 |
         static_cast<uint32_t>(static_cast<unsigned char>(name[1])) << 8 |
         static_cast<unsigned char>(name[2]);
}

// Takes note of one claim. False if it is a registered one of a wrong type.
bool ReadClaim(const json::Members& claims, const json::Member& claim,
               RegisteredClaims* registered) {
  // All registered names have three letters.
  if (claim.name.size() != 3) return true;
  switch (Code(claim.name.data())) {
    case Code("exp"):
      return ReadTime(claim.value, &registered->exp);
    case Code("nbf"):
      return ReadTime(claim.value, &registered->nbf);
    case Code("iat"):
      return ReadTime(claim.value, &registered->iat);
    case Code("iss"):
      return ReadString(claim.value, &registered->iss);
    case Code("sub"):
      return ReadString(claim.value, &registered->sub);
    case Code("aud"):
      return ReadAudience(claims, claim.value, &registered->aud);
    case Code("jti"):
      return IsString(claim.value);
    default:
      return true;
  }
}

bool ReadClaims(const json::Members& claims, RegisteredClaims* registered) {
  for (const json::Member& claim : claims) {
    if (!ReadClaim(claims, claim, registered)) return false;
  }
  return true;
}

bool IsOneOf(absl::string_view value, const std::vector<std::string>& list) {
  return absl::c_any_of(
      list, [value](const std::string& entry) { return entry == value; });
}

// RFC 7519 4.1.1.
Reason JudgeIssuer(const RegisteredClaims& claims, const Policy& policy) {
  if (policy.issuers.empty()) return Reason::kValid;
  if (claims.iss == nullptr) return Reason::kIssuerMissing;
  return IsOneOf(claims.iss->text, policy.issuers) ? Reason::kValid
                                                   : Reason::kIssuerMismatch;
}

bool AudienceMatches(const json::Members& claims, const Value& aud,
                     const Policy& policy) {
  if (IsString(aud)) return IsOneOf(aud.text, policy.audiences);
  return absl::c_any_of(claims.EntriesOf(aud), [&](const Value& entry) {
    return IsOneOf(entry.text, policy.audiences);
  });
}

// RFC 7519 4.1.3.
Reason JudgeAudience(const json::Members& claims, const Value* aud,
                     const Policy& policy) {
  if (policy.audiences.empty()) {
    const bool unexpected = policy.reject_unexpected_audience && aud != nullptr;
    return unexpected ? Reason::kAudienceUnexpected : Reason::kValid;
  }
  if (aud == nullptr) return Reason::kAudienceMissing;
  return AudienceMatches(claims, *aud, policy) ? Reason::kValid
                                               : Reason::kAudienceMismatch;
}

// RFC 7519 4.1.2.
Reason JudgeSubject(const RegisteredClaims& claims, const Policy& policy) {
  if (!policy.subject.has_value()) return Reason::kValid;
  if (claims.sub == nullptr) return Reason::kClaimMissing;
  return claims.sub->text == *policy.subject ? Reason::kValid
                                             : Reason::kSubjectMismatch;
}

Reason JudgeRequired(const json::Members& claims, const Policy& policy) {
  for (const std::string& name : policy.required_claims) {
    const Value* const value = claims.Find(name);
    if (value == nullptr || value->kind == Kind::kNull) {
      return Reason::kClaimMissing;
    }
  }
  return Reason::kValid;
}

}  // namespace

bool IsNumericDate(const Value& value) {
  return value.kind == Kind::kInt64 || value.kind == Kind::kUint64 ||
         value.kind == Kind::kDouble;
}

// Seconds since the epoch, possibly with a fraction. JSON has no NaN.
absl::Time ToTime(const Value& date) {
  switch (date.kind) {
    case Kind::kInt64:
      return absl::FromUnixSeconds(date.integer);
    case Kind::kDouble:
      return absl::UnixEpoch() + absl::Seconds(date.number);
    default:
      return absl::InfiniteFuture();
  }
}

bool IsTypeAmong(absl::string_view typ, const Policy& policy) {
  return absl::c_any_of(policy.types_if_any, [typ](const std::string& type) {
    return SameMediaType(typ, type);
  });
}

Reason JudgeType(const ProtectedHeader& header, const Policy& policy) {
  if (!policy.types_if_any.empty() && header.typ.has_value() &&
      !IsTypeAmong(*header.typ, policy)) {
    return Reason::kTypeMismatch;
  }
  if (!policy.typ.has_value()) return Reason::kValid;
  if (!header.typ.has_value()) return Reason::kTypeMissing;
  return SameMediaType(*header.typ, *policy.typ) ? Reason::kValid
                                                 : Reason::kTypeMismatch;
}

// RFC 7519 2: seconds since the epoch. Seldom are they anything but whole.
bool ClaimsJudge::Moment::IsBefore(const Value& date) const {
  return date.kind == Kind::kInt64 ? whole_seconds_ < date.integer
                                   : time_ < ToTime(date);
}

// RFC 7519 4.1.4 and 4.1.5.
Reason ClaimsJudge::JudgeTimes(const Value* exp, const Value* nbf,
                               const Value* iat) const {
  if (exp != nullptr && !earliest_now_.IsBefore(*exp)) return Reason::kExpired;
  if (nbf != nullptr && latest_now_.IsBefore(*nbf)) {
    return Reason::kNotYetValid;
  }
  return policy_.max_age.has_value() ? JudgeAge(iat) : Reason::kValid;
}

// RFC 7519 4.1.6, and the policy's demand that a token be recent.
Reason ClaimsJudge::JudgeAge(const Value* iat) const {
  if (iat == nullptr) return Reason::kClaimMissing;
  if (latest_now_.IsBefore(*iat)) return Reason::kIssuedInFuture;
  const absl::Duration age = now_ - ToTime(*iat);
  return age - policy_.clock_skew > *policy_.max_age ? Reason::kTooOld
                                                     : Reason::kValid;
}

Reason ClaimsJudge::Judge(const json::Members& claims) const {
  RegisteredClaims registered;
  if (!ReadClaims(claims, &registered)) return Reason::kClaimType;
  Reason reason = JudgeTimes(registered.exp, registered.nbf, registered.iat);
  if (reason == Reason::kValid) reason = JudgeIssuer(registered, policy_);
  if (reason == Reason::kValid) {
    reason = JudgeAudience(claims, registered.aud, policy_);
  }
  if (reason == Reason::kValid) reason = JudgeSubject(registered, policy_);
  if (reason == Reason::kValid) reason = JudgeRequired(claims, policy_);
  return reason;
}

}  // namespace assay::jose
