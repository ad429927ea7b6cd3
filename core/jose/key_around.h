// How the kinds of encryption and decryption keys are made: each holds a
// primitive that was prepared once, if its key let it.
#ifndef ASSAY_CORE_JOSE_KEY_AROUND_H_
#define ASSAY_CORE_JOSE_KEY_AROUND_H_

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::jose {

// A Key for `alg` around `prepared`, or why that could not be prepared.
template <typename Key, typename Prepared>
absl::StatusOr<std::unique_ptr<const Key>> KeyAround(
    KeyManagement alg,
    absl::StatusOr<std::unique_ptr<const Prepared>> prepared) {
  if (!prepared.ok()) return prepared.status();
  return std::make_unique<const Key>(alg, *std::move(prepared));
}

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_KEY_AROUND_H_
