// What a caller demands of a token beyond a good signature.
#ifndef ASSAY_CORE_JOSE_POLICY_H_
#define ASSAY_CORE_JOSE_POLICY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "core/jose/algorithm.h"
#include "core/jose/profile.h"

namespace assay::jose {

// What the payload is. Said by the caller, never guessed.
enum class Form : uint8_t {
  kJwt,  // A claims object (RFC 7519), judged by the policy.
  kJws,  // Any bytes (RFC 7515); no claim is judged.
  // The same, where the token is one JSON object, flattened or general
  // (RFC 7515 7.2), and not compact.
  kJwsJson,
};

// Whether the form's payload is a claims object.
inline bool JudgesClaims(Form form) {
  return form != Form::kJws && form != Form::kJwsJson;
}

// How many of the signatures of a JWS in JSON must be good.
enum class SignatureRule : uint8_t {
  kAny,  // One at least.
  kAll,  // Each that is there. What somebody has taken out is not missed: see
         // Policy::required_kids.
};

struct Policy {
  Form form = Form::kJwt;
  // Empty: any algorithm of the key set's keys.
  AlgorithmSet algorithms;
  // One of these must equal iss (exact, case-sensitive). Empty: iss is free.
  std::vector<std::string> issuers;
  // One of these must be in aud. Empty: aud is not judged, unless
  // reject_unexpected_audience says that a token meant for somebody is refused
  // (RFC 7519 4.1.3 read strictly).
  std::vector<std::string> audiences;
  bool reject_unexpected_audience = false;
  absl::optional<std::string> subject;
  // The media type that typ must be; see SameMediaType. For both forms.
  absl::optional<std::string> typ;
  // typ may be absent, but must be one of these if it is there. Empty: any.
  std::vector<std::string> types_if_any;
  // Claims that must be present, whatever their value (null counts as absent).
  std::vector<std::string> required_claims;
  // Added to exp, taken off nbf and iat. Not negative, at most an hour.
  absl::Duration clock_skew = absl::ZeroDuration();
  // now - iat must not exceed it (with skew); iat is then required.
  absl::optional<absl::Duration> max_age;
  // Judge as if it were this moment.
  absl::optional<absl::Time> as_of;
  // The payload is signed as it is and not in base64url (RFC 7797). Then a
  // header must say so by b64=false, and otherwise must not. Not for a JWT.
  bool unencoded_payload = false;
  // For kJwsJson: these, and beyond them a good signature by a key of each of
  // these kids.
  SignatureRule signatures = SignatureRule::kAny;
  std::vector<std::string> required_kids;
  // Set by ApplyProfile alone, together with what it demands of the above.
  absl::optional<Profile> profile;
};

inline constexpr absl::Duration kMaxClockSkew = absl::Hours(1);

// INVALID_ARGUMENT, naming the field, if the policy contradicts itself: skew
// out of range, max_age not positive, an empty issuer, audience, typ or claim
// name, more than kMaxPolicyNames of one of them, or a demand on a claim where
// the form is kJws or kJwsJson; for an unencoded payload of a JWT; and for a
// demand on signatures where the form is not kJwsJson. (Skew and as_of only
// move the moment: they demand nothing.)
absl::Status ValidatePolicy(const Policy& policy);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_POLICY_H_
