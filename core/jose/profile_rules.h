// The rules of profiles (core/jose/profile.h): as demands of a policy where it
// has words for them, and otherwise as judgements of their own.
#ifndef ASSAY_CORE_JOSE_PROFILE_RULES_H_
#define ASSAY_CORE_JOSE_PROFILE_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/base/reason.h"
#include "core/crypto/signature_scheme.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/jose/profile.h"
#include "core/json/members.h"
#include "core/json/reader.h"

namespace assay::jose {

// Adds to `*policy` what `profile` demands, and the profile itself. What the
// policy demands already stays: a profile can only be made stricter.
// INVALID_ARGUMENT, naming the field, where the two contradict each other,
// where the profile lacks what it cannot do without (an issuer, an audience, a
// trust domain), or for a parameter of another profile; then `*policy` must not
// be used. kNone changes nothing. What has been applied may be applied again.
//
// access-token: typ at+jwt; issuers and audiences configured; iss, exp, aud,
//   sub, client_id, iat and jti present.
// id-token: typ absent or JWT; issuers configured, and one audience, which is
//   the client; iss, sub, aud, exp and iat present.
// logout-token: typ logout+jwt, though the specification merely recommends it:
//   an ID token must never pass for one; issuers and audiences configured; iss,
//   aud, iat, exp, jti and events present.
// jwt-svid: typ absent, JWT or JOSE; RS, ES and PS algorithms alone; audiences
//   and the trust domain configured; sub, aud and exp present.
absl::Status ApplyProfile(const Profile& profile, Policy* policy);

// Judges what a policy cannot say of claims that it has found good. Made once
// for a batch, for a policy that has a profile.
class ProfileJudge {
 public:
  // `policy` outlives the judge; its as_of has been applied to `now`.
  ProfileJudge(const Policy& policy, absl::Time now);

  // Whether Judge looks into nested objects, and so needs more than members.
  bool needs_object() const {
    return profile_.kind == ProfileKind::kLogoutToken;
  }
  // `object`, of which `claims` are the members, is looked at only if
  // needs_object(). `alg` is the algorithm of the signature that was verified.
  Reason Judge(const json::Members& claims, const json::Object& object,
               Algorithm alg) const;

 private:
  // BASE64URL of the left half of a text's hash, by hash (3.1.3.6).
  struct LeftHalves {
    const std::string& Of(crypto::Hash hash) const {
      return by_hash[static_cast<int>(hash)];
    }
    std::string by_hash[3];
  };
  static LeftHalves HashText(const std::string& text);

  Reason JudgeIdToken(const json::Members& claims, Algorithm alg) const;
  Reason JudgeParties(const json::Members& claims) const;
  Reason JudgeAuthTime(const json::Value* auth_time) const;
  bool HasTrustedAudiences(const json::Members& claims) const;
  bool IsTrustedAudience(absl::string_view audience) const;
  Reason JudgeSvid(const json::Members& claims) const;

  const Policy& policy_;
  const Profile& profile_;
  const absl::Time now_;
  // Of the access token and the code, if there are any.
  absl::optional<LeftHalves> at_hash_, c_hash_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_PROFILE_RULES_H_
