#include "core/jose/profile_rules.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/crypto/digest.h"
#include "core/jose/claims_validator.h"
#include "core/jose/header.h"
#include "core/jose/spiffe_id.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

using json::Kind;
using json::Value;

constexpr char kLogoutEvent[] =
    "http://schemas.openid.net/event/backchannel-logout";

// JWT-SVID 2.1.
const AlgorithmSet& SvidAlgorithms() {
  static const AlgorithmSet* const set = new AlgorithmSet(
      {Algorithm::kRs256, Algorithm::kRs384, Algorithm::kRs512,
       Algorithm::kPs256, Algorithm::kPs384, Algorithm::kPs512,
       Algorithm::kEs256, Algorithm::kEs384, Algorithm::kEs512});
  return *set;
}

absl::Status Invalid(absl::string_view field, ProfileKind kind,
                     absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": the profile ", ProfileName(kind), " ", why));
}

void Require(absl::Span<const absl::string_view> names, Policy* policy) {
  for (const absl::string_view name : names) {
    if (!absl::c_linear_search(policy->required_claims, name)) {
      policy->required_claims.emplace_back(name);
    }
  }
}

absl::Status NeedIssuer(ProfileKind kind, const Policy& policy) {
  return policy.issuers.empty()
             ? Invalid("issuers", kind, "needs the issuer that is trusted")
             : absl::OkStatus();
}

absl::Status NeedAudience(ProfileKind kind, const Policy& policy) {
  return policy.audiences.empty()
             ? Invalid("audiences", kind, "needs the audience that you are")
             : absl::OkStatus();
}

absl::Status DemandType(ProfileKind kind, absl::string_view typ,
                        Policy* policy) {
  if (policy->typ.has_value() && !SameMediaType(*policy->typ, typ)) {
    return Invalid("typ", kind,
                   absl::StrCat("asks for ", typ, ", not for \"", *policy->typ,
                                "\"; leave it out"));
  }
  policy->typ.emplace(typ);
  return absl::OkStatus();
}

// For profiles whose tokens need no typ.
absl::Status LimitTypes(ProfileKind kind, std::vector<std::string> types,
                        Policy* policy) {
  policy->types_if_any = std::move(types);
  if (!policy->typ.has_value() || IsTypeAmong(*policy->typ, *policy)) {
    return absl::OkStatus();
  }
  return Invalid(
      "typ", kind,
      absl::StrCat("knows no typ \"", *policy->typ, "\"; leave it out"));
}

absl::Status DemandAccessToken(Policy* policy) {
  constexpr ProfileKind kKind = ProfileKind::kAccessToken;
  Require({"iss", "exp", "aud", "sub", "client_id", "iat", "jti"}, policy);
  absl::Status status = DemandType(kKind, "at+jwt", policy);
  status.Update(NeedIssuer(kKind, *policy));
  status.Update(NeedAudience(kKind, *policy));
  return status;
}

absl::Status DemandIdToken(const Profile& profile, Policy* policy) {
  constexpr ProfileKind kKind = ProfileKind::kIdToken;
  Require({"iss", "sub", "aud", "exp", "iat"}, policy);
  if (profile.require_nonce || profile.nonce.has_value()) {
    Require({"nonce"}, policy);
  }
  if (profile.access_token.has_value()) Require({"at_hash"}, policy);
  if (profile.code.has_value()) Require({"c_hash"}, policy);
  if (profile.max_auth_age.has_value()) Require({"auth_time"}, policy);
  absl::Status status = LimitTypes(kKind, {"JWT"}, policy);
  status.Update(NeedIssuer(kKind, *policy));
  if (policy->audiences.size() != 1) {
    status.Update(Invalid("audiences", kKind,
                          "needs exactly one, your client_id; further ones "
                          "that are trusted are trusted_audiences"));
  }
  if (profile.max_auth_age.has_value() &&
      *profile.max_auth_age <= absl::ZeroDuration()) {
    status.Update(
        Invalid("max_auth_age", kKind, "takes none that is not positive"));
  }
  if (profile.trusted_audiences.size() > kMaxPolicyNames) {
    status.Update(
        Invalid("trusted_audiences", kKind,
                absl::StrCat("takes at most ", kMaxPolicyNames, " of them")));
  }
  return status;
}

absl::Status DemandLogoutToken(Policy* policy) {
  constexpr ProfileKind kKind = ProfileKind::kLogoutToken;
  Require({"iss", "aud", "iat", "exp", "jti", "events"}, policy);
  absl::Status status = DemandType(kKind, "logout+jwt", policy);
  status.Update(NeedIssuer(kKind, *policy));
  // Of several it would not be known which is the client's.
  if (policy->audiences.size() != 1) {
    status.Update(
        Invalid("audiences", kKind, "needs exactly one, your client_id"));
  }
  return status;
}

absl::Status LimitAlgorithms(ProfileKind kind, const AlgorithmSet& allowed,
                             Policy* policy) {
  if (policy->algorithms.empty()) policy->algorithms = allowed;
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    if (policy->algorithms.Contains(info.algorithm) &&
        !allowed.Contains(info.algorithm)) {
      return Invalid("algorithms", kind, absl::StrCat("forbids ", info.name));
    }
  }
  return absl::OkStatus();
}

