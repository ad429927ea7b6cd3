// RSA signatures (RFC 8017): RSASSA-PKCS1-v1_5, and RSASSA-PSS with MGF1 of the
// same hash and a salt as long as the hash (RFC 7518 3.3, 3.5).
#ifndef ASSAY_CORE_CRYPTO_RSA_H_
#define ASSAY_CORE_CRYPTO_RSA_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// `rsa` may be shared by threads (see native_keys.h). Other families are
// refused.
bool RsaVerify(SignatureScheme scheme, RSA* rsa, absl::string_view message,
               absl::string_view signature);
// Writes RSA_size(rsa) bytes. `rsa` has its private numbers.
bool RsaSign(SignatureScheme scheme, RSA* rsa, absl::string_view message,
             uint8_t* signature);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_RSA_H_
