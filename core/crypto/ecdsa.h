// ECDSA (FIPS 186-4) with the signature as R||S, each number as long as a
// coordinate of the curve (RFC 7518 3.4).
#ifndef ASSAY_CORE_CRYPTO_ECDSA_H_
#define ASSAY_CORE_CRYPTO_ECDSA_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// The one hash that JOSE pairs with a curve (RFC 7518 3.4).
constexpr Hash CurveHash(Curve curve) {
  return curve == Curve::kP256   ? Hash::kSha256
         : curve == Curve::kP384 ? Hash::kSha384
                                 : Hash::kSha512;
}

// `key` is on `curve`, may be shared by threads, and is not changed.
bool EcdsaVerify(Curve curve, const EC_KEY* key, absl::string_view message,
                 absl::string_view signature);
// Writes 2 * CurveCoordinateLen(curve) bytes. `key` has its private number.
bool EcdsaSign(Curve curve, const EC_KEY* key, absl::string_view message,
               uint8_t* signature);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_ECDSA_H_
