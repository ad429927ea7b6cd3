// From a password to a key that wraps others: PBKDF2 (RFC 8018 5.2) with HMAC,
// salted in the way of RFC 7518 4.8.1.1.
#ifndef ASSAY_CORE_CRYPTO_PBES2_H_
#define ASSAY_CORE_CRYPTO_PBES2_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// Bytes of the key that comes out: half of the hash's.
constexpr size_t Pbes2KeyLen(Hash hash) { return HashLen(hash) / 2; }

struct Pbes2Params {
  Hash hash;
  // The name of the whole algorithm, which separates keys made for one from
  // those for another; the caller knows it.
  absl::string_view algorithm_name;
  // Random bytes, at least 8 (which the caller checks).
  absl::string_view salt_input;
  // How often the hash is applied, which is what this costs: each takes about
  // two compressions of it, so 2^32 take an hour. Whoever lets a stranger
  // choose it bounds it first (CVE-2023-52428).
  uint32_t iterations;
};

// The salt is algorithm_name || 0x00 || salt_input. `*key` becomes
// Pbes2KeyLen(hash) bytes. False, and it is left alone, for no iterations.
bool DerivePbes2Key(absl::string_view password, const Pbes2Params& params,
                    SecretBytes* key);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_PBES2_H_
