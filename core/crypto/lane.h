// The kinds of signature checks that kernels do: checks of one lane, whoever's
// key they are under, are worked on together.
#ifndef ASSAY_CORE_CRYPTO_LANE_H_
#define ASSAY_CORE_CRYPTO_LANE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace assay::crypto {

enum class Lane : uint8_t {
  kHmacSha256,
  kHmacSha384,
  kHmacSha512,
  kEd25519,
  kP256,
  kP384,
  kP521,
  kRsa2048,
  kRsa3072,
  kRsa4096,
  kNone,  // No kernel is made for it.
};
inline constexpr size_t kNumLanes = static_cast<size_t>(Lane::kNone);

// "hmac-sha256", "p256", ...: for logs and counters.
absl::string_view LaneName(Lane lane);

constexpr bool IsHmac(Lane lane) { return lane <= Lane::kHmacSha512; }
constexpr bool IsRsa(Lane lane) {
  return lane >= Lane::kRsa2048 && lane <= Lane::kRsa4096;
}

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_LANE_H_
