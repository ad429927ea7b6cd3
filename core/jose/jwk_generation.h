// Fresh keys, ready to be written as JWKs.
#ifndef ASSAY_CORE_JOSE_JWK_GENERATION_H_
#define ASSAY_CORE_JOSE_JWK_GENERATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwk.h"

namespace assay::jose {

// A fresh key for `algorithm` with alg and use set, and with `kid` or, where
// that is empty, its thumbprint. HMAC secrets have the hash's length; RSA keys
// have `rsa_modulus_bits` (0: 2048). INVALID_ARGUMENT for kUnspecified and for
// a size that no key may have.
absl::StatusOr<Jwk> GenerateJwk(Algorithm algorithm, absl::string_view kid,
                                int rsa_modulus_bits);

// What a key for an alg of encryption is made by, beside the alg.
struct EncryptionKeyShape {
  // "dir" alone, where it must be given: the secret has its length.
  ContentAlgorithm enc = ContentAlgorithm::kUnspecified;
  // ECDH-ES alone: the JWK's crv, X25519 or an EC curve.
  absl::string_view crv = "P-256";
  // RSA-OAEP alone; 0: 2048.
  int rsa_modulus_bits = 0;
};

// A fresh key for `alg` with alg and use set, and with `kid` or, where that is
// empty, its thumbprint. The password of PBES2 is of 256 random bits: such a
// one is not to be guessed whatever p2c is. INVALID_ARGUMENT for kUnspecified,
// for "dir" without enc, for an unknown crv, and for a size that no key may
// have.
absl::StatusOr<Jwk> GenerateEncryptionJwk(KeyManagement alg,
                                          const EncryptionKeyShape& shape,
                                          absl::string_view kid);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWK_GENERATION_H_