absl::Status DemandSvid(const Profile& profile, Policy* policy) {
  constexpr ProfileKind kKind = ProfileKind::kJwtSvid;
  Require({"sub", "aud", "exp"}, policy);
  absl::Status status = LimitTypes(kKind, {"JWT", "JOSE"}, policy);
  status.Update(LimitAlgorithms(kKind, SvidAlgorithms(), policy));
  status.Update(NeedAudience(kKind, *policy));
  if (profile.trust_domain.empty()) {
    status.Update(Invalid("trust_domain", kKind,
                          "needs the one that the keys are of, such as "
                          "example.org"));
  } else if (!IsTrustDomain(profile.trust_domain)) {
    status.Update(Invalid("trust_domain", kKind,
                          "needs a name of a-z, 0-9, '.', '-' and '_', "
                          "without spiffe://"));
  }
  return status;
}

// The first parameter that only ID tokens have, or "".
absl::string_view IdTokenParameter(const Profile& profile) {
  if (profile.nonce.has_value()) return "nonce";
  if (profile.require_nonce) return "require_nonce";
  if (profile.access_token.has_value()) return "access_token";
  if (profile.code.has_value()) return "code";
  if (profile.max_auth_age.has_value()) return "max_auth_age";
  if (!profile.trusted_audiences.empty()) return "trusted_audiences";
  return "";
}

// A parameter that nobody looks at would make VALID say more than is known.
absl::Status CheckParameters(const Profile& profile) {
  const absl::string_view of_id = IdTokenParameter(profile);
  if (profile.kind != ProfileKind::kIdToken && !of_id.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(of_id, ": only the profile id-token judges it"));
  }
  if (profile.kind != ProfileKind::kJwtSvid && !profile.trust_domain.empty()) {
    return absl::InvalidArgumentError(
        "trust_domain: only the profile jwt-svid judges it");
  }
  return absl::OkStatus();
}

absl::Status Demand(const Profile& profile, Policy* policy) {
  switch (profile.kind) {
    case ProfileKind::kNone:
      return absl::OkStatus();
    case ProfileKind::kAccessToken:
      return DemandAccessToken(policy);
    case ProfileKind::kIdToken:
      return DemandIdToken(profile, policy);
    case ProfileKind::kLogoutToken:
      return DemandLogoutToken(policy);
    case ProfileKind::kJwtSvid:
      return DemandSvid(profile, policy);
  }
  return absl::InvalidArgumentError("profile: is no known one");
}

bool IsTextIfAny(const Value* value) {
  return value == nullptr || value->kind == Kind::kString;
}

// An absent claim has been judged by the policy's required claims.
bool DiffersIfAny(const Value* value, absl::string_view expected) {
  return value != nullptr && value->text != expected;
}

// RFC 9068 2.2: who asked for the token.
Reason JudgeAccessToken(const json::Members& claims) {
  return IsTextIfAny(claims.Find("client_id")) ? Reason::kValid
                                               : Reason::kProfileClaimType;
}

bool HasLogoutEvent(const json::Object& claims) {
  json::Object events, event;
  return claims.at_key("events").get_object().get(events) ==
             simdjson::SUCCESS &&
         events.at_key(kLogoutEvent).get_object().get(event) ==
             simdjson::SUCCESS;
}

// Back-Channel Logout 2.4 and 2.6.
Reason JudgeLogoutToken(const json::Members& claims,
                        const json::Object& object) {
  const Value* const sid = claims.Find("sid");
  if (!IsTextIfAny(sid)) return Reason::kProfileClaimType;
  if (!HasLogoutEvent(object)) return Reason::kLogoutEventMissing;
  if (claims.Find("nonce") != nullptr) return Reason::kNonceForbidden;
  return sid == nullptr && claims.Find("sub") == nullptr
             ? Reason::kLogoutTargetMissing
             : Reason::kValid;
}

// RFC 7800 3.1. What it confirms is the caller's to judge.
bool IsConfirmationIfAny(const json::Members& claims) {
  const Value* const cnf = claims.Find("cnf");
  return cnf == nullptr || cnf->kind == Kind::kObject;
}

}  // namespace

absl::Status ApplyProfile(const Profile& profile, Policy* policy) {
  absl::Status status = CheckParameters(profile);
  if (status.ok()) status = Demand(profile, policy);
  if (!status.ok() || profile.kind == ProfileKind::kNone) return status;
  policy->profile = profile;
  return absl::OkStatus();
}

ProfileJudge::LeftHalves ProfileJudge::HashText(const std::string& text) {
  LeftHalves halves;
  for (const crypto::Hash hash :
       {crypto::Hash::kSha256, crypto::Hash::kSha384, crypto::Hash::kSha512}) {
    std::string digest(crypto::HashLen(hash), '\0');
    crypto::Digest(hash, text, reinterpret_cast<uint8_t*>(&digest[0]));
    digest.resize(digest.size() / 2);
    halves.by_hash[static_cast<int>(hash)] = Base64UrlEncode(digest);
  }
  return halves;
}

