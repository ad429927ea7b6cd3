// Inverses modulo P-256's two primes, of public values: variable time.
//
// A number is four 64-bit words, the least significant first. This is the one
// inversion that a whole batch shares (Montgomery's trick), so it is written
// for speed alone and once for all kernels of the curve.
//
// Thread safety: pure functions.
#ifndef ASSAY_CORE_SIMD_ECDSA_P256_INVERSE_H_
#define ASSAY_CORE_SIMD_ECDSA_P256_INVERSE_H_

#include <cstdint>

namespace assay::simd {

// The field's prime p and the group's order n.
extern const uint64_t kP256Prime[4];
extern const uint64_t kP256Order[4];

// `value` is below the modulus; the inverse of 0 is 0. About 1.5 us.
void P256InvertModPrime(const uint64_t value[4], uint64_t inverse[4]);
void P256InvertModOrder(const uint64_t value[4], uint64_t inverse[4]);

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ECDSA_P256_INVERSE_H_
