// Rough costs of JWE's key management, by which a batch is cut into chunks that
// are worth a hand-over and end soon.
#ifndef ASSAY_CORE_ENGINE_JWE_COST_H_
#define ASSAY_CORE_ENGINE_JWE_COST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/jose/encryption_algorithm.h"

namespace assay::engine {

// Nanoseconds per token, by the order of magnitude (//bench:jwe).
inline uint64_t JweCostNs(jose::KeyManagement alg) {
  switch (jose::InfoOf(alg).family) {
    case jose::KeyManagementFamily::kDirect:
    case jose::KeyManagementFamily::kAesKeyWrap:
    case jose::KeyManagementFamily::kAesGcmWrap:
      return 2'000;
    case jose::KeyManagementFamily::kEcdhEs:
    case jose::KeyManagementFamily::kEcdhEsKeyWrap:
      return 100'000;
    case jose::KeyManagementFamily::kRsaOaep:
      return 500'000;
    case jose::KeyManagementFamily::kPbes2:
      break;
  }
  return 10'000'000;
}

// How many tokens of such a cost make a chunk.
inline size_t JwesPerChunk(uint64_t cost_ns) {
  constexpr uint64_t kChunkCostNs = 250'000;
  return static_cast<size_t>(std::max<uint64_t>(1, kChunkCostNs / cost_ns));
}

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_JWE_COST_H_
