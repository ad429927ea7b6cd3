// The key of one token's content, ready to encrypt or decrypt with. Most tokens
// have one of their own (RFC 7516: the content encryption key, CEK); under
// "dir" all share the secret, and with it the work of preparing it.
#ifndef ASSAY_CORE_JOSE_CONTENT_KEY_H_
#define ASSAY_CORE_JOSE_CONTENT_KEY_H_

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "core/crypto/content_cipher.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::jose {

// Thread safety: none but that of the cipher, whose methods are const.
class ContentKey {
 public:
  ContentKey() = default;

  // A key of the token's own. `cek` has the length that `enc` asks for.
  static ContentKey Own(ContentAlgorithm enc, absl::string_view cek);
  // One that is shared, and outlives this.
  static ContentKey Shared(const crypto::ContentCipher* cipher);

  // Null in a ContentKey that nothing was put into.
  const crypto::ContentCipher* cipher() const { return cipher_; }

 private:
  std::unique_ptr<const crypto::ContentCipher> owned_;
  const crypto::ContentCipher* cipher_ = nullptr;
};

// The secret of "dir" (RFC 7518 4.5), prepared for every enc that its length
// fits: there are two for 32 bytes. Immutable, hence thread-safe.
class DirectKey {
 public:
  explicit DirectKey(absl::string_view secret);

  // Null if the secret has not the length of `enc`'s key.
  const crypto::ContentCipher* CipherFor(ContentAlgorithm enc) const {
    return ciphers_[static_cast<size_t>(enc)].get();
  }

 private:
  std::unique_ptr<const crypto::ContentCipher> ciphers_[kNumContentAlgorithms];
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_CONTENT_KEY_H_
