// Arithmetic modulo P-256's prime p in 64-bit words, for any machine.
//
// Representation: Fe, four words below p in Montgomery form, R = 2^256, which
// is that of fiat-crypto's p256_64.h. All operations are fiat-crypto's (proved
// by machine to keep that range) but the multiplication: g++ makes 37 ns of
// fiat's, half of what a batch costs, and 21 ns of the one here. It is small
// enough to be proved below, and p256_portable_test compares it with fiat's.
#ifndef ASSAY_CORE_SIMD_ECDSA_P256_FIELD_PORTABLE_H_
#define ASSAY_CORE_SIMD_ECDSA_P256_FIELD_PORTABLE_H_

#include <cstdint>

#include "third_party/fiat/p256_64.h"

namespace assay::simd::p256_portable {

__extension__ typedef unsigned __int128 uint128;

struct Fe {
  fiat_p256_montgomery_domain_field_element w;
};

inline uint64_t Low(uint128 x) { return static_cast<uint64_t>(x); }
inline uint64_t High(uint128 x) { return static_cast<uint64_t>(x >> 64); }

// sum + a * b + carry, which is below 2^128; its high word becomes the carry.
inline uint64_t MultiplyAdd(uint64_t sum, uint64_t a, uint64_t b,
                            uint64_t* carry) {
  const uint128 x = static_cast<uint128>(a) * b + sum + *carry;
  *carry = High(x);
  return Low(x);
}

// a + b + carry; the carry is 0 or 1 again if it was, or if `a` is at most 1.
inline uint64_t AddCarry(uint64_t a, uint64_t b, uint64_t* carry) {
  const uint128 x = static_cast<uint128>(a) + b + *carry;
  *carry = High(x);
  return Low(x);
}

inline uint64_t SubtractBorrow(uint64_t a, uint64_t b, uint64_t* borrow) {
  const uint128 x = static_cast<uint128>(a) - b - *borrow;
  *borrow = High(x) & 1;
  return Low(x);
}

// t = (t + a*b + m*p) / 2^64, with the m that makes it whole: the low word of
// t + a*b, since p is -1 modulo 2^64. m*p + m = m*2^96 + m*(2^64 - 2^32 + 1) *
// 2^192. If t < a + p before, then so it is afterwards:
//   t + a*b + m*p <= (a + p - 1) + (2^64 - 1) (a + p) < 2^64 (a + p).
// And a + p < 2p < 2^257, so t[4] is 0 or 1.
inline void MultiplyRow(const uint64_t a[4], uint64_t b, uint64_t t[5]) {
  uint64_t carry = 0;
  const uint64_t m = MultiplyAdd(t[0], a[0], b, &carry);
  const uint64_t t1 = MultiplyAdd(t[1], a[1], b, &carry);
  const uint64_t t2 = MultiplyAdd(t[2], a[2], b, &carry);
  const uint64_t t3 = MultiplyAdd(t[3], a[3], b, &carry);
  uint64_t high = 0;
  const uint64_t t4 = AddCarry(t[4], carry, &high);
  carry = 0;
  t[0] = AddCarry(t1, m << 32, &carry);
  t[1] = AddCarry(t2, m >> 32, &carry);
  t[2] = MultiplyAdd(t3, m, 0xffffffff00000001, &carry);
  t[3] = AddCarry(t4, 0, &carry);
  t[4] = high + carry;
}

// ab / 2^256.
inline Fe Mul(const Fe& a, const Fe& b) {
  uint64_t t[5] = {};
  MultiplyRow(a.w, b.w[0], t);
  MultiplyRow(a.w, b.w[1], t);
  MultiplyRow(a.w, b.w[2], t);
  MultiplyRow(a.w, b.w[3], t);
  // Below 2p: p is subtracted where that is not negative.
  uint64_t borrow = 0;
  const uint64_t d0 = SubtractBorrow(t[0], 0xffffffffffffffff, &borrow);
  const uint64_t d1 = SubtractBorrow(t[1], 0x00000000ffffffff, &borrow);
  const uint64_t d2 = SubtractBorrow(t[2], 0, &borrow);
  const uint64_t d3 = SubtractBorrow(t[3], 0xffffffff00000001, &borrow);
  const uint64_t keep = uint64_t{0} - static_cast<uint64_t>(t[4] < borrow);
  return {{(t[0] & keep) | (d0 & ~keep), (t[1] & keep) | (d1 & ~keep),
           (t[2] & keep) | (d2 & ~keep), (t[3] & keep) | (d3 & ~keep)}};
}

inline Fe Sqr(const Fe& a) { return Mul(a, a); }

inline Fe Add(const Fe& a, const Fe& b) {
  Fe r;
  fiat_p256_add(r.w, a.w, b.w);
  return r;
}

inline Fe Sub(const Fe& a, const Fe& b) {
  Fe r;
  fiat_p256_sub(r.w, a.w, b.w);
  return r;
}

inline Fe Negate(const Fe& a) {
  Fe r;
  fiat_p256_opp(r.w, a.w);
  return r;
}

inline Fe One() {
  Fe r;
  fiat_p256_set_one(r.w);
  return r;
}

// `plain` is below p.
inline Fe ToMontgomery(const uint64_t plain[4]) {
  Fe r;
  fiat_p256_to_montgomery(r.w, plain);
  return r;
}

inline void FromMontgomery(const Fe& a, uint64_t plain[4]) {
  fiat_p256_from_montgomery(plain, a.w);
}

inline bool IsZero(const Fe& a) {
  uint64_t nonzero;
  fiat_p256_nonzero(&nonzero, a.w);
  return nonzero == 0;
}

}  // namespace assay::simd::p256_portable

#endif  // ASSAY_CORE_SIMD_ECDSA_P256_FIELD_PORTABLE_H_
