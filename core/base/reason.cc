#include "core/base/reason.h"

#include "absl/base/macros.h"

namespace assay {
namespace {

struct Row {
  Reason reason;
  Verdict verdict;
  absl::string_view text;
};

// In the order of the enum; the test checks that each row stands in its place.
constexpr Row kRows[] = {
    {Reason::kUnspecified, Verdict::kUnspecified, "not judged"},
    {Reason::kValid, Verdict::kValid, "valid"},
    {Reason::kEmptyToken, Verdict::kMalformed, "the token is empty"},
    {Reason::kSegmentCount, Verdict::kMalformed,
     "a compact JWS has exactly three segments separated by dots"},
    {Reason::kEmptySegment, Verdict::kMalformed,
     "the header or signature segment is empty"},
    {Reason::kHeaderEncoding, Verdict::kMalformed,
     "the header segment is not unpadded base64url"},
    {Reason::kPayloadEncoding, Verdict::kMalformed,
     "the payload segment is not unpadded base64url"},
    {Reason::kSignatureEncoding, Verdict::kMalformed,
     "the signature segment is not unpadded base64url"},
    {Reason::kHeaderNotJson, Verdict::kMalformed,
     "the header is not a JSON object in UTF-8"},
    {Reason::kHeaderTooDeep, Verdict::kMalformed,
     "the header's JSON is nested too deeply"},
    {Reason::kHeaderDuplicateMember, Verdict::kMalformed,
     "a name appears twice in a JSON object of the header"},
    {Reason::kHeaderMemberType, Verdict::kMalformed,
     "a header parameter has the wrong JSON type"},
    {Reason::kHeaderAlgMissing, Verdict::kMalformed, "the header has no alg"},
    {Reason::kCritInvalid, Verdict::kMalformed,
     "crit is empty, repeats a name, or names a registered or absent header "
     "parameter"},
    {Reason::kPayloadNotJson, Verdict::kMalformed,
     "the payload is not a JSON object in UTF-8"},
    {Reason::kPayloadTooDeep, Verdict::kMalformed,
     "the payload's JSON is nested too deeply"},
    {Reason::kPayloadDuplicateMember, Verdict::kMalformed,
     "a name appears twice in a JSON object of the payload"},
    {Reason::kEncryptedToken, Verdict::kUnsupported,
     "the token has five segments: it is encrypted (JWE), not signed"},
    {Reason::kAlgorithmUnsupported, Verdict::kUnsupported,
     "the header's alg is not a supported signature algorithm"},
    {Reason::kAlgorithmNone, Verdict::kUnsupported,
     "alg \"none\" is never accepted"},
    {Reason::kCritUnsupported, Verdict::kUnsupported,
     "crit names an extension that is not understood"},
    {Reason::kB64Unsupported, Verdict::kUnsupported,
     "unencoded payloads (b64) are not accepted here"},
    {Reason::kNestedUnsupported, Verdict::kUnsupported,
     "the payload is itself a token (cty JWT)"},
    {Reason::kAlgorithmNotAllowedByPolicy, Verdict::kAlgorithmNotAllowed,
     "the policy does not allow the header's alg"},
    {Reason::kAlgorithmNotOfKey, Verdict::kAlgorithmNotAllowed,
     "the key that kid names is for another algorithm"},
    {Reason::kKidUnknown, Verdict::kUnknownKey,
     "no key of the key set has this kid"},
    {Reason::kNoCompatibleKey, Verdict::kUnknownKey,
     "the header has no kid and no key of the key set is for its alg"},
    {Reason::kKeyUnavailable, Verdict::kKeyUnavailable,
     "the key set has no usable keys at the moment"},
    {Reason::kSignatureLength, Verdict::kInvalidSignature,
     "the signature has the wrong length for its algorithm and key"},
    {Reason::kSignatureMismatch, Verdict::kInvalidSignature,
     "the signature does not match"},
    {Reason::kExpired, Verdict::kExpired, "the token has expired (exp)"},
    {Reason::kTooOld, Verdict::kExpired,
     "the token is older than the policy's maximum age (iat)"},
    {Reason::kNotYetValid, Verdict::kNotYetValid,
     "the token is not valid yet (nbf)"},
    {Reason::kIssuedInFuture, Verdict::kNotYetValid,
     "the token was issued in the future (iat)"},
    {Reason::kIssuerMismatch, Verdict::kWrongIssuer,
     "iss is not one of the accepted issuers"},
    {Reason::kIssuerMissing, Verdict::kMissingClaim,
     "the policy names issuers and the token has no iss"},
    {Reason::kAudienceMismatch, Verdict::kWrongAudience,
     "aud names none of the accepted audiences"},
    {Reason::kAudienceMissing, Verdict::kMissingClaim,
     "the policy names audiences and the token has no aud"},
    {Reason::kAudienceUnexpected, Verdict::kWrongAudience,
     "the token has aud and the policy forbids tokens meant for an audience"},
    {Reason::kSubjectMismatch, Verdict::kInvalidClaim,
     "sub is not the subject that the policy asks for"},
    {Reason::kTypeMismatch, Verdict::kWrongType,
     "typ is not the type that the policy asks for"},
    {Reason::kTypeMissing, Verdict::kWrongType,
     "the policy asks for a typ and the header has none"},
    {Reason::kClaimMissing, Verdict::kMissingClaim,
     "a claim that the policy requires is missing"},
    {Reason::kClaimType, Verdict::kInvalidClaim,
     "a registered claim has the wrong JSON type"},
    {Reason::kTokenTooLarge, Verdict::kTooLarge,
     "the token is larger than the limit"},
    {Reason::kHeaderTooLarge, Verdict::kTooLarge,
     "the header is larger than the limit"},
    {Reason::kDeadlineExceeded, Verdict::kNotProcessed,
     "the deadline passed before this token was judged"},
    {Reason::kCancelled, Verdict::kNotProcessed,
     "the request was cancelled before this token was judged"},
    {Reason::kJwsNotJson, Verdict::kMalformed,
     "the token is not a JSON object in UTF-8"},
    {Reason::kJwsTooDeep, Verdict::kMalformed,
     "the token's JSON is nested too deeply"},
    {Reason::kJwsDuplicateMember, Verdict::kMalformed,
     "a name appears twice in a JSON object of the token"},
    {Reason::kJwsShape, Verdict::kMalformed,
     "a JWS in JSON has either signature (flattened) or a list signatures that "
     "is not empty (general), with protected and header beside each signature"},
    {Reason::kJwsMemberType, Verdict::kMalformed,
     "a member of the token, or kid in its unprotected header, has the wrong "
     "JSON type"},
    {Reason::kHeaderOnlyProtected, Verdict::kMalformed,
     "crit and b64 must be in the protected header"},
    {Reason::kHeaderInBoth, Verdict::kMalformed,
     "a header parameter is both in the protected and in the unprotected "
     "header"},
    {Reason::kPayloadMissing, Verdict::kMalformed,
     "the payload is detached and has not been given"},
    {Reason::kPayloadNotDetached, Verdict::kMalformed,
     "a detached payload has been given, but the token has one of its own"},
    {Reason::kPayloadCharacter, Verdict::kMalformed,
     "an unencoded payload within a compact token must be printable ASCII "
     "without dots"},
    {Reason::kB64Differs, Verdict::kMalformed,
     "the signatures do not agree about b64"},
    {Reason::kJwsEncrypted, Verdict::kUnsupported,
     "the token is encrypted (JWE), not signed"},
    {Reason::kHeaderNotProtected, Verdict::kUnsupported,
     "alg must be in the protected header: an unprotected one is signed by "
     "nobody"},
    {Reason::kB64Missing, Verdict::kUnsupported,
     "an unencoded payload was asked for, but the header does not say that "
     "b64 is false"},
    {Reason::kJwsTooManySignatures, Verdict::kTooLarge,
     "the token has more signatures than the limit"},
    {Reason::kRequiredSignatureMissing, Verdict::kInvalidSignature,
     "the token lacks a signature by a key that the policy requires"},
    {Reason::kAudienceUntrusted, Verdict::kWrongAudience,
     "the ID token is also meant for an audience that is not trusted"},
    {Reason::kAuthenticatedTooLongAgo, Verdict::kExpired,
     "the user authenticated longer ago than the policy allows (auth_time)"},
    {Reason::kAuthenticatedInFuture, Verdict::kNotYetValid,
     "the user authenticated in the future (auth_time)"},
    {Reason::kAuthorizedPartyMissing, Verdict::kMissingClaim,
     "the ID token has several audiences and no azp"},
    {Reason::kLogoutTargetMissing, Verdict::kMissingClaim,
     "the logout token has neither sub nor sid"},
    {Reason::kAuthorizedPartyMismatch, Verdict::kInvalidClaim,
     "azp is not the client that the policy names as audience"},
    {Reason::kNonceMismatch, Verdict::kInvalidClaim,
     "nonce is not the one that the policy asks for"},
    {Reason::kNonceForbidden, Verdict::kInvalidClaim,
     "the logout token has a nonce, which makes it look like an ID token"},
    {Reason::kAccessTokenHashMismatch, Verdict::kInvalidClaim,
     "at_hash is not of the access token that the policy names"},
    {Reason::kCodeHashMismatch, Verdict::kInvalidClaim,
     "c_hash is not of the code that the policy names"},
    {Reason::kEventsForbidden, Verdict::kInvalidClaim,
     "the token has events, so it is no ID token"},
    {Reason::kLogoutEventMissing, Verdict::kInvalidClaim,
     "events does not hold the back-channel logout event"},
    {Reason::kSubjectNoSpiffeId, Verdict::kInvalidClaim,
     "sub is not the SPIFFE ID of a workload"},
    {Reason::kTrustDomainMismatch, Verdict::kInvalidClaim,
     "sub is of another trust domain than the policy's"},
    {Reason::kProfileClaimType, Verdict::kInvalidClaim,
     "a claim that the profile defines has the wrong JSON type"},
    {Reason::kConfirmationType, Verdict::kInvalidClaim,
     "cnf is not a JSON object"},
    {Reason::kLayerMalformed, Verdict::kMalformed,
     "a layer of the token is not a well-formed compact JWE"},
    {Reason::kLayerHoldsNoToken, Verdict::kMalformed,
     "a layer of the token holds no compact token: claims that are encrypted "
     "and not signed could be anybody's"},
    {Reason::kLayerUnsupported, Verdict::kUnsupported,
     "a layer of the token is encrypted in a way that is not supported"},
    {Reason::kLayerAlgorithmNotAllowed, Verdict::kAlgorithmNotAllowed,
     "a layer of the token is encrypted with an algorithm that its key is not "
     "for"},
    {Reason::kLayerKeyUnknown, Verdict::kUnknownKey,
     "no key of the decryption key set fits a layer of the token"},
    {Reason::kLayerNotDecrypted, Verdict::kDecryptionFailed,
     "a layer of the token could not be decrypted"},
    {Reason::kLayerNoToken, Verdict::kWrongType,
     "the token is not nested: its cty is not JWT"},
    {Reason::kLayerClaimMismatch, Verdict::kInvalidClaim,
     "iss, sub or aud in the header of an encrypted layer differs from the "
     "claim"},
    {Reason::kLayerTooExpensive, Verdict::kTooLarge,
     "a layer of the token asks for more PBKDF2 iterations than there are"},
    {Reason::kTooManyLayers, Verdict::kTooLarge,
     "the token has more layers than the limit"},
};
static_assert(ABSL_ARRAYSIZE(kRows) == kNumReasons, "one row per reason");

constexpr absl::string_view kVerdictNames[] = {
    "UNSPECIFIED",
    "VALID",
    "MALFORMED",
    "UNSUPPORTED",
    "ALGORITHM_NOT_ALLOWED",
    "UNKNOWN_KEY",
    "KEY_UNAVAILABLE",
    "INVALID_SIGNATURE",
    "EXPIRED",
    "NOT_YET_VALID",
    "WRONG_ISSUER",
    "WRONG_AUDIENCE",
    "WRONG_TYPE",
    "MISSING_CLAIM",
    "INVALID_CLAIM",
    "TOO_LARGE",
    "NOT_PROCESSED",
    "DECRYPTION_FAILED",
};
static_assert(ABSL_ARRAYSIZE(kVerdictNames) == kNumVerdicts,
              "one name per verdict");

const Row& RowOf(Reason reason) {
  const auto index = static_cast<size_t>(reason);
  return kRows[index < kNumReasons ? index : 0];
}

}  // namespace

Verdict VerdictOf(Reason reason) { return RowOf(reason).verdict; }

absl::string_view ReasonText(Reason reason) { return RowOf(reason).text; }

absl::string_view VerdictName(Verdict verdict) {
  const auto index = static_cast<size_t>(verdict);
  return kVerdictNames[index < kNumVerdicts ? index : 0];
}

}  // namespace assay
