// RSAES-OAEP (RFC 8017 7.1; RFC 7518 4.3): a content encryption key under an
// RSA key. MGF1 takes the same hash as the encoding, and there is no label.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_RSA_OAEP_H_
#define ASSAY_CORE_CRYPTO_RSA_OAEP_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/key_material.h"

namespace assay::crypto {

// SHA-1 has lost its collision resistance, of which OAEP makes no use.
enum class OaepHash : uint8_t { kSha1, kSha256, kSha384, kSha512 };

class RsaOaepEncrypter {
 public:
  // Prepares the public half of `key`. INVALID_ARGUMENT where
  // ValidateKeyMaterial would fail, and for a key that is not RSA.
  static absl::StatusOr<std::unique_ptr<const RsaOaepEncrypter>> Create(
      const KeyMaterial& key, int max_rsa_modulus_bits);

  // Bytes of what Encrypt writes: those of the modulus.
  size_t EncryptedLen() const;
  // False if `cek` is longer than the modulus less two hashes and two bytes.
  bool Encrypt(OaepHash hash, absl::string_view cek, uint8_t* encrypted) const;

 private:
  explicit RsaOaepEncrypter(bssl::UniquePtr<EVP_PKEY> key);

  const bssl::UniquePtr<EVP_PKEY> key_;
};

class RsaOaepDecrypter {
 public:
  // As above, and INVALID_ARGUMENT for a public key.
  static absl::StatusOr<std::unique_ptr<const RsaOaepDecrypter>> Create(
      const KeyMaterial& key, int max_rsa_modulus_bits);

  // False for every failure alike, a wrong length as well as bad padding
  // (Manger's attack lives on the difference); `*cek` is left alone then. The
  // exponentiation is blinded, and the padding is judged in constant time. What
  // is then in `*cek` may have any length up to the modulus's.
  bool Decrypt(OaepHash hash, absl::string_view encrypted,
               SecretBytes* cek) const;

 private:
  explicit RsaOaepDecrypter(bssl::UniquePtr<EVP_PKEY> key);

  const bssl::UniquePtr<EVP_PKEY> key_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_RSA_OAEP_H_
