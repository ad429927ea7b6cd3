// Fresh keys from BoringSSL's generator.
#ifndef ASSAY_CORE_CRYPTO_KEY_GENERATION_H_
#define ASSAY_CORE_CRYPTO_KEY_GENERATION_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "core/crypto/key_material.h"

namespace assay::crypto {

absl::StatusOr<KeyMaterial> GenerateSymmetricKey(size_t len);
// e is 65537. `modulus_bits` from kMinRsaModulusBits to kMaxRsaModulusBits, a
// multiple of 128; anything else is INVALID_ARGUMENT.
absl::StatusOr<KeyMaterial> GenerateRsaKey(int modulus_bits);
absl::StatusOr<KeyMaterial> GenerateEcKey(Curve curve);
absl::StatusOr<KeyMaterial> GenerateEd25519Key();
absl::StatusOr<KeyMaterial> GenerateX25519Key();

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_KEY_GENERATION_H_
