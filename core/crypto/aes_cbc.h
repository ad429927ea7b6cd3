// AES in CBC mode with PKCS#7 padding (NIST SP 800-38A, RFC 5652 6.3). It
// protects nothing from change: only an authenticated cipher may use it, and
// only decrypt what it has authenticated (see content_cipher.cc).
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_AES_CBC_H_
#define ASSAY_CORE_CRYPTO_AES_CBC_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {

inline constexpr size_t kAesBlockLen = 16;

class AesCbc {
 public:
  // `key` has 16, 24 or 32 bytes. The key schedules are wiped with the object.
  explicit AesCbc(absl::string_view key);
  ~AesCbc();
  AesCbc(const AesCbc&) = delete;
  AesCbc& operator=(const AesCbc&) = delete;

  // The padding adds from 1 to 16 bytes.
  static constexpr size_t CiphertextLen(size_t plaintext_len) {
    return (plaintext_len / kAesBlockLen + 1) * kAesBlockLen;
  }

  // Writes CiphertextLen(plaintext.size()) bytes. `iv` is a block long.
  void Encrypt(absl::string_view iv, absl::string_view plaintext,
               uint8_t* ciphertext) const;

  // `plaintext` has room for ciphertext.size() bytes; `*plaintext_len` is what
  // there is without the padding. False if `ciphertext` is not whole blocks, at
  // least one, or if the padding is bad; `plaintext` is wiped then.
  bool Decrypt(absl::string_view iv, absl::string_view ciphertext,
               uint8_t* plaintext, size_t* plaintext_len) const;

 private:
  AES_KEY encrypt_, decrypt_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_AES_CBC_H_
