// The JWS compact serialization (RFC 7515 3.1, 7.1): three base64url segments
// separated by dots.
#ifndef ASSAY_CORE_JOSE_COMPACT_H_
#define ASSAY_CORE_JOSE_COMPACT_H_

#include "absl/strings/string_view.h"
#include "core/base/limits.h"
#include "core/base/reason.h"

namespace assay::jose {

// Views into a token; still encoded, nothing verified.
struct UnverifiedCompact {
  absl::string_view header;         // BASE64URL(protected header)
  absl::string_view payload;        // BASE64URL(payload); may be empty
  absl::string_view signature;      // BASE64URL(signature)
  absl::string_view signing_input;  // header "." payload
};

// Cuts `token` at its dots, which are counted first: time is linear in the
// token's length whatever it holds. Returns kValid, or kTokenTooLarge,
// kHeaderTooLarge, kEmptyToken, kSegmentCount, kEmptySegment, kEncryptedToken.
// The alphabet is judged when the segments are decoded.
Reason SplitCompact(absl::string_view token, const Limits& limits,
                    UnverifiedCompact* compact);

// Whether a payload with b64=false can stand in a compact token: printable
// ASCII and no dot (RFC 7797 5.2).
bool CanStandUnencoded(absl::string_view payload);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_COMPACT_H_
