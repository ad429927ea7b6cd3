// One signature of a JWS and what it signs, taken out of whatever serialization
// they came in (RFC 7515 7). Nothing is verified.
#ifndef ASSAY_CORE_JOSE_JWS_PARTS_H_
#define ASSAY_CORE_JOSE_JWS_PARTS_H_

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/reason.h"

namespace assay::jose {

struct JwsParts {
  // Not kValid: the signature is to be rejected for this, unread.
  Reason reason = Reason::kValid;
  // The payload is its bytes, because it stood beside the token (RFC 7515
  // appendix F), and not the token's member or segment.
  bool is_detached = false;
  absl::string_view header;  // BASE64URL(protected header)
  absl::string_view payload;
  absl::string_view signature;  // BASE64URL(signature)
  // From an unprotected header: where to look for a key, and no more.
  absl::optional<absl::string_view> unprotected_kid;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWS_PARTS_H_
