#include "core/jose/jwe_compact.h"

#include <cstddef>

#include "core/crypto/content_encryption.h"
#include "core/jose/compact_dots.h"

namespace assay::jose {
namespace {

// What stands between two neighbouring dots.
absl::string_view Between(absl::string_view token, size_t dot, size_t next) {
  return token.substr(dot + 1, next - dot - 1);
}

}  // namespace

DecryptReason SplitJwe(absl::string_view token, const Limits& limits,
                       UnverifiedJwe* jwe) {
  if (token.empty()) return DecryptReason::kEmptyToken;
  if (token.size() > limits.max_token_bytes) {
    return DecryptReason::kTokenTooLarge;
  }
  const CompactDots dots = FindDots(token);
  if (dots.count == kDotsOfJws) return DecryptReason::kSignedToken;
  if (dots.count != kDotsOfJwe) return DecryptReason::kSegmentCount;

  jwe->header = token.substr(0, dots.at[0]);
  jwe->encrypted_key = Between(token, dots.at[0], dots.at[1]);
  jwe->iv = Between(token, dots.at[1], dots.at[2]);
  jwe->ciphertext = Between(token, dots.at[2], dots.at[3]);
  jwe->tag = token.substr(dots.at[3] + 1);
  if (jwe->header.size() > limits.max_header_bytes) {
    return DecryptReason::kHeaderTooLarge;
  }
  if (jwe->header.empty() || jwe->iv.empty() || jwe->tag.empty()) {
    return DecryptReason::kEmptySegment;
  }
  return DecryptReason::kValid;
}

DecryptReason CheckSegments(const UnverifiedJwe& jwe, KeyManagement alg,
                            ContentAlgorithm enc) {
  const bool has_key = !jwe.encrypted_key.empty();
  if (has_key && !HasEncryptedKey(alg)) return DecryptReason::kKeyUnexpected;
  if (!has_key && HasEncryptedKey(alg)) return DecryptReason::kKeyMissing;
  if (jwe.ciphertext.empty() && !crypto::IsGcm(InfoOf(enc).encryption)) {
    return DecryptReason::kEmptySegment;
  }
  return DecryptReason::kValid;
}

}  // namespace assay::jose
