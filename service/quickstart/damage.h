// The ways in which the quickstart damages tokens, and the verdict that each
// must get. Some are made before signing (the claims are wrong), some by
// signing otherwise, some on the finished token.
#ifndef ASSAY_SERVICE_QUICKSTART_DAMAGE_H_
#define ASSAY_SERVICE_QUICKSTART_DAMAGE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"

namespace assay::quickstart {

enum class Damage : uint8_t {
  kNone,
  kSignatureBit,
  kPayloadBit,
  kHeaderBit,
  kWrongKey,
  kSignatureCutShort,
  kExpired,
  kNotYetValid,
  kWrongIssuer,
  kWrongAudience,
  kWrongType,
  kMissingClaim,
  kExpiryAsText,
  kDuplicateClaim,
  kTruncated,
  kPadded,
  kAlgorithmSwapped,
  kAlgorithmNone,
  kUnknownCrit,
};
inline constexpr size_t kNumDamages = 19;  // With kNone.

// How the server is asked to sign.
enum class Signing : uint8_t {
  kUsual,
  kWithWrongKey,   // Another key under the same kid.
  kWithWrongType,  // Another typ in the header.
  kAsBytes,        // As a JWS, whose payload is not looked at.
};
inline constexpr size_t kNumSignings = 4;

struct DamageInfo {
  Damage damage;
  absl::string_view text;  // For people.
  Signing signing;
  Verdict expected;
};

// In the order of the enum, kNone included.
absl::Span<const DamageInfo> AllDamages();
const DamageInfo& InfoOf(Damage damage);

// What the quickstart's policy asks for.
inline constexpr absl::string_view kIssuer = "https://issuer.example";
inline constexpr absl::string_view kAudience = "https://api.example";
inline constexpr absl::string_view kType = "JWT";

// The claims object number `serial`, of 9 claims and about 300 bytes, as of
// `now` (seconds since the epoch); wrong where `damage` is made in the claims.
std::string MakeClaims(Damage damage, size_t serial, int64_t now);

// `token` with the damage that is made on finished tokens; the same token for
// other damages. `token` is what the server made of MakeClaims' object.
std::string DamageToken(Damage damage, jose::Algorithm algorithm,
                        absl::string_view token);

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_DAMAGE_H_
