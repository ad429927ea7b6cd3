#include "core/crypto/aes_cbc.h"

#include <cstdlib>
#include <cstring>

namespace assay::crypto {
namespace {

static_assert(kAesBlockLen == AES_BLOCK_SIZE, "AES has one block size");

// The bytes of padding at the end of the last block; 0 if it is none. Looks at
// all of the block whatever is in it.
size_t PaddingLen(const uint8_t* last_block) {
  const unsigned len = last_block[kAesBlockLen - 1];
  unsigned wrong = (len - 1) & ~15u;  // Not from 1 to 16.
  for (unsigned i = 0; i < kAesBlockLen; ++i) {
    // All ones in the last `len` bytes, where i >= 16 - len.
    const unsigned is_padding = 0 - ((15 - i - len) >> 31);
    wrong |= is_padding & (last_block[i] ^ len);
  }
  return wrong == 0 ? len : 0;
}

}  // namespace

AesCbc::AesCbc(absl::string_view key) {
  const auto bits = static_cast<unsigned>(key.size() * 8);
  // These fail for lengths that AES does not have, and else never.
  if (AES_set_encrypt_key(Bytes(key), bits, &encrypt_) != 0 ||
      AES_set_decrypt_key(Bytes(key), bits, &decrypt_) != 0) {
    std::abort();  // The contract.
  }
}

AesCbc::~AesCbc() {
  OPENSSL_cleanse(&encrypt_, sizeof(encrypt_));
  OPENSSL_cleanse(&decrypt_, sizeof(decrypt_));
}

void AesCbc::Encrypt(absl::string_view iv, absl::string_view plaintext,
                     uint8_t* ciphertext) const {
  uint8_t chain[kAesBlockLen], last[kAesBlockLen];
  std::memcpy(chain, iv.data(), sizeof(chain));
  const size_t rest_len = plaintext.size() % kAesBlockLen;
  const size_t whole_len = plaintext.size() - rest_len;
  if (whole_len > 0) {
    AES_cbc_encrypt(Bytes(plaintext), ciphertext, whole_len, &encrypt_, chain,
                    AES_ENCRYPT);
  }
  std::memset(last, static_cast<int>(kAesBlockLen - rest_len), sizeof(last));
  if (rest_len > 0) std::memcpy(last, plaintext.data() + whole_len, rest_len);
  AES_cbc_encrypt(last, ciphertext + whole_len, sizeof(last), &encrypt_, chain,
                  AES_ENCRYPT);
  OPENSSL_cleanse(last, sizeof(last));
}

bool AesCbc::Decrypt(absl::string_view iv, absl::string_view ciphertext,
                     uint8_t* plaintext, size_t* plaintext_len) const {
  const size_t len = ciphertext.size();
  if (len == 0 || len % kAesBlockLen != 0) return false;
  uint8_t chain[kAesBlockLen];
  std::memcpy(chain, iv.data(), sizeof(chain));
  AES_cbc_encrypt(Bytes(ciphertext), plaintext, len, &decrypt_, chain,
                  AES_DECRYPT);
  const size_t padding_len = PaddingLen(plaintext + len - kAesBlockLen);
  if (padding_len == 0) {
    OPENSSL_cleanse(plaintext, len);
    return false;
  }
  *plaintext_len = len - padding_len;
  return true;
}

}  // namespace assay::crypto
