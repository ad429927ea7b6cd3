// The content of a JWE under its key, whatever form the token has (RFC 7516 5.1
// steps 9 to 15, 5.2 steps 14 to 16).
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_JWE_CONTENT_H_
#define ASSAY_CORE_JOSE_JWE_CONTENT_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/content_cipher.h"
#include "core/jose/encryption_key.h"

namespace assay::jose {

// Bytes, not encoded.
struct SealedContent {
  std::string iv, ciphertext, tag;
};

// What is to be encrypted: the plaintext or, with zip, what it becomes.
class ContentToSeal {
 public:
  ContentToSeal() = default;
  ~ContentToSeal() { WipeString(&deflated_); }
  ContentToSeal(const ContentToSeal&) = delete;
  ContentToSeal& operator=(const ContentToSeal&) = delete;

  // OUT_OF_RANGE if nobody with the same `limits` would inflate it again.
  // `plaintext` outlives this.
  absl::Status Prepare(const EncryptOptions& options,
                       absl::string_view plaintext, const Limits& limits);
  absl::string_view view() const { return view_; }

 private:
  absl::string_view view_;
  std::string deflated_;
};

// Encrypts `content` with a random IV. INTERNAL if it cannot.
absl::Status SealContent(ContentAlgorithm enc,
                         const crypto::ContentCipher& cipher,
                         absl::string_view aad, absl::string_view content,
                         SealedContent* sealed);

// kValid or kDecryptionFailed; then `*content`, which is overwritten and a
// secret, is empty.
DecryptReason OpenContent(const crypto::ContentCipher& cipher,
                          absl::string_view aad, const SealedContent& sealed,
                          std::string* content);

// What nobody with the same limits would take is not made: OUT_OF_RANGE for a
// header or a token that is too long. Of the token, the lengths of the encoded
// header and of the content are known; it is never shorter than these.
absl::Status CheckTokenLengths(size_t header, size_t content,
                               const Limits& limits);
absl::Status CheckTokenLength(size_t token, const Limits& limits);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_CONTENT_H_
