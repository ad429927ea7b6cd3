// Profiles of JWT: what the specifications of particular kinds of tokens demand
// beyond RFC 7519, under one name.
//
//   access-token  RFC 9068 2 and 4.
//   id-token      OpenID Connect Core 1.0, 2 and 3.1.3.7.
//   logout-token  OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6.
//   jwt-svid      SPIFFE JWT-SVID 2 and 3.
//
// Most of a profile is a policy's to say: core/jose/profile_rules.h fills it in
// and judges the rest.
#ifndef ASSAY_CORE_JOSE_PROFILE_H_
#define ASSAY_CORE_JOSE_PROFILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace assay::jose {

// Stable numbers: they equal those of assay.v1.ProfileKind.
enum class ProfileKind : uint8_t {
  kNone = 0,
  kAccessToken = 1,
  kIdToken = 2,
  kLogoutToken = 3,
  kJwtSvid = 4,
};
inline constexpr int kNumProfileKinds = 5;

// "access-token" and so on; "" for kNone.
absl::string_view ProfileName(ProfileKind kind);
// kNone if there is none of that name.
ProfileKind ProfileFromName(absl::string_view name);

// A profile and what it is to be judged with. One serves a whole batch: where
// each token has a nonce of its own, ask for require_nonce and compare the
// claim in the result.
struct Profile {
  ProfileKind kind = ProfileKind::kNone;

  // Of ID tokens.
  // nonce must be this.
  absl::optional<std::string> nonce;
  // nonce must be there.
  bool require_nonce = false;
  // at_hash and c_hash must be there, and of these (3.1.3.6, 3.3.2.11). Under
  // EdDSA, of which the specification says nothing, the hash is SHA-512, as it
  // is of Ed25519 itself.
  absl::optional<std::string> access_token;
  absl::optional<std::string> code;
  // auth_time must be there and no further back than this (with the policy's
  // skew): the max_age that authentication was asked for with.
  absl::optional<absl::Duration> max_auth_age;
  // What aud may name beside the client (3.1.3.7, 3).
  std::vector<std::string> trusted_audiences;

  // Of JWT-SVIDs: the trust domain that the keys are of, such as "example.org".
  // Required: keys of one domain must not speak for another.
  std::string trust_domain;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_PROFILE_H_
