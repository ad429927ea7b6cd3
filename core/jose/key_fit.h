// Whether a key may be prepared for an alg, asked when it is loaded.
#ifndef ASSAY_CORE_JOSE_KEY_FIT_H_
#define ASSAY_CORE_JOSE_KEY_FIT_H_

#include "absl/status/status.h"
#include "core/crypto/key_material.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::jose {

// INVALID_ARGUMENT, with what `alg` needs, unless `key` is compatible with it
// and some enc, and a secret is one that ValidateKeyMaterial lets pass. Keys of
// other types are validated by those who prepare them.
absl::Status CheckKeyFits(KeyManagement alg, const crypto::KeyMaterial& key);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_KEY_FIT_H_
