// Judges the claims of a token whose signature has been verified (RFC 7519 4,
// RFC 8725 3). Pure: the moment is a parameter.
#ifndef ASSAY_CORE_JOSE_CLAIMS_VALIDATOR_H_
#define ASSAY_CORE_JOSE_CLAIMS_VALIDATOR_H_

#include <vector>

#include "absl/time/time.h"
#include "core/base/reason.h"
#include "core/jose/header.h"
#include "core/jose/policy.h"
#include "core/json/reader.h"

namespace assay::jose {

// kValid, kTypeMissing or kTypeMismatch.
Reason JudgeType(const ProtectedHeader& header, const Policy& policy);

// Judges `claims` at `now` (as_of has been applied by the caller). Every
// registered claim that is present must have its type, whether or not the
// policy asks about it: iss, sub, jti strings; aud a string or a list of
// strings; exp, nbf, iat numbers (fractions are legal; a NumericDate is
// compared without overflow). Order of judgement, which decides the reason
// where several apply: types, exp, nbf, max age, iss, aud, sub, required.
// An absent sub is kClaimMissing where the policy names a subject.
// Expired when now >= exp + skew; not yet valid when now < nbf - skew.
Reason JudgeClaims(const json::Object& claims, const Policy& policy,
                   absl::Time now);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_CLAIMS_VALIDATOR_H_
