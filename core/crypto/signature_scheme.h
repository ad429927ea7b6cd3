// The vocabulary of core/crypto: hashes, curves and signature schemes, free of
// JOSE names and of BoringSSL types.
#ifndef ASSAY_CORE_CRYPTO_SIGNATURE_SCHEME_H_
#define ASSAY_CORE_CRYPTO_SIGNATURE_SCHEME_H_

#include <cstddef>
#include <cstdint>

namespace assay::crypto {

enum class Hash : uint8_t { kSha256, kSha384, kSha512 };

constexpr size_t HashLen(Hash hash) {
  return hash == Hash::kSha256 ? 32 : hash == Hash::kSha384 ? 48 : 64;
}

enum class Curve : uint8_t { kP256, kP384, kP521 };

// Bytes of one coordinate or scalar, which are the same on these curves.
constexpr size_t CurveCoordinateLen(Curve curve) {
  return curve == Curve::kP256 ? 32 : curve == Curve::kP384 ? 48 : 66;
}

enum class SignatureFamily : uint8_t {
  kHmac,      // RFC 2104
  kRsaPkcs1,  // RSASSA-PKCS1-v1_5, RFC 8017 8.2
  kRsaPss,    // RSASSA-PSS, MGF1 of the same hash, salt of the hash's length
  kEcdsa,     // signature is R||S, each of the coordinate's length
  kEd25519,   // RFC 8032, pure; the hash is fixed by the scheme
};

struct SignatureScheme {
  SignatureFamily family;
  Hash hash;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_SIGNATURE_SCHEME_H_
