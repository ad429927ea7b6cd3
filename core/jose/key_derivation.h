// The two ways of RFC 7518 that derive a key instead of transporting one: from
// an agreed secret (4.6.2) and from a password (4.8.1.1). Here are the names
// that bind a key to its algorithm; the mathematics is core/crypto's.
#ifndef ASSAY_CORE_JOSE_KEY_DERIVATION_H_
#define ASSAY_CORE_JOSE_KEY_DERIVATION_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::jose {

// `alg` is of the kEcdhEs or the kEcdhEsKeyWrap family. For the one, the key is
// the content encryption key and bound to the name of `enc`; for the other it
// wraps one and is bound to that of `alg`. False, and `*key` is left alone, if
// a party's name is too long to be hashed.
bool DeriveAgreedKey(KeyManagement alg, ContentAlgorithm enc,
                     absl::string_view secret, absl::string_view apu,
                     absl::string_view apv, SecretBytes* key);

// `alg` is of the kPbes2 family. Costs `p2c` iterations, which the caller has
// bounded. False, and `*key` is left alone, for none.
bool DerivePasswordKey(KeyManagement alg, absl::string_view password,
                       absl::string_view p2s, uint32_t p2c, SecretBytes* key);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_KEY_DERIVATION_H_
