// Ed25519 (RFC 8032 5.1): checks on public keys that BoringSSL leaves to its
// caller, and the way from a seed to a key pair.
#ifndef ASSAY_CORE_CRYPTO_ED25519_H_
#define ASSAY_CORE_CRYPTO_ED25519_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"

namespace assay::crypto {

inline constexpr size_t kEd25519KeyLen = 32;  // a public key, or a seed
inline constexpr size_t kEd25519SignatureLen = 64;

// Whether the 32 bytes `x` are the canonical encoding of a point on the curve.
bool IsEd25519Point(absl::string_view x);
// Whether the point has an order of 8 or less. Under such a key one signature
// fits many messages.
bool IsEd25519SmallOrder(absl::string_view x);

// The public key of a 32-byte seed.
std::string Ed25519PublicFromSeed(absl::string_view seed);
// The 64 bytes that Ed25519Sign takes: the seed and the public key.
SecretBytes Ed25519ExpandSeed(absl::string_view seed);

bool Ed25519Verify(absl::string_view x, absl::string_view message,
                   absl::string_view signature);
bool Ed25519Sign(const SecretBytes& expanded, absl::string_view message,
                 uint8_t* signature);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_ED25519_H_
