// An RSA modulus as the kernels in radix 2^52 want it, and what they need to
// calculate with it. Portable: no instruction set is asked for.
#ifndef ASSAY_CORE_SIMD_RSA_MODULUS52_H_
#define ASSAY_CORE_SIMD_RSA_MODULUS52_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd {

// Bits of a limb. Limbs are least significant first.
constexpr int kLimbBits = 52;
constexpr uint64_t kLimbMask = (uint64_t{1} << kLimbBits) - 1;

// Writes `num_limbs` limbs of a big-endian number. Too short a number is filled
// with zeros; one that does not fit loses its upper bits.
void BytesToLimbs(const uint8_t* bytes, size_t len, uint64_t* limbs,
                  size_t num_limbs);

// -1/odd mod 2^52.
uint64_t MinusInverse52(uint64_t odd);

// r_squared = R^2 mod n for R = 2^(52 * num_limbs), which takes about as long
// as one signature in the kernel. n is odd, and R / n between 2^3 and 2^72.
void MontgomeryRSquared(const uint64_t* n, size_t num_limbs,
                        uint64_t* r_squared);

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_RSA_MODULUS52_H_
