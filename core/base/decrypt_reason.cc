#include "core/base/decrypt_reason.h"

#include <cstddef>

#include "absl/base/macros.h"

namespace assay {
namespace {

using R = DecryptReason;
using V = DecryptVerdict;

struct Row {
  DecryptReason reason;
  DecryptVerdict verdict;
  absl::string_view text;
};

// In the order of the enum; the test checks that each row stands in its place.
constexpr Row kRows[] = {
    {R::kUnspecified, V::kUnspecified, "not judged"},
    {R::kValid, V::kValid, "decrypted, and unchanged since it was encrypted"},
    {R::kEmptyToken, V::kMalformed, "the token is empty"},
    {R::kSegmentCount, V::kMalformed,
     "a compact JWE has exactly five segments separated by dots"},
    {R::kEmptySegment, V::kMalformed,
     "the header, IV, ciphertext or tag segment is empty"},
    {R::kKeyMissing, V::kMalformed,
     "the header's alg needs an encrypted key, and its segment is empty"},
    {R::kKeyUnexpected, V::kMalformed,
     "the header's alg has no encrypted key, and its segment is not empty"},
    {R::kSegmentEncoding, V::kMalformed,
     "a segment behind the header is not unpadded base64url"},
    {R::kHeaderEncoding, V::kMalformed,
     "the header segment is not unpadded base64url"},
    {R::kHeaderNotJson, V::kMalformed,
     "the header is not a JSON object in UTF-8"},
    {R::kHeaderTooDeep, V::kMalformed,
     "the header's JSON is nested too deeply"},
    {R::kHeaderDuplicateMember, V::kMalformed,
     "a name appears twice in a JSON object of the header"},
    {R::kHeaderMemberType, V::kMalformed,
     "a header parameter has the wrong JSON type"},
    {R::kHeaderAlgMissing, V::kMalformed, "the header has no alg"},
    {R::kHeaderEncMissing, V::kMalformed, "the header has no enc"},
    {R::kHeaderParameterMissing, V::kMalformed,
     "the header lacks a parameter that its alg needs (epk, iv, tag, p2s, "
     "p2c)"},
    {R::kHeaderParameterInvalid, V::kMalformed,
     "a header parameter of its alg has a bad value (epk, apu, apv, iv, tag, "
     "p2s, p2c)"},
    {R::kEpkPrivate, V::kMalformed, "epk holds a private key"},
    {R::kCritInvalid, V::kMalformed,
     "crit is empty, repeats a name, or names a registered or absent header "
     "parameter"},
    {R::kSignedToken, V::kUnsupported,
     "the token has three segments: it is signed (JWS), not encrypted"},
    {R::kAlgorithmUnsupported, V::kUnsupported,
     "the header's alg is not a supported key management algorithm"},
    {R::kEncUnsupported, V::kUnsupported,
     "the header's enc is not a supported content encryption algorithm"},
    {R::kCritUnsupported, V::kUnsupported,
     "crit names an extension that is not understood"},
    {R::kZipUnsupported, V::kUnsupported,
     "compressed content (zip) is not accepted here"},
    {R::kEpkUnsupported, V::kUnsupported,
     "epk is of a key type or curve that is not supported"},
    {R::kAlgorithmNotAllowedByPolicy, V::kAlgorithmNotAllowed,
     "the policy does not allow the header's alg"},
    {R::kEncNotAllowedByPolicy, V::kAlgorithmNotAllowed,
     "the policy does not allow the header's enc"},
    {R::kAlgorithmNotOfKey, V::kAlgorithmNotAllowed,
     "the key is for another alg or enc"},
    {R::kKidUnknown, V::kUnknownKey, "no key of the key set has this kid"},
    {R::kNoCompatibleKey, V::kUnknownKey,
     "the header has no kid and no key of the key set is for its alg"},
    {R::kKeyUnavailable, V::kKeyUnavailable,
     "the key set has no usable keys at the moment"},
    {R::kDecryptionFailed, V::kDecryptionFailed,
     "the token was not encrypted for this key, or it was changed"},
    {R::kIterationsAboveLimit, V::kTooExpensive,
     "p2c asks for more iterations than the limit"},
    {R::kIterationBudgetSpent, V::kTooExpensive,
     "the iterations (p2c) of the tokens before it used up the batch's budget"},
    {R::kTokenTooLarge, V::kTooLarge, "the token is larger than the limit"},
    {R::kHeaderTooLarge, V::kTooLarge, "the header is larger than the limit"},
    {R::kDeadlineExceeded, V::kNotProcessed,
     "the deadline passed before this token was judged"},
    {R::kCancelled, V::kNotProcessed,
     "the request was cancelled before this token was judged"},
    {R::kTokenNotJson, V::kMalformed,
     "the token is not one JSON object in UTF-8"},
    {R::kTokenTooDeep, V::kMalformed, "the token's JSON is nested too deeply"},
    {R::kTokenDuplicateMember, V::kMalformed,
     "a name appears twice in a JSON object of the token"},
    {R::kTokenMemberType, V::kMalformed,
     "a member of the token has the wrong JSON type"},
    {R::kTokenMemberMissing, V::kMalformed,
     "the token has no iv, ciphertext or tag, or a member that is empty"},
    {R::kTokenShape, V::kMalformed,
     "recipients is empty, or stands beside header or encrypted_key: a token "
     "is either general or flattened"},
    {R::kHeaderNamesOverlap, V::kMalformed,
     "a name appears in more than one of the protected, the unprotected and "
     "a recipient's header"},
    {R::kUnprotectedParameter, V::kMalformed,
     "crit or zip stands outside the protected header"},
    {R::kRecipientsDisagree, V::kMalformed,
     "the recipients name different enc, or one of several has an alg (dir, "
     "ECDH-ES) that leaves no key to share"},
    {R::kContentNotDeflate, V::kMalformed,
     "the content is authentic, but not compressed as its zip says"},
    {R::kSignedJson, V::kUnsupported,
     "the token has members of a JWS: it is signed, not encrypted"},
    {R::kRecipientTriesSpent, V::kTooExpensive,
     "more keys or recipients fit each other than are tried: let tokens name "
     "kids, and keys have kids of their own"},
    {R::kInflateBudgetSpent, V::kTooExpensive,
     "the compressed content (zip) of the tokens before it used up the batch's "
     "budget"},
    {R::kTooManyRecipients, V::kTooLarge,
     "the token has more recipients than the limit"},
    {R::kInflatedTooLarge, V::kTooLarge,
     "the compressed content (zip) is larger than the limit"},
};
static_assert(ABSL_ARRAYSIZE(kRows) == kNumDecryptReasons,
              "one row per reason");

constexpr absl::string_view kVerdictNames[] = {
    "UNSPECIFIED",
    "VALID",
    "MALFORMED",
    "UNSUPPORTED",
    "ALGORITHM_NOT_ALLOWED",
    "UNKNOWN_KEY",
    "KEY_UNAVAILABLE",
    "DECRYPTION_FAILED",
    "TOO_EXPENSIVE",
    "TOO_LARGE",
    "NOT_PROCESSED",
};
static_assert(ABSL_ARRAYSIZE(kVerdictNames) == kNumDecryptVerdicts,
              "one name per verdict");

const Row& RowOf(DecryptReason reason) {
  const auto index = static_cast<size_t>(reason);
  return kRows[index < kNumDecryptReasons ? index : 0];
}

}  // namespace

DecryptVerdict VerdictOf(DecryptReason reason) { return RowOf(reason).verdict; }

absl::string_view VerdictName(DecryptVerdict verdict) {
  const auto index = static_cast<size_t>(verdict);
  return kVerdictNames[index < kNumDecryptVerdicts ? index : 0];
}

absl::string_view ReasonText(DecryptReason reason) {
  return RowOf(reason).text;
}

}  // namespace assay
