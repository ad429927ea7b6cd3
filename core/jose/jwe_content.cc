#include "core/jose/jwe_content.h"

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/random.h"
#include "core/jose/deflate.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {

using R = DecryptReason;

absl::Status ContentToSeal::Prepare(const EncryptOptions& options,
                                    absl::string_view plaintext,
                                    const Limits& limits) {
  view_ = plaintext;
  if (!options.zip) return absl::OkStatus();
  if (plaintext.size() > limits.max_inflated_bytes) {
    return absl::OutOfRangeError(absl::StrCat(
        "the plaintext has ", plaintext.size(),
        " bytes, more than the limit of ", limits.max_inflated_bytes,
        " for compressed ones: encrypt it without zip"));
  }
  if (!Deflate(plaintext, &deflated_)) {
    return absl::InternalError("the content cannot be compressed");
  }
  view_ = deflated_;
  return absl::OkStatus();
}

absl::Status SealContent(ContentAlgorithm enc,
                         const crypto::ContentCipher& cipher,
                         absl::string_view aad, absl::string_view content,
                         SealedContent* sealed) {
  const crypto::ContentEncryption encryption = InfoOf(enc).encryption;
  sealed->iv.resize(crypto::IvLen(encryption));
  crypto::RandomBytes(Data(&sealed->iv), sealed->iv.size());
  sealed->ciphertext.resize(cipher.CiphertextLen(content.size()));
  sealed->tag.resize(crypto::TagLen(encryption));
  if (cipher.Seal(sealed->iv, aad, content, Data(&sealed->ciphertext),
                  Data(&sealed->tag))) {
    return absl::OkStatus();
  }
  return absl::InternalError("the content cannot be encrypted");
}

R OpenContent(const crypto::ContentCipher& cipher, absl::string_view aad,
              const SealedContent& sealed, std::string* content) {
  content->resize(sealed.ciphertext.size());
  size_t len = 0;
  if (!cipher.Open(sealed.iv, aad, sealed.ciphertext, sealed.tag, Data(content),
                   &len)) {
    content->clear();
    return R::kDecryptionFailed;
  }
  content->resize(len);
  return R::kValid;
}

absl::Status CheckTokenLength(size_t token, const Limits& limits) {
  if (token <= limits.max_token_bytes) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("the token would be larger than the limit of ",
                   limits.max_token_bytes, " bytes"));
}

absl::Status CheckTokenLengths(size_t header, size_t content,
                               const Limits& limits) {
  if (header > limits.max_header_bytes) {
    return absl::OutOfRangeError(absl::StrCat("the header would have ", header,
                                              " bytes, more than the limit of ",
                                              limits.max_header_bytes));
  }
  absl::Status status = CheckTokenLength(content, limits);  // No overflow.
  if (status.ok()) {
    status = CheckTokenLength(header + Base64UrlEncodedSize(content), limits);
  }
  return status;
}

}  // namespace assay::jose
