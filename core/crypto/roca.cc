#include "core/crypto/roca.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace assay::crypto {
namespace {

// The odd primes that the generator uses for its smallest keys, and therefore
// for all. Where 65537 generates every residue a prime tells nothing.
constexpr uint32_t kPrimes[] = {
    3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
    47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
};
constexpr size_t kNumPrimes = sizeof(kPrimes) / sizeof(kPrimes[0]);
constexpr uint32_t kMaxPrime = 167;

// For each prime, whether a residue has a discrete logarithm to base 65537.
struct Powers {
  bool is_power[kNumPrimes][kMaxPrime]{};
};

constexpr Powers MakePowers() {
  Powers powers{};
  for (size_t i = 0; i < kNumPrimes; ++i) {
    uint32_t power = 1;
    for (uint32_t step = 1; step < kPrimes[i]; ++step) {
      powers.is_power[i][power] = true;
      power = power * (65537 % kPrimes[i]) % kPrimes[i];
    }
  }
  return powers;
}

constexpr Powers kPowers = MakePowers();

uint32_t Remainder(absl::string_view number, uint32_t divisor) {
  uint32_t remainder = 0;
  for (const char byte : number) {
    remainder = (remainder << 8 | static_cast<uint8_t>(byte)) % divisor;
  }
  return remainder;
}

}  // namespace

bool HasRocaFingerprint(absl::string_view modulus) {
  for (size_t i = 0; i < kNumPrimes; ++i) {
    if (!kPowers.is_power[i][Remainder(modulus, kPrimes[i])]) return false;
  }
  return true;
}

}  // namespace assay::crypto
