// What became of a token that was to be decrypted, in one byte: reason.h's
// counterpart for JWE.
//
// DecryptVerdict is the public answer, stable forever: numbers are never reused
// and equal those of assay.v1.DecryptVerdict. DecryptReason says why in more
// detail, up to where cryptography begins: a key that does not unwrap, a key
// agreement that fails, a tag or a padding that does not fit are one and the
// same reason. Whoever could tell them apart could ask for plaintext a bit at a
// time (RFC 7516 11.4, 11.5; CVE-2017-12973).
#ifndef ASSAY_CORE_BASE_DECRYPT_REASON_H_
#define ASSAY_CORE_BASE_DECRYPT_REASON_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace assay {

enum class DecryptVerdict : uint8_t {
  kUnspecified = 0,  // Never the answer for a token; never "valid".
  kValid = 1,
  kMalformed = 2,
  kUnsupported = 3,
  kAlgorithmNotAllowed = 4,
  kUnknownKey = 5,
  kKeyUnavailable = 6,
  kDecryptionFailed = 7,
  kTooExpensive = 8,
  kTooLarge = 9,
  kNotProcessed = 10,
};
inline constexpr int kNumDecryptVerdicts = 11;

enum class DecryptReason : uint8_t {
  kUnspecified = 0,
  kValid,
  // Malformed.
  kEmptyToken,
  kSegmentCount,     // Not four dots (and not the two of a JWS).
  kEmptySegment,     // An empty header, IV, ciphertext (of CBC) or tag.
  kKeyMissing,       // No encrypted key, which the header's alg needs.
  kKeyUnexpected,    // One, with an alg that has none.
  kSegmentEncoding,  // A segment behind the header is not strict base64url.
  kHeaderEncoding,   // Header segment is not strict base64url.
  kHeaderNotJson,    // Header is not a JSON object in UTF-8.
  kHeaderTooDeep,
  kHeaderDuplicateMember,
  kHeaderMemberType,  // A parameter that is read has the wrong JSON type.
  kHeaderAlgMissing,
  kHeaderEncMissing,
  kHeaderParameterMissing,  // epk, iv, tag, p2s or p2c, which alg needs.
  kHeaderParameterInvalid,  // One of them, apu or apv, has a bad value.
  kEpkPrivate,              // epk holds a private key.
  kCritInvalid,  // crit empty, duplicate, registered or absent names.
  // Unsupported.
  kSignedToken,  // Three segments: a JWS.
  kAlgorithmUnsupported,
  kEncUnsupported,
  kCritUnsupported,
  kZipUnsupported,  // Compressed content.
  kEpkUnsupported,  // epk is of a key type or curve that is not ours.
  // Algorithm not allowed.
  kAlgorithmNotAllowedByPolicy,
  kEncNotAllowedByPolicy,
  kAlgorithmNotOfKey,  // The key is there, but for another alg or enc.
  // Keys.
  kKidUnknown,
  kNoCompatibleKey,  // No kid in the header, no key of that algorithm.
  kKeyUnavailable,
  // Decryption failed, whatever failed of it.
  kDecryptionFailed,
  // Too expensive.
  kIterationsAboveLimit,  // p2c is larger than one token may ask for.
  kIterationBudgetSpent,  // The tokens before it have used up the batch's.
  // Size.
  kTokenTooLarge,
  kHeaderTooLarge,
  // Not processed.
  kDeadlineExceeded,
  kCancelled,
  // Of the JSON forms: malformed.
  kTokenNotJson,  // The token is not one JSON object in UTF-8.
  kTokenTooDeep,
  kTokenDuplicateMember,
  kTokenMemberType,     // A member that is read has the wrong JSON type.
  kTokenMemberMissing,  // No IV, ciphertext or tag, or a member that is empty.
  kTokenShape,          // Neither flattened nor general, or both.
  kHeaderNamesOverlap,  // A name in two of a recipient's headers.
  kUnprotectedParameter,  // crit or zip outside the protected header.
  kRecipientsDisagree,    // About enc, or about who has the content's key.
  // Compressed content (zip): malformed, though authentic.
  kContentNotDeflate,
  // Of the JSON forms: unsupported.
  kSignedJson,  // Has members of a JWS.
  // Too expensive.
  kRecipientTriesSpent,  // More keys or recipients fit than are tried.
  kInflateBudgetSpent,   // The tokens before it have used up the batch's.
  // Size.
  kTooManyRecipients,
  kInflatedTooLarge,
};
inline constexpr int kNumDecryptReasons =
    static_cast<int>(DecryptReason::kInflatedTooLarge) + 1;

// The one verdict that `reason` belongs to.
DecryptVerdict VerdictOf(DecryptReason reason);
// "DECRYPTION_FAILED" and so on.
absl::string_view VerdictName(DecryptVerdict verdict);
// An English sentence for people, without a full stop; static storage.
absl::string_view ReasonText(DecryptReason reason);

}  // namespace assay

#endif  // ASSAY_CORE_BASE_DECRYPT_REASON_H_
