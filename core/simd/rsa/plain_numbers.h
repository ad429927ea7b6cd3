// Numbers of any length modulo another, by shifting and adding: slow, and too
// simple to be wrong in the way that the kernels may be. For tests.
#ifndef ASSAY_CORE_SIMD_RSA_PLAIN_NUMBERS_H_
#define ASSAY_CORE_SIMD_RSA_PLAIN_NUMBERS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "core/simd/rsa/modulus52.h"

namespace assay::simd {

// Limbs of 52 bits, least significant first; all numbers in one calculation
// have the same number of limbs, and at least one bit to spare.
using Number = std::vector<uint64_t>;

inline bool IsLess(const Number& a, const Number& b) {
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

inline Number Sum(const Number& a, const Number& b) {
  Number sum(a.size());
  uint64_t carry = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    carry += a[i] + b[i];
    sum[i] = carry & kLimbMask;
    carry >>= kLimbBits;
  }
  return sum;
}

// a - b, for b <= a.
inline Number Difference(const Number& a, const Number& b) {
  Number difference(a.size());
  uint64_t borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const uint64_t limb = a[i] - b[i] - borrow;
    difference[i] = limb & kLimbMask;
    borrow = limb >> 63;
  }
  return difference;
}

// For a < 2n.
inline Number ReducedOnce(const Number& a, const Number& n) {
  return IsLess(a, n) ? a : Difference(a, n);
}

// For a, b < n.
inline Number ProductModulo(const Number& a, const Number& b, const Number& n) {
  Number product(n.size(), 0);
  for (size_t bit = kLimbBits * n.size(); bit-- > 0;) {
    product = ReducedOnce(Sum(product, product), n);
    if ((b[bit / kLimbBits] >> bit % kLimbBits & 1) == 0) continue;
    product = ReducedOnce(Sum(product, a), n);
  }
  return product;
}

inline Number PowerOfTwo(size_t exponent, size_t num_limbs) {
  Number power(num_limbs, 0);
  power[exponent / kLimbBits] = uint64_t{1} << exponent % kLimbBits;
  return power;
}

inline Number SmallNumber(uint64_t value, size_t num_limbs) {
  Number number(num_limbs, 0);
  number[0] = value;
  return number;
}

// 2^exponent mod n, where n > 1.
inline Number PowerOfTwoModulo(size_t exponent, const Number& n) {
  Number power = SmallNumber(1, n.size());
  for (size_t i = 0; i < exponent; ++i) {
    power = ReducedOnce(Sum(power, power), n);
  }
  return power;
}

// Of `num_bits` random bits.
inline Number RandomNumber(size_t num_bits, size_t num_limbs,
                           std::mt19937_64* random) {
  Number number(num_limbs, 0);
  for (size_t bit = 0; bit < num_bits; bit += kLimbBits) {
    const size_t rest = num_bits - bit;
    const uint64_t mask =
        rest < kLimbBits ? (uint64_t{1} << rest) - 1 : kLimbMask;
    number[bit / kLimbBits] = (*random)() & mask;
  }
  return number;
}

// Big-endian.
inline std::vector<uint8_t> ToBytes(const Number& number, size_t len) {
  std::vector<uint8_t> bytes(len);
  for (size_t bit = 0; bit < 8 * len; ++bit) {
    if (bit / kLimbBits >= number.size()) break;
    const uint64_t value = number[bit / kLimbBits] >> bit % kLimbBits & 1;
    bytes[len - 1 - bit / 8] |= static_cast<uint8_t>(value << bit % 8);
  }
  return bytes;
}

// Odd moduli of `num_bits` bits with the top bit set: the extremes, such with
// long runs of equal bits, and random ones.
inline std::vector<Number> Moduli(size_t num_bits, size_t num_limbs,
                                  std::mt19937_64* random) {
  const Number one = SmallNumber(1, num_limbs);
  const Number top = PowerOfTwo(num_bits - 1, num_limbs);
  const Number all = Difference(PowerOfTwo(num_bits, num_limbs), one);
  std::vector<Number> moduli = {
      all,
      Sum(top, one),
      Difference(all, PowerOfTwo(num_bits / 2, num_limbs)),
      Sum(Sum(top, one), PowerOfTwo(num_bits / 2, num_limbs)),
      Difference(all, PowerOfTwo(1, num_limbs)),
      Sum(Sum(top, one), PowerOfTwo(1, num_limbs)),
  };
  for (int i = 0; i < 2; ++i) {
    Number n = RandomNumber(num_bits - 1, num_limbs, random);
    n[0] |= 1;
    moduli.push_back(Sum(n, top));
  }
  return moduli;
}

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_RSA_PLAIN_NUMBERS_H_
