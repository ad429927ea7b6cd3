// AES in Galois/Counter Mode (NIST SP 800-38D) with the one length of IV and
// of tag that JOSE has (RFC 7518 4.7, 5.3).
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_AES_GCM_H_
#define ASSAY_CORE_CRYPTO_AES_GCM_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {

inline constexpr size_t kGcmIvLen = 12;
inline constexpr size_t kGcmTagLen = 16;

class AesGcm {
 public:
  // `key` has 16, 24 or 32 bytes. The key schedule is wiped with the object.
  explicit AesGcm(absl::string_view key);
  ~AesGcm();
  AesGcm(const AesGcm&) = delete;
  AesGcm& operator=(const AesGcm&) = delete;

  // Writes plaintext.size() bytes of ciphertext and kGcmTagLen of tag. The
  // buffers do not overlap. False if `iv` has another length, or the plaintext
  // is longer than 2^36 - 32 bytes. An IV is used once for a key: a second use
  // gives the key that makes tags away.
  bool Seal(absl::string_view iv, absl::string_view aad,
            absl::string_view plaintext, uint8_t* ciphertext,
            uint8_t* tag) const;
  // Writes ciphertext.size() bytes, nothing of the plaintext if false. An IV or
  // a tag of another length is refused like a wrong tag.
  bool Open(absl::string_view iv, absl::string_view aad,
            absl::string_view ciphertext, absl::string_view tag,
            uint8_t* plaintext) const;

 private:
  EVP_AEAD_CTX ctx_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_AES_GCM_H_
