// The way to BoringSSL: the only file that includes <openssl/...>, and only
// core/crypto includes it.
//
// /usr/include/openssl is OpenSSL: a target that forgets its dependency would
// find that instead, compile half of the time, and link to the wrong library.
#ifndef ASSAY_CORE_CRYPTO_BORINGSSL_H_
#define ASSAY_CORE_CRYPTO_BORINGSSL_H_

#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error "not BoringSSL: add //bazel/third_party:boringssl_crypto to deps"
#endif

#include <openssl/aead.h>
#include <openssl/aes.h>
#include <openssl/base64.h>
#include <openssl/bn.h>
#include <openssl/bytestring.h>
#include <openssl/crypto.h>
#include <openssl/curve25519.h>
#include <openssl/digest.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>
#include <openssl/ecdh.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

#include "absl/strings/string_view.h"

namespace assay::crypto {

inline const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// Passes `ok` on; on failure empties the thread's error queue, which nobody
// reads and which would otherwise grow and confuse a later caller.
inline bool ClearErrorsUnless(bool ok) {
  if (!ok) ERR_clear_error();
  return ok;
}

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_BORINGSSL_H_
