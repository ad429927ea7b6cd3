// A key that makes signatures: parsed and precomputed once, used many times.
//
// Thread safety: all const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_SIGNING_KEY_H_
#define ASSAY_CORE_CRYPTO_SIGNING_KEY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/crypto/key_material.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

class SigningKey {
 public:
  virtual ~SigningKey() = default;

  // Prepares `key`, which has its private numbers. Fails with INVALID_ARGUMENT
  // where ValidateKeyMaterial would, and for a public key.
  static absl::StatusOr<std::unique_ptr<SigningKey>> Create(
      const KeyMaterial& key, int max_rsa_modulus_bits);

  // As VerifyingKey::Supports.
  virtual bool Supports(SignatureScheme scheme) const = 0;
  // The one length in bytes that a signature under `scheme` has.
  virtual size_t SignatureLen(SignatureScheme scheme) const = 0;

  // Writes SignatureLen(scheme) bytes to `signature`. ECDSA signatures are
  // R||S. False if the scheme is not supported or BoringSSL failed.
  virtual bool Sign(SignatureScheme scheme, absl::string_view message,
                    uint8_t* signature) const = 0;

  // As VerifyingKey::VerifyCostNs, for one Sign.
  virtual uint32_t SignCostNs() const = 0;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_SIGNING_KEY_H_
