// Message digests (FIPS 180-4).
#ifndef ASSAY_CORE_CRYPTO_DIGEST_H_
#define ASSAY_CORE_CRYPTO_DIGEST_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// Writes HashLen(hash) bytes to `digest`.
void Digest(Hash hash, absl::string_view message, uint8_t* digest);
// The raw 32 bytes.
std::string Sha256(absl::string_view message);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_DIGEST_H_
