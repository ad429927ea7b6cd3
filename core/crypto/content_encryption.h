// The ciphers that encrypt a JWE's content (RFC 7518 5), free of JOSE names,
// and the lengths that each of them fixes.
#ifndef ASSAY_CORE_CRYPTO_CONTENT_ENCRYPTION_H_
#define ASSAY_CORE_CRYPTO_CONTENT_ENCRYPTION_H_

#include <cstddef>
#include <cstdint>

namespace assay::crypto {

enum class ContentEncryption : uint8_t {
  kAes128CbcHmacSha256,  // RFC 7518 5.2
  kAes192CbcHmacSha384,
  kAes256CbcHmacSha512,
  kAes128Gcm,  // RFC 7518 5.3
  kAes192Gcm,
  kAes256Gcm,
};

constexpr bool IsGcm(ContentEncryption encryption) {
  return encryption >= ContentEncryption::kAes128Gcm;
}

// Bytes of the content encryption key. Half of one for CBC makes MACs.
constexpr size_t CekLen(ContentEncryption encryption) {
  switch (encryption) {
    case ContentEncryption::kAes128CbcHmacSha256:
      return 32;
    case ContentEncryption::kAes192CbcHmacSha384:
      return 48;
    case ContentEncryption::kAes256CbcHmacSha512:
      return 64;
    case ContentEncryption::kAes128Gcm:
      return 16;
    case ContentEncryption::kAes192Gcm:
      return 24;
    case ContentEncryption::kAes256Gcm:
      return 32;
  }
  return 0;
}

constexpr size_t IvLen(ContentEncryption encryption) {
  return IsGcm(encryption) ? 12 : 16;
}

// For CBC the MAC is cut to half of the hash's length, which is that of the
// MAC's key.
constexpr size_t TagLen(ContentEncryption encryption) {
  return IsGcm(encryption) ? 16 : CekLen(encryption) / 2;
}

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_CONTENT_ENCRYPTION_H_
