// What one signature costs, in nanoseconds, measured with plain BoringSSL on
// one core of a server of 2022 (//bench:primitives measures it again). For
// cutting work into chunks of like duration; nothing else depends on it.
#ifndef ASSAY_CORE_CRYPTO_SIGNATURE_COST_H_
#define ASSAY_CORE_CRYPTO_SIGNATURE_COST_H_

#include <cstdint>

#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

inline constexpr uint32_t kHmacCostNs = 500;
inline constexpr uint32_t kEd25519VerifyCostNs = 51'000;
inline constexpr uint32_t kEd25519SignCostNs = 20'000;

constexpr uint32_t EcdsaVerifyCostNs(Curve curve) {
  return curve == Curve::kP256   ? 50'000
         : curve == Curve::kP384 ? 510'000
                                 : 1'230'000;
}
constexpr uint32_t EcdsaSignCostNs(Curve curve) {
  return curve == Curve::kP256   ? 20'000
         : curve == Curve::kP384 ? 170'000
                                 : 400'000;
}

// The public exponent is short: the cost is that of a few multiplications.
constexpr uint32_t RsaVerifyCostNs(uint32_t modulus_bits) {
  const uint64_t k = modulus_bits;
  return static_cast<uint32_t>(15'000 * k * k / (2048 * 2048));
}
// The private exponent is as long as the modulus.
constexpr uint32_t RsaSignCostNs(uint32_t modulus_bits) {
  const uint64_t k = modulus_bits;
  return static_cast<uint32_t>(600'000 * k * k / (2048 * 2048) * k / 2048);
}

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_SIGNATURE_COST_H_
