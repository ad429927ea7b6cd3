// Fresh keys, ready to be written as JWKs.
#ifndef ASSAY_CORE_JOSE_JWK_GENERATION_H_
#define ASSAY_CORE_JOSE_JWK_GENERATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"

namespace assay::jose {

// A fresh key for `algorithm` with alg and use set, and with `kid` or, where
// that is empty, its thumbprint. HMAC secrets have the hash's length; RSA keys
// have `rsa_modulus_bits` (0: 2048). INVALID_ARGUMENT for kUnspecified and for
// a size that no key may have.
absl::StatusOr<Jwk> GenerateJwk(Algorithm algorithm, absl::string_view kid,
                                int rsa_modulus_bits);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWK_GENERATION_H_
