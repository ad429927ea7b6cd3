// The numbers that make up a key, as plain bytes, free of any encoding (JWK,
// PEM) and of BoringSSL types. Big-endian, unsigned. Secrets are wiped.
#ifndef ASSAY_CORE_CRYPTO_KEY_MATERIAL_H_
#define ASSAY_CORE_CRYPTO_KEY_MATERIAL_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "absl/types/variant.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// A symmetric secret (HMAC).
struct SymmetricKey {
  SecretBytes secret;
};

// Without leading zero bytes.
struct RsaPrivateNumbers {
  SecretBytes d, p, q, dp, dq, qi;
};
struct RsaKey {
  std::string n, e;
  absl::optional<RsaPrivateNumbers> secret;
};

// x, y and d are padded to CurveCoordinateLen(curve).
struct EcKey {
  Curve curve = Curve::kP256;
  std::string x, y;
  absl::optional<SecretBytes> d;
};

// x is the 32-byte public key, d the 32-byte seed (RFC 8032 5.1.5).
struct Ed25519Key {
  std::string x;
  absl::optional<SecretBytes> d;
};

// x is the 32-byte public key, d the 32-byte private key, little-endian and as
// it was before it is clamped (RFC 7748 5). It agrees on secrets, and never
// signs.
struct X25519Key {
  std::string x;
  absl::optional<SecretBytes> d;
};

// Move-only; copied by CloneKeyMaterial.
using KeyMaterial =
    absl::variant<SymmetricKey, RsaKey, EcKey, Ed25519Key, X25519Key>;

KeyMaterial CloneKeyMaterial(const KeyMaterial& key);
// The same key without its private numbers. A symmetric key has no public
// half: calling this with one is a programmer's error.
KeyMaterial PublicHalf(const KeyMaterial& key);
bool HasPrivateNumbers(const KeyMaterial& key);  // true for symmetric keys
bool IsSymmetric(const KeyMaterial& key);
// Bits of the modulus; leading zero bytes and bits do not count.
int RsaModulusBits(const RsaKey& key);

// Whether the numbers make a key that is safe to use: RSA modulus between
// kMinRsaModulusBits and `max_rsa_modulus_bits`, odd, e odd and >= 3, no ROCA
// fingerprint (CVE-2017-15361); EC point on its curve and not at infinity; no
// Ed25519 or X25519 point of small order;
// private numbers consistent with the public ones; a secret that is not empty.
// Errors are INVALID_ARGUMENT and never contain the numbers.
absl::Status ValidateKeyMaterial(const KeyMaterial& key,
                                 int max_rsa_modulus_bits);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_KEY_MATERIAL_H_
