// What became of a token, in one byte.
//
// Verdict is the public answer, stable forever: numbers are never reused and
// equal those of assay.v1.Verdict. Reason says why in more detail; it fits one
// byte, so that a bad token costs no allocation, and becomes text only at the
// edge. Every Reason belongs to exactly one Verdict.
#ifndef ASSAY_CORE_BASE_REASON_H_
#define ASSAY_CORE_BASE_REASON_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace assay {

enum class Verdict : uint8_t {
  kUnspecified = 0,  // Never the answer for a token; never "valid".
  kValid = 1,
  kMalformed = 2,
  kUnsupported = 3,
  kAlgorithmNotAllowed = 4,
  kUnknownKey = 5,
  kKeyUnavailable = 6,
  kInvalidSignature = 7,
  kExpired = 8,
  kNotYetValid = 9,
  kWrongIssuer = 10,
  kWrongAudience = 11,
  kWrongType = 12,
  kMissingClaim = 13,
  kInvalidClaim = 14,
  kTooLarge = 15,
  kNotProcessed = 16,
  kDecryptionFailed = 17,  // Of a nested token.
};
inline constexpr int kNumVerdicts = 18;

enum class Reason : uint8_t {
  kUnspecified = 0,
  kValid,
  // Malformed.
  kEmptyToken,
  kSegmentCount,    // Not two dots (and not the four of a JWE).
  kEmptySegment,    // An empty header or signature segment.
  kHeaderEncoding,  // Header segment is not strict base64url.
  kPayloadEncoding,
  kSignatureEncoding,
  kHeaderNotJson,  // Header is not a JSON object in UTF-8.
  kHeaderTooDeep,
  kHeaderDuplicateMember,
  kHeaderMemberType,  // alg, kid, typ, cty or crit of the wrong JSON type.
  kHeaderAlgMissing,
  kCritInvalid,     // crit empty, duplicate, registered or absent names.
  kPayloadNotJson,  // A JWT payload that is not a JSON object in UTF-8.
  kPayloadTooDeep,
  kPayloadDuplicateMember,
  // Unsupported.
  kEncryptedToken,  // Five segments: a JWE.
  kAlgorithmUnsupported,
  kAlgorithmNone,
  kCritUnsupported,
  kB64Unsupported,     // b64=false (RFC 7797).
  kNestedUnsupported,  // cty "JWT": a nested token.
  // Algorithm not allowed.
  kAlgorithmNotAllowedByPolicy,
  kAlgorithmNotOfKey,  // The kid is known, but its key is for another alg.
  // Keys.
  kKidUnknown,
  kNoCompatibleKey,  // No kid in the header, no key of that algorithm.
  kKeyUnavailable,
  // Signature.
  kSignatureLength,
  kSignatureMismatch,
  // Claims.
  kExpired,
  kTooOld,  // iat is further back than the policy's max age.
  kNotYetValid,
  kIssuedInFuture,  // iat lies in the future, with a max age to judge by.
  kIssuerMismatch,
  kIssuerMissing,
  kAudienceMismatch,
  kAudienceMissing,
  kAudienceUnexpected,  // The token has aud, the policy names no audience.
  kSubjectMismatch,
  kTypeMismatch,
  kTypeMissing,
  kClaimMissing,
  kClaimType,  // exp, nbf, iat, iss, sub, aud or jti of a wrong type.
  // Size.
  kTokenTooLarge,
  kHeaderTooLarge,
  // Not processed.
  kDeadlineExceeded,
  kCancelled,
  // JWS beyond an ordinary compact one (RFC 7515 7.2, RFC 7797): malformed.
  kJwsNotJson,
  kJwsTooDeep,
  kJwsDuplicateMember,
  kJwsShape,             // Neither flattened nor general, or both.
  kJwsMemberType,        // A member of the wrong JSON type.
  kHeaderOnlyProtected,  // crit or b64 in the unprotected header.
  kHeaderInBoth,         // A name in both headers.
  kPayloadMissing,       // Detached, and nobody gave it.
  kPayloadNotDetached,   // The token has one beside the one given.
  kPayloadCharacter,     // Unencoded in a compact token (RFC 7797 5.2).
  kB64Differs,           // Between the signatures of one object.
  // Unsupported.
  kJwsEncrypted,        // A JWE in JSON.
  kHeaderNotProtected,  // No protected header, or alg outside of it.
  kB64Missing,          // b64=false was asked for.
  // Size.
  kJwsTooManySignatures,  // More than kMaxJwsSignatures.
  // Signature.
  kRequiredSignatureMissing,
  // Profiles (core/jose/profile.h): claims.
  kAudienceUntrusted,  // An ID token's further audience that nobody trusts.
  kAuthenticatedTooLongAgo,
  kAuthenticatedInFuture,
  kAuthorizedPartyMissing,  // Several audiences, and no azp.
  kLogoutTargetMissing,     // Neither sub nor sid.
  kAuthorizedPartyMismatch,
  kNonceMismatch,
  kNonceForbidden,  // In a logout token.
  kAccessTokenHashMismatch,
  kCodeHashMismatch,
  kEventsForbidden,  // In an ID token.
  kLogoutEventMissing,
  kSubjectNoSpiffeId,
  kTrustDomainMismatch,
  kProfileClaimType,
  kConfirmationType,  // cnf is no object.
  // Nested tokens: of a layer that is encrypted, or of all together.
  kLayerMalformed,
  kLayerHoldsNoToken,  // Bare claims, say: nobody has signed them.
  kLayerUnsupported,
  kLayerAlgorithmNotAllowed,
  kLayerKeyUnknown,
  kLayerNotDecrypted,
  kLayerNoToken,        // cty does not say JWT (RFC 7519 5.2).
  kLayerClaimMismatch,  // A claim in a header differs (RFC 7519 5.3).
  kLayerTooExpensive,
  kTooManyLayers,
  // Certificates that a token brings along (x5c), where the key set trusts
  // some: as crypto::ChainFault.
  kX5cMalformed,  // Malformed.
  kX5cTooLong,    // Size.
  // Keys.
  kX5cWeakKey,
  kX5cWeakSignature,
  kX5cSelfSigned,
  kX5cOrder,
  kX5cUnrelated,
  kX5cIssuerNotCa,
  kX5cPathLength,
  kX5cNoPath,
  kX5cSignature,
  kX5cNotYetValid,
  kX5cExpired,
  kX5cExtension,
  kX5cLeafIsCa,
  kX5cKeyUsage,
  kX5cExtendedKeyUsage,
  kX5cName,
  kX5cOther,
  kX5cAlgorithm,  // Algorithm not allowed: the leaf's key is for others.
  kX5cBudget,     // Not processed: too many new chains in the batch.
};
inline constexpr int kNumReasons = static_cast<int>(Reason::kX5cBudget) + 1;

// The one verdict that `reason` belongs to.
Verdict VerdictOf(Reason reason);
// "INVALID_SIGNATURE" and so on.
absl::string_view VerdictName(Verdict verdict);
// An English sentence for people, without a full stop; static storage.
absl::string_view ReasonText(Reason reason);

}  // namespace assay

#endif  // ASSAY_CORE_BASE_REASON_H_
