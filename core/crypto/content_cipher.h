// Encrypts and decrypts the content of JWEs under one content encryption key
// (RFC 7516 5.1 step 15, 5.2 step 16; RFC 7518 5). The key schedule is made
// once, so tokens that share a key (alg "dir") share its cost.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_CONTENT_CIPHER_H_
#define ASSAY_CORE_CRYPTO_CONTENT_CIPHER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/crypto/content_encryption.h"

namespace assay::crypto {

class ContentCipher {
 public:
  // INVALID_ARGUMENT if `cek` has not CekLen(encryption) bytes. It is not kept;
  // what is made of it is wiped with the object.
  static absl::StatusOr<std::unique_ptr<const ContentCipher>> Create(
      ContentEncryption encryption, absl::string_view cek);
  virtual ~ContentCipher() = default;

  // Bytes of ciphertext for so many of plaintext.
  virtual size_t CiphertextLen(size_t plaintext_len) const = 0;

  // Writes CiphertextLen(plaintext.size()) bytes to `ciphertext` and TagLen
  // bytes to `tag`; buffers do not overlap. False if `iv` has not IvLen bytes,
  // or the message is longer than the cipher can take. The caller never uses
  // an IV twice with one key, and for CBC takes one that nobody can foresee.
  virtual bool Seal(absl::string_view iv, absl::string_view aad,
                    absl::string_view plaintext, uint8_t* ciphertext,
                    uint8_t* tag) const = 0;

  // `plaintext` has room for ciphertext.size() bytes and does not overlap the
  // rest; `*plaintext_len` tells how many there are. False for every failure
  // alike: a wrong length of anything, a tag that does not fit, bad padding.
  // Nothing of the message is in `plaintext` then.
  virtual bool Open(absl::string_view iv, absl::string_view aad,
                    absl::string_view ciphertext, absl::string_view tag,
                    uint8_t* plaintext, size_t* plaintext_len) const = 0;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_CONTENT_CIPHER_H_
