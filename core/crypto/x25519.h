// X25519 (RFC 7748 5): key agreement on Curve25519. Keys and shared secrets are
// 32 bytes, little-endian.
#ifndef ASSAY_CORE_CRYPTO_X25519_H_
#define ASSAY_CORE_CRYPTO_X25519_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"

namespace assay::crypto {

inline constexpr size_t kX25519KeyLen = 32;

// The public key of the private key `d`, of kX25519KeyLen bytes.
std::string X25519PublicFromPrivate(absl::string_view d);

// The secret that `d` shares with the owner of the public key `x`, both of
// kX25519KeyLen bytes. False, and `*secret` is left alone, if that is all
// zeros, as it is for every `d` where `x` is a point of small order (RFC 7748
// 6.1; RFC 8037 3.2 and its security considerations).
bool X25519SharedSecret(absl::string_view d, absl::string_view x,
                        SecretBytes* secret);

// Whether `x`, of kX25519KeyLen bytes, is a point of small order: then its
// owner shares zeros with everybody.
bool IsX25519SmallOrder(absl::string_view x);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_X25519_H_
