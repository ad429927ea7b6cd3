#include "core/crypto/content_cipher.h"

#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/crypto/aes_cbc.h"
#include "core/crypto/aes_gcm.h"
#include "core/crypto/hmac_states.h"

namespace assay::crypto {
namespace {

class GcmCipher final : public ContentCipher {
 public:
  explicit GcmCipher(absl::string_view cek) : gcm_(cek) {}

  size_t CiphertextLen(size_t plaintext_len) const override {
    return plaintext_len;
  }
  bool Seal(absl::string_view iv, absl::string_view aad,
            absl::string_view plaintext, uint8_t* ciphertext,
            uint8_t* tag) const override {
    return gcm_.Seal(iv, aad, plaintext, ciphertext, tag);
  }
  bool Open(absl::string_view iv, absl::string_view aad,
            absl::string_view ciphertext, absl::string_view tag,
            uint8_t* plaintext, size_t* plaintext_len) const override {
    if (!gcm_.Open(iv, aad, ciphertext, tag, plaintext)) return false;
    *plaintext_len = ciphertext.size();
    return true;
  }

 private:
  const AesGcm gcm_;
};

// AES_CBC_HMAC_SHA2, RFC 7518 5.2.2: the key is MAC_KEY || ENC_KEY, and the tag
// is the first half of HMAC(MAC_KEY, AAD || IV || ciphertext || AL).
template <typename Algorithm>
class CbcHmacCipher final : public ContentCipher {
 public:
  explicit CbcHmacCipher(absl::string_view cek) : cbc_(cek.substr(kTagLen)) {
    PrepareHmac<Algorithm>(cek.substr(0, kTagLen), &hmac_);
  }

  size_t CiphertextLen(size_t plaintext_len) const override {
    return AesCbc::CiphertextLen(plaintext_len);
  }

  bool Seal(absl::string_view iv, absl::string_view aad,
            absl::string_view plaintext, uint8_t* ciphertext,
            uint8_t* tag) const override {
    if (iv.size() != kAesBlockLen || aad.size() > kMaxAadLen) return false;
    cbc_.Encrypt(iv, plaintext, ciphertext);
    const absl::string_view sealed(reinterpret_cast<const char*>(ciphertext),
                                   CiphertextLen(plaintext.size()));
    uint8_t mac[Algorithm::kDigestLen];
    ComputeMac(iv, aad, sealed, mac);
    std::memcpy(tag, mac, kTagLen);
    return true;
  }

  // The MAC comes first: what was not authenticated is not decrypted, so its
  // padding says nothing to whoever sent it.
  bool Open(absl::string_view iv, absl::string_view aad,
            absl::string_view ciphertext, absl::string_view tag,
            uint8_t* plaintext, size_t* plaintext_len) const override {
    return iv.size() == kAesBlockLen && aad.size() <= kMaxAadLen &&
           tag.size() == kTagLen && IsTag(iv, aad, ciphertext, tag) &&
           cbc_.Decrypt(iv, ciphertext, plaintext, plaintext_len);
  }

 private:
  static constexpr size_t kTagLen = Algorithm::kDigestLen / 2;
  // AL counts bits in 64 bits.
  static constexpr uint64_t kMaxAadLen =
      std::numeric_limits<uint64_t>::max() / 8;

  void ComputeMac(absl::string_view iv, absl::string_view aad,
                  absl::string_view ciphertext, uint8_t* mac) const {
    const uint64_t aad_bits = uint64_t{aad.size()} * 8;
    char al[8];
    for (size_t i = 0; i < sizeof(al); ++i) {
      al[i] = static_cast<char>(aad_bits >> (56 - 8 * i));
    }
    ComputeHmac<Algorithm>(hmac_, {aad, iv, ciphertext, {al, sizeof(al)}}, mac);
  }

  bool IsTag(absl::string_view iv, absl::string_view aad,
             absl::string_view ciphertext, absl::string_view tag) const {
    uint8_t mac[Algorithm::kDigestLen];
    ComputeMac(iv, aad, ciphertext, mac);
    const bool equal = CRYPTO_memcmp(mac, tag.data(), kTagLen) == 0;
    // A forger's message has a valid tag here: it must not leak later.
    OPENSSL_cleanse(mac, sizeof(mac));
    return equal;
  }

  const AesCbc cbc_;
  HmacStates<typename Algorithm::Ctx> hmac_;
};

std::unique_ptr<const ContentCipher> Make(ContentEncryption encryption,
                                          absl::string_view cek) {
  switch (encryption) {
    case ContentEncryption::kAes128CbcHmacSha256:
      return std::make_unique<CbcHmacCipher<Sha256Algorithm>>(cek);
    case ContentEncryption::kAes192CbcHmacSha384:
      return std::make_unique<CbcHmacCipher<Sha384Algorithm>>(cek);
    case ContentEncryption::kAes256CbcHmacSha512:
      return std::make_unique<CbcHmacCipher<Sha512Algorithm>>(cek);
    case ContentEncryption::kAes128Gcm:
    case ContentEncryption::kAes192Gcm:
    case ContentEncryption::kAes256Gcm:
      break;
  }
  return std::make_unique<GcmCipher>(cek);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const ContentCipher>> ContentCipher::Create(
    ContentEncryption encryption, absl::string_view cek) {
  if (cek.size() != CekLen(encryption)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the content encryption key has ", cek.size(), " bytes, not ",
        CekLen(encryption), " as its cipher asks"));
  }
  return Make(encryption, cek);
}

}  // namespace assay::crypto
