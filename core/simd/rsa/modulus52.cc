#include "core/simd/rsa/modulus52.h"

namespace assay::simd {
namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr size_t kMaxLimbs = 80;

bool IsBelow(const uint64_t* a, const uint64_t* b, size_t num_limbs) {
  for (size_t i = num_limbs; i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

void Subtract(uint64_t* a, const uint64_t* b, size_t num_limbs) {
  uint64_t borrow = 0;
  for (size_t i = 0; i < num_limbs; ++i) {
    const uint64_t difference = a[i] - b[i] - borrow;
    a[i] = difference & kLimbMask;
    borrow = difference >> 63;
  }
}

void ReduceOnce(uint64_t* x, const uint64_t* n, size_t num_limbs) {
  if (!IsBelow(x, n, num_limbs)) Subtract(x, n, num_limbs);
}

// x = 2x mod n, for x < n.
void DoubleModulo(uint64_t* x, const uint64_t* n, size_t num_limbs) {
  uint64_t carry = 0;
  for (size_t i = 0; i < num_limbs; ++i) {
    const uint64_t twice = x[i] << 1 | carry;
    x[i] = twice & kLimbMask;
    carry = twice >> kLimbBits;
  }
  ReduceOnce(x, n, num_limbs);
}

// x = x^2 / R mod n, for x < n. Column by column: a column's sum is below
// 2 * 80 * 2^104 plus a carry.
void MontgomerySquare(uint64_t* x, const uint64_t* n, uint64_t minus_inverse,
                      size_t num_limbs) {
  uint64_t q[kMaxLimbs];
  uint64_t result[kMaxLimbs];
  Wide sum = 0;
  for (size_t column = 0; column < 2 * num_limbs; ++column) {
    size_t i = column < num_limbs ? 0 : column - num_limbs + 1;
    const size_t end = column < num_limbs ? column : num_limbs;
    for (; i < end; ++i) {
      sum += Wide{x[i]} * x[column - i] + Wide{q[i]} * n[column - i];
    }
    if (column < num_limbs) {
      sum += Wide{x[column]} * x[0];
      q[column] = (static_cast<uint64_t>(sum) * minus_inverse) & kLimbMask;
      sum += Wide{q[column]} * n[0];
    } else {
      result[column - num_limbs] = static_cast<uint64_t>(sum) & kLimbMask;
    }
    sum >>= kLimbBits;
  }
  for (size_t i = 0; i < num_limbs; ++i) x[i] = result[i];
  ReduceOnce(x, n, num_limbs);
}

size_t BitLength(const uint64_t* n, size_t num_limbs) {
  size_t limb = num_limbs;
  while (limb > 0 && n[limb - 1] == 0) --limb;
  if (limb == 0) return 0;
  return limb * kLimbBits -
         (static_cast<size_t>(__builtin_clzll(n[limb - 1])) - (64 - kLimbBits));
}

}  // namespace

void BytesToLimbs(const uint8_t* bytes, size_t len, uint64_t* limbs,
                  size_t num_limbs) {
  Wide bits = 0;
  int num_bits = 0;
  for (size_t i = 0; i < num_limbs; ++i) {
    while (num_bits < kLimbBits && len > 0) {
      bits |= Wide{bytes[--len]} << num_bits;
      num_bits += 8;
    }
    limbs[i] = static_cast<uint64_t>(bits) & kLimbMask;
    bits >>= kLimbBits;
    num_bits = num_bits < kLimbBits ? 0 : num_bits - kLimbBits;
  }
}

uint64_t MinusInverse52(uint64_t odd) {
  // Newton: every step doubles the number of bits that are right, from 3.
  uint64_t inverse = odd;
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  return (0 - inverse) & kLimbMask;
}

void MontgomeryRSquared(const uint64_t* n, size_t num_limbs,
                        uint64_t* r_squared) {
  // R = 2^(odd * 2^squarings). The Montgomery square of R * 2^k is R * 2^(2k).
  const size_t r_bits = kLimbBits * num_limbs;
  size_t odd = r_bits;
  int squarings = 0;
  for (; odd % 2 == 0; odd /= 2) ++squarings;
  const size_t start = BitLength(n, num_limbs) - 1;  // 2^start < n
  for (size_t i = 0; i < num_limbs; ++i) r_squared[i] = 0;
  r_squared[start / kLimbBits] = uint64_t{1} << (start % kLimbBits);
  for (size_t i = start; i < r_bits + odd; ++i) {
    DoubleModulo(r_squared, n, num_limbs);
  }
  const uint64_t minus_inverse = MinusInverse52(n[0]);
  for (int i = 0; i < squarings; ++i) {
    MontgomerySquare(r_squared, n, minus_inverse, num_limbs);
  }
}

}  // namespace assay::simd
