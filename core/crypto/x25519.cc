#include "core/crypto/x25519.h"

#include <utility>

#include "core/crypto/boringssl.h"

namespace assay::crypto {

static_assert(kX25519KeyLen == X25519_PRIVATE_KEY_LEN &&
                  kX25519KeyLen == X25519_PUBLIC_VALUE_LEN &&
                  kX25519KeyLen == X25519_SHARED_KEY_LEN,
              "one length for all");

std::string X25519PublicFromPrivate(absl::string_view d) {
  std::string x(kX25519KeyLen, '\0');
  X25519_public_from_private(reinterpret_cast<uint8_t*>(&x[0]), Bytes(d));
  return x;
}

bool X25519SharedSecret(absl::string_view d, absl::string_view x,
                        SecretBytes* secret) {
  SecretBytes shared(kX25519KeyLen);
  // Fails for all zeros, and looks at them in constant time.
  if (!ClearErrorsUnless(X25519(shared.data(), Bytes(d), Bytes(x)) == 1)) {
    return false;
  }
  *secret = std::move(shared);
  return true;
}

bool IsX25519SmallOrder(absl::string_view x) {
  // Every private key is a multiple of 8 (RFC 7748 5, decodeScalar25519), and
  // small orders divide 8: what one private key finds, all do.
  const std::string d(kX25519KeyLen, '\x55');
  SecretBytes unused;
  return !X25519SharedSecret(d, x, &unused);
}

}  // namespace assay::crypto
