// Keys out of DER and PEM: SubjectPublicKeyInfo (RFC 5280 4.1), PKCS#8 (RFC
// 5958, unencrypted), PKCS#1 (RFC 8017 A.1), SEC 1 (RFC 5915) and the public
// key of an X.509 certificate (whose validity is not judged).
#ifndef ASSAY_CORE_CRYPTO_KEY_ENCODING_H_
#define ASSAY_CORE_CRYPTO_KEY_ENCODING_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/crypto/key_material.h"

namespace assay::crypto {

// The whole of `der` is one key in any of the encodings above. The numbers are
// not validated: see ValidateKeyMaterial. Errors are INVALID_ARGUMENT, say
// what was tried, and never contain key bytes.
absl::StatusOr<KeyMaterial> ParseDerKey(absl::string_view der);

// The public key of the one X.509 certificate that is the whole of `der`; no
// other encoding of a key is taken. Nothing is said of the certificate: not who
// signed it, nor when it is valid. Errors as of ParseDerKey.
absl::StatusOr<KeyMaterial> ParseCertificateKey(absl::string_view der);

// Each PEM block of `pem`, in order, parsed by its label; text outside of the
// blocks is ignored, as RFC 7468 2 allows. A block that is no usable key is an
// error in its place. Fails whole if there is no block at all.
absl::StatusOr<std::vector<absl::StatusOr<KeyMaterial>>> ParsePemKeys(
    absl::string_view pem);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_KEY_ENCODING_H_
