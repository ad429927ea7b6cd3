#include "core/crypto/aes_gcm.h"

#include <cstdlib>

namespace assay::crypto {
namespace {

const EVP_AEAD* AeadForKeyLen(size_t len) {
  switch (len) {
    case 16:
      return EVP_aead_aes_128_gcm();
    case 24:
      return EVP_aead_aes_192_gcm();
    case 32:
      return EVP_aead_aes_256_gcm();
  }
  std::abort();  // The contract.
}

}  // namespace

AesGcm::AesGcm(absl::string_view key) {
  // Fails for lengths that AES does not have, and else never.
  if (EVP_AEAD_CTX_init(&ctx_, AeadForKeyLen(key.size()), Bytes(key),
                        key.size(), kGcmTagLen, nullptr) != 1) {
    std::abort();
  }
}

AesGcm::~AesGcm() {
  EVP_AEAD_CTX_cleanup(&ctx_);
  // The cleanup above leaves the key schedule, which lies in the object.
  OPENSSL_cleanse(&ctx_, sizeof(ctx_));
}

bool AesGcm::Seal(absl::string_view iv, absl::string_view aad,
                  absl::string_view plaintext, uint8_t* ciphertext,
                  uint8_t* tag) const {
  if (iv.size() != kGcmIvLen) return false;
  size_t tag_len = 0;
  return ClearErrorsUnless(
      EVP_AEAD_CTX_seal_scatter(&ctx_, ciphertext, tag, &tag_len, kGcmTagLen,
                                Bytes(iv), iv.size(), Bytes(plaintext),
                                plaintext.size(), nullptr, 0, Bytes(aad),
                                aad.size()) == 1 &&
      tag_len == kGcmTagLen);
}

bool AesGcm::Open(absl::string_view iv, absl::string_view aad,
                  absl::string_view ciphertext, absl::string_view tag,
                  uint8_t* plaintext) const {
  if (iv.size() != kGcmIvLen || tag.size() != kGcmTagLen) return false;
  // Decrypts while it computes the tag, and zeroes the output if that differs.
  return ClearErrorsUnless(
      EVP_AEAD_CTX_open_gather(&ctx_, plaintext, Bytes(iv), iv.size(),
                               Bytes(ciphertext), ciphertext.size(), Bytes(tag),
                               tag.size(), Bytes(aad), aad.size()) == 1);
}

}  // namespace assay::crypto