ProfileJudge::ProfileJudge(const Policy& policy, absl::Time now)
    : policy_(policy), profile_(*policy.profile), now_(now) {
  if (profile_.access_token.has_value()) {
    at_hash_ = HashText(*profile_.access_token);
  }
  if (profile_.code.has_value()) c_hash_ = HashText(*profile_.code);
}

Reason ProfileJudge::Judge(const json::Members& claims,
                           const json::Object& object, Algorithm alg) const {
  if (!IsConfirmationIfAny(claims)) return Reason::kConfirmationType;
  switch (profile_.kind) {
    case ProfileKind::kAccessToken:
      return JudgeAccessToken(claims);
    case ProfileKind::kIdToken:
      return JudgeIdToken(claims, alg);
    case ProfileKind::kLogoutToken:
      return HasTrustedAudiences(claims) ? JudgeLogoutToken(claims, object)
                                         : Reason::kAudienceUntrusted;
    case ProfileKind::kJwtSvid:
      return JudgeSvid(claims);
    case ProfileKind::kNone:
      break;
  }
  return Reason::kUnspecified;  // Never the answer: nothing makes such a judge.
}

// OpenID Connect Core 3.1.3.7, but for what the policy says.
Reason ProfileJudge::JudgeIdToken(const json::Members& claims,
                                  Algorithm alg) const {
  const Value* const nonce = claims.Find("nonce");
  const Value* const at_hash = claims.Find("at_hash");
  const Value* const c_hash = claims.Find("c_hash");
  if (!IsTextIfAny(nonce) || !IsTextIfAny(at_hash) || !IsTextIfAny(c_hash)) {
    return Reason::kProfileClaimType;
  }
  // Of a security event token, such as a logout token without a typ.
  if (claims.Find("events") != nullptr) return Reason::kEventsForbidden;
  const Reason reason = JudgeParties(claims);
  if (reason != Reason::kValid) return reason;
  if (profile_.nonce.has_value() && DiffersIfAny(nonce, *profile_.nonce)) {
    return Reason::kNonceMismatch;
  }
  const crypto::Hash hash = InfoOf(alg).scheme.hash;
  if (at_hash_.has_value() && DiffersIfAny(at_hash, at_hash_->Of(hash))) {
    return Reason::kAccessTokenHashMismatch;
  }
  if (c_hash_.has_value() && DiffersIfAny(c_hash, c_hash_->Of(hash))) {
    return Reason::kCodeHashMismatch;
  }
  return JudgeAuthTime(claims.Find("auth_time"));
}

bool ProfileJudge::IsTrustedAudience(absl::string_view audience) const {
  return audience == policy_.audiences.front() ||
         absl::c_linear_search(profile_.trusted_audiences, audience);
}

// 3.1.3.7, 3, which logout tokens are under as well (Back-Channel Logout 2.6).
bool ProfileJudge::HasTrustedAudiences(const json::Members& claims) const {
  const Value* const aud = claims.Find("aud");
  if (aud == nullptr || aud->kind != Kind::kArray) return true;
  return absl::c_all_of(claims.EntriesOf(*aud), [this](const Value& audience) {
    return IsTrustedAudience(audience.text);
  });
}

// 3.1.3.7, 3 to 5. aud has been found to name the client.
Reason ProfileJudge::JudgeParties(const json::Members& claims) const {
  const Value* const azp = claims.Find("azp");
  if (!IsTextIfAny(azp)) return Reason::kProfileClaimType;
  const Value* const aud = claims.Find("aud");
  if (!HasTrustedAudiences(claims)) return Reason::kAudienceUntrusted;
  if (aud != nullptr && aud->kind == Kind::kArray &&
      claims.EntriesOf(*aud).size() > 1 && azp == nullptr) {
    return Reason::kAuthorizedPartyMissing;
  }
  return DiffersIfAny(azp, policy_.audiences.front())
             ? Reason::kAuthorizedPartyMismatch
             : Reason::kValid;
}

// 3.1.3.7, 13.
Reason ProfileJudge::JudgeAuthTime(const Value* auth_time) const {
  if (auth_time == nullptr) return Reason::kValid;
  if (!IsNumericDate(*auth_time)) return Reason::kProfileClaimType;
  if (!profile_.max_auth_age.has_value()) return Reason::kValid;
  const absl::Time time = ToTime(*auth_time);
  if (time > now_ + policy_.clock_skew) return Reason::kAuthenticatedInFuture;
  return now_ - time - policy_.clock_skew > *profile_.max_auth_age
             ? Reason::kAuthenticatedTooLongAgo
             : Reason::kValid;
}

// JWT-SVID 3.1. That sub is there, and a text, has been seen.
Reason ProfileJudge::JudgeSvid(const json::Members& claims) const {
  const Value* const sub = claims.Find("sub");
  absl::string_view trust_domain;
  if (sub == nullptr || !ReadSpiffeId(sub->text, &trust_domain)) {
    return Reason::kSubjectNoSpiffeId;
  }
  return trust_domain == profile_.trust_domain ? Reason::kValid
                                               : Reason::kTrustDomainMismatch;
}

}  // namespace assay::jose
