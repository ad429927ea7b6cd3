// The Concat KDF (NIST SP 800-56A 5.8.1) with SHA-256, in the form that RFC
// 7518 4.6.2 gives it: from an agreed secret to a key.
#ifndef ASSAY_CORE_CRYPTO_CONCAT_KDF_H_
#define ASSAY_CORE_CRYPTO_CONCAT_KDF_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"

namespace assay::crypto {

// What the key is bound to. Each goes into the hash behind its length in 32
// bits; the length of the key in bits is SuppPubInfo, and SuppPrivInfo is
// empty.
struct ConcatKdfInfo {
  // What the key is for; the caller knows the name (RFC 7518 4.6.2: that of
  // the content encryption for a direct key, else that of the key wrapping).
  absl::string_view algorithm_id;
  absl::string_view party_u, party_v;
};

// False, and `*key` is left alone, if `key_len` is 0, or it or a part of `info`
// is too long for its length to be written in 32 bits.
bool ConcatKdf(absl::string_view secret, const ConcatKdfInfo& info,
               size_t key_len, SecretBytes* key);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_CONCAT_KDF_H_
