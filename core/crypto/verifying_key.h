// A key that checks signatures: parsed and precomputed once, used many times.
//
// Thread safety: all const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_VERIFYING_KEY_H_
#define ASSAY_CORE_CRYPTO_VERIFYING_KEY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/crypto/key_material.h"
#include "core/crypto/lane_key.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

class HmacKey;

class VerifyingKey {
 public:
  virtual ~VerifyingKey() = default;

  // Prepares `key`, of which only the public half is used (a symmetric key is
  // used whole). Fails with INVALID_ARGUMENT where ValidateKeyMaterial would.
  static absl::StatusOr<std::unique_ptr<VerifyingKey>> Create(
      const KeyMaterial& key, int max_rsa_modulus_bits);

  // As Create, but with a LaneKey of its own, which no other key of the same
  // numbers shares: for who exchanges tables without a grace period.
  static absl::StatusOr<std::unique_ptr<VerifyingKey>> CreateUnshared(
      const KeyMaterial& key, int max_rsa_modulus_bits);

  // Whether this key can check `scheme` at all: the family fits, an ECDSA hash
  // fits the curve (RFC 7518 3.4), a secret is at least as long as the hash
  // (RFC 7518 3.2).
  virtual bool Supports(SignatureScheme scheme) const = 0;

  // The one length in bytes that a signature under `scheme` has.
  virtual size_t SignatureLen(SignatureScheme scheme) const = 0;

  // Whether `signature` is `scheme`'s signature of `message`. False for every
  // other length, and for every scheme that is not supported. Allocates at
  // most what BoringSSL allocates; leaves BoringSSL's error queue empty.
  virtual bool Verify(SignatureScheme scheme, absl::string_view message,
                      absl::string_view signature) const = 0;

  // What one Verify costs, roughly, for scheduling only: nanoseconds on a
  // machine of 2022, message hashing left out.
  virtual uint32_t VerifyCostNs() const = 0;

  // What kernels go by: the key in their form, or null where no kernel takes
  // it; the states of an HMAC key, or null for other keys.
  const std::shared_ptr<LaneKey>& lane_key() const { return lane_key_; }
  virtual const HmacKey* hmac_key() const { return nullptr; }

 private:
  std::shared_ptr<LaneKey> lane_key_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_VERIFYING_KEY_H_
