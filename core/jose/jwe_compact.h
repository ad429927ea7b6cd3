// The JWE compact serialization (RFC 7516 3.1, 7.1): five base64url segments
// separated by dots.
#ifndef ASSAY_CORE_JOSE_JWE_COMPACT_H_
#define ASSAY_CORE_JOSE_JWE_COMPACT_H_

#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::jose {

// Views into a token; still encoded, nothing authenticated.
struct UnverifiedJwe {
  // BASE64URL(protected header). As it stands it is the additional
  // authenticated data as well (RFC 7516 5.1 step 14). Of a token in JSON it is
  // that alone: "." and BASE64URL(aad) may follow, and both may be absent.
  absl::string_view header;
  absl::string_view encrypted_key;  // Empty for "dir" and ECDH-ES.
  absl::string_view iv;
  absl::string_view ciphertext;  // May be empty.
  absl::string_view tag;
};

// Cuts `token` at its dots, which are counted first: time is linear in the
// token's length whatever it holds. Returns kValid, or kTokenTooLarge,
// kHeaderTooLarge, kEmptyToken, kSegmentCount, kEmptySegment (header, IV or
// tag), kSignedToken. The alphabet is judged when the segments are decoded.
DecryptReason SplitJwe(absl::string_view token, const Limits& limits,
                       UnverifiedJwe* jwe);

// Judges the two segments that may be empty, now that the header is known:
// kValid, kKeyMissing, kKeyUnexpected, or kEmptySegment for CBC's ciphertext,
// which is a block at least. Neither of the algorithms is kUnspecified.
DecryptReason CheckSegments(const UnverifiedJwe& jwe, KeyManagement alg,
                            ContentAlgorithm enc);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_COMPACT_H_
