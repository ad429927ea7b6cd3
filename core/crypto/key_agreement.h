// Diffie-Hellman between an ephemeral key of the sender and a static key of the
// recipient: ECDH on P-256, P-384 and P-521 (NIST SP 800-56A 5.7.1.2; RFC 7518
// 4.6) and X25519 (RFC 7748 6.1; RFC 8037 3.2). What comes out is no key yet:
// see concat_kdf.h.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_KEY_AGREEMENT_H_
#define ASSAY_CORE_CRYPTO_KEY_AGREEMENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_material.h"

namespace assay::crypto {

// Whoever encrypts.
class AgreementSender {
 public:
  // Prepares the public half of the recipient's key. INVALID_ARGUMENT where
  // ValidateKeyMaterial would fail, and for a key that is not EC or X25519.
  static absl::StatusOr<std::unique_ptr<const AgreementSender>> Create(
      const KeyMaterial& recipient);
  virtual ~AgreementSender() = default;

  // Makes a fresh key on the recipient's curve, whose public half is for the
  // recipient and whose private half is forgotten. `*secret` becomes as long as
  // a coordinate of the curve. False only if BoringSSL fails.
  virtual bool Agree(KeyMaterial* ephemeral, SecretBytes* secret) const = 0;
};

// Whoever decrypts.
class AgreementRecipient {
 public:
  // Prepares the recipient's private key. As above, and INVALID_ARGUMENT for a
  // public key.
  static absl::StatusOr<std::unique_ptr<const AgreementRecipient>> Create(
      const KeyMaterial& key);
  virtual ~AgreementRecipient() = default;

  // `ephemeral` is whatever the sender sent. False, and `*secret` is left
  // alone, if it is on another curve or on none (a secret shared with such a
  // point tells about the private key, CVE-2017-16007), if a number has not its
  // curve's length, or if the secret would be all zeros.
  virtual bool Agree(const KeyMaterial& ephemeral,
                     SecretBytes* secret) const = 0;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_KEY_AGREEMENT_H_
