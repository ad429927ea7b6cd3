// The fingerprint of RSA keys made by the generator of CVE-2017-15361 (ROCA):
// their primes, and so their moduli, are powers of 65537 modulo each of the
// first primes (Nemec et al., "The Return of Coppersmith's Attack", CCS 2017,
// section 3.1). A sound key shows it with a chance of about 2^-27.
#ifndef ASSAY_CORE_CRYPTO_ROCA_H_
#define ASSAY_CORE_CRYPTO_ROCA_H_

#include "absl/strings/string_view.h"

namespace assay::crypto {

// `modulus` is big-endian.
bool HasRocaFingerprint(absl::string_view modulus);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_ROCA_H_
