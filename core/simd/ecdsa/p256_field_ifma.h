// Arithmetic modulo P-256's two primes in 8 lanes of AVX-512 IFMA.
//
// Representation: a number is five limbs of 52 bits in five registers, limb i
// of all 8 lanes in one; residues are in Montgomery form with R = 2^260.
// IFMA multiplies the low 52 bits of its operands and silently drops the rest,
// and 2^260 is only 16 p: there are no spare bits. So every operand of a
// multiplication is an Fe: limbs in [0, 2^52), brought there by an exact carry
// chain, and a value below a bound that is part of its type.
//
// Range contract, checked by the compiler in the types:
//   Fe<B>         0 <= value < B * p/16, 16 <= B <= 256, so value < 2^260.
//   Sum<L, H, P>  -L * p/16 < value < H * p/16, in limbs that are sums of at
//                 most P parts of a magnitude below 2^52: |limb| < P * 2^52,
//                 P <= 256, so |limb| < 2^60.
//   a * b         of Fe<A> and Fe<B>: (ab + mp)/R with m < R is below
//                 (AB/256)(p/16)(16p/R) + p, and 16p < R: AB/256 + 16
//                 sixteenths of p.
// p256_ranges_test runs this very source on intervals instead of registers, and
// checks every operand of a multiplication, every sum and the parts that a
// product counts for.
//
// The modulus p = 2^256 - 2^224 + 2^192 + 2^96 - 1 is -1 modulo 2^96, so a
// Montgomery digit is the column itself (k0 = 1), and
//   m*p + m = m * 2^96 + m * 2^192 + m * (2^48 - 2^16) * 2^208.
//
// Everything is internal to the file that includes this (an unnamed namespace
// in a header on purpose): code of this instruction set must not become a weak
// symbol that the linker could choose for others.
#ifndef ASSAY_CORE_SIMD_ECDSA_P256_FIELD_IFMA_H_
#define ASSAY_CORE_SIMD_ECDSA_P256_FIELD_IFMA_H_

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstdint>

// p256_ranges_test runs the source on intervals, for which it needs neither.
#if !defined(ASSAY_P256_RANGES_TEST)
#if defined(__clang__)
#pragma clang attribute push(                                   \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl," \
                          "avx512ifma,avx512vbmi,bmi2,adx"))),  \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
// g++ 12 takes its own _mm512_undefined_epi32() for a mistake of ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#endif

// Everything is inlined, so that values stay in registers; but with a sanitizer
// that would take a compiler minutes.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer)
#define ASSAY_P256_SANITIZED
#endif
#endif
#if defined(ASSAY_P256_RANGES_TEST) || defined(ASSAY_P256_SANITIZED) || \
    defined(__SANITIZE_ADDRESS__) || defined(ASSAY_UBSAN)
#define ASSAY_INLINE inline
#else
#define ASSAY_INLINE inline __attribute__((always_inline))
#endif

namespace assay::simd {
namespace {

constexpr int kFeLimbs = 5;
constexpr int kLimbBits = 52;
constexpr int64_t kLimbMask = (int64_t{1} << kLimbBits) - 1;

// p and n in limbs.
constexpr int64_t kPrimeLimbs[kFeLimbs] = {0xfffffffffffff, 0x00fffffffffff, 0,
                                           0x0001000000000, 0x0ffffffff0000};
constexpr int64_t kOrderLimbs[kFeLimbs] = {0x9cac2fc632551, 0xada7179e84f3b,
                                           0xfffffffbce6fa, 0x0000fffffffff,
                                           0x0ffffffff0000};
// -1/n modulo 2^52.
constexpr int64_t kOrderK0 = 0x1c8aaee00bc4f;

constexpr int CeilDiv(int a, int b) { return (a + b - 1) / b; }
constexpr int Max(int a, int b) { return a > b ? a : b; }

ASSAY_INLINE __m512i Broadcast(int64_t x) { return _mm512_set1_epi64(x); }
ASSAY_INLINE __m512i MulLow(__m512i sum, __m512i a, __m512i b) {
  return _mm512_madd52lo_epu64(sum, a, b);
}
ASSAY_INLINE __m512i MulHigh(__m512i sum, __m512i a, __m512i b) {
  return _mm512_madd52hi_epu64(sum, a, b);
}
ASSAY_INLINE __m512i Add(__m512i a, __m512i b) {
  return _mm512_add_epi64(a, b);
}
ASSAY_INLINE __m512i Sub(__m512i a, __m512i b) {
  return _mm512_sub_epi64(a, b);
}
ASSAY_INLINE __m512i LowBits(__m512i a) {
  return _mm512_and_si512(a, Broadcast(kLimbMask));
}
ASSAY_INLINE __m512i CarryOf(__m512i a) {
  return _mm512_srai_epi64(a, kLimbBits);
}

// ---------------------------------------------------------------- types

template <int B>
struct Fe {
  static_assert(16 <= B && B <= 256, "a value may reach 2^260");
  __m512i limb[kFeLimbs];

  // A value may stand where a looser bound is asked for.
  template <int Looser>
  ASSAY_INLINE operator Fe<Looser>() const {
    static_assert(B < Looser, "the bound would be a lie");
    return {{limb[0], limb[1], limb[2], limb[3], limb[4]}};
  }
};

template <int L, int H, int P>
struct Sum {
  static_assert(0 <= L && L <= 1024 && 0 <= H && H <= 1024, "");
  static_assert(1 <= P && P <= 256, "limbs may grow too long");
  __m512i limb[kFeLimbs];
};

// What the limbs of a product, before their carries, count for: of one, and of
// a sum of two.
constexpr int kProductParts = 13;
constexpr int kProduct2Parts = 22;

// Below p, or at most p where a function says so.
using Canonical = Fe<16>;
// What Fold returns: below 2p + p/16.
using Folded = Fe<33>;

template <int B>
ASSAY_INLINE Sum<0, B, 1> AsSum(const Fe<B>& a) {
  return {{a.limb[0], a.limb[1], a.limb[2], a.limb[3], a.limb[4]}};
}

// The same, with the bounds of a Folded or its negative.
template <int L, int H, int P>
ASSAY_INLINE Sum<33, 33, P> Widen(const Sum<L, H, P>& a) {
  static_assert(L <= 33 && H <= 33, "the bounds would be a lie");
  return {{a.limb[0], a.limb[1], a.limb[2], a.limb[3], a.limb[4]}};
}

template <int L, int H, int P, int B>
ASSAY_INLINE Sum<L, H + B, P + 1> operator+(const Sum<L, H, P>& a,
                                            const Fe<B>& b) {
  return {{Add(a.limb[0], b.limb[0]), Add(a.limb[1], b.limb[1]),
           Add(a.limb[2], b.limb[2]), Add(a.limb[3], b.limb[3]),
           Add(a.limb[4], b.limb[4])}};
}

template <int L, int H, int P, int B>
ASSAY_INLINE Sum<L + B, H, P + 1> operator-(const Sum<L, H, P>& a,
                                            const Fe<B>& b) {
  return {{Sub(a.limb[0], b.limb[0]), Sub(a.limb[1], b.limb[1]),
           Sub(a.limb[2], b.limb[2]), Sub(a.limb[3], b.limb[3]),
           Sub(a.limb[4], b.limb[4])}};
}

template <int L1, int H1, int P1, int L2, int H2, int P2>
ASSAY_INLINE Sum<L1 + H2, H1 + L2, P1 + P2> operator-(
    const Sum<L1, H1, P1>& a, const Sum<L2, H2, P2>& b) {
  return {{Sub(a.limb[0], b.limb[0]), Sub(a.limb[1], b.limb[1]),
           Sub(a.limb[2], b.limb[2]), Sub(a.limb[3], b.limb[3]),
           Sub(a.limb[4], b.limb[4])}};
}

template <int L1, int H1, int P1, int L2, int H2, int P2>
ASSAY_INLINE Sum<L1 + L2, H1 + H2, P1 + P2> operator+(
    const Sum<L1, H1, P1>& a, const Sum<L2, H2, P2>& b) {
  return {{Add(a.limb[0], b.limb[0]), Add(a.limb[1], b.limb[1]),
           Add(a.limb[2], b.limb[2]), Add(a.limb[3], b.limb[3]),
           Add(a.limb[4], b.limb[4])}};
}

template <int L, int H, int P>
ASSAY_INLINE Sum<2 * L, 2 * H, 2 * P> Twice(const Sum<L, H, P>& a) {
  return a + a;
}

template <int B>
ASSAY_INLINE Sum<0, 2 * B, 2> Twice(const Fe<B>& a) {
  return AsSum(a) + a;
}

template <int L, int H, int P>
ASSAY_INLINE Sum<3 * L, 3 * H, 3 * P> Thrice(const Sum<L, H, P>& a) {
  return a + a + a;
}

template <int B>
ASSAY_INLINE Sum<0, 4 * B, 4> FourTimes(const Fe<B>& a) {
  return Twice(Twice(a));
}

// -a in the lanes of `negative`, a in the others.
template <int L, int H, int P>
ASSAY_INLINE Sum<Max(L, H), Max(L, H), P> NegateIf(const Sum<L, H, P>& a,
                                                   __mmask8 negative) {
  const __m512i zero = _mm512_setzero_si512();
  return {{_mm512_mask_sub_epi64(a.limb[0], negative, zero, a.limb[0]),
           _mm512_mask_sub_epi64(a.limb[1], negative, zero, a.limb[1]),
           _mm512_mask_sub_epi64(a.limb[2], negative, zero, a.limb[2]),
           _mm512_mask_sub_epi64(a.limb[3], negative, zero, a.limb[3]),
           _mm512_mask_sub_epi64(a.limb[4], negative, zero, a.limb[4])}};
}

// a in the lanes of `mask`, b in the others.
template <int B>
ASSAY_INLINE Fe<B> Select(__mmask8 mask, const Fe<B>& a, const Fe<B>& b) {
  return {{_mm512_mask_blend_epi64(mask, b.limb[0], a.limb[0]),
           _mm512_mask_blend_epi64(mask, b.limb[1], a.limb[1]),
           _mm512_mask_blend_epi64(mask, b.limb[2], a.limb[2]),
           _mm512_mask_blend_epi64(mask, b.limb[3], a.limb[3]),
           _mm512_mask_blend_epi64(mask, b.limb[4], a.limb[4])}};
}

// ------------------------------------------------------- back into limbs

// Limb `i` of multiple * p, itself in limbs of 52 bits.
constexpr int64_t PrimeMultipleLimb(int multiple, int i) {
  int64_t carry = 0;
  for (int j = 0; j < i; ++j) {
    carry = (kPrimeLimbs[j] * multiple + carry) >> kLimbBits;
  }
  const int64_t limb = kPrimeLimbs[i] * multiple + carry;
  return i == kFeLimbs - 1 ? limb : limb & kLimbMask;
}

// The exact signed chain. The value must be in [0, 2^260).
ASSAY_INLINE void CarryChain(__m512i l[kFeLimbs]) {
  l[1] = Add(l[1], CarryOf(l[0]));
  l[0] = LowBits(l[0]);
  l[2] = Add(l[2], CarryOf(l[1]));
  l[1] = LowBits(l[1]);
  l[3] = Add(l[3], CarryOf(l[2]));
  l[2] = LowBits(l[2]);
  l[4] = Add(l[4], CarryOf(l[3]));
  l[3] = LowBits(l[3]);
}

template <int Multiple>
ASSAY_INLINE void AddPrimeMultiple(__m512i l[kFeLimbs]) {
  if (Multiple == 0) return;
  l[0] = Add(l[0], Broadcast(PrimeMultipleLimb(Multiple, 0)));
  l[1] = Add(l[1], Broadcast(PrimeMultipleLimb(Multiple, 1)));
  l[2] = Add(l[2], Broadcast(PrimeMultipleLimb(Multiple, 2)));
  l[3] = Add(l[3], Broadcast(PrimeMultipleLimb(Multiple, 3)));
  l[4] = Add(l[4], Broadcast(PrimeMultipleLimb(Multiple, 4)));
}

// As many p as make the sum positive are added.
template <int L, int H, int P>
ASSAY_INLINE Fe<Max(16, H + 16 * CeilDiv(L, 16))> Carry(const Sum<L, H, P>& a) {
  Fe<Max(16, H + 16 * CeilDiv(L, 16))> r = {
      {a.limb[0], a.limb[1], a.limb[2], a.limb[3], a.limb[4]}};
  AddPrimeMultiple<CeilDiv(L, 16)>(r.limb);
  CarryChain(r.limb);
  return r;
}

// The same modulo p, brought below 2p + p/16: with q = floor(top limb / 2^48),
//   value - q*p + p, where q*p = q * (2^256 - 2^224 + 2^192 + 2^96 - 1).
// The limbs below the top one count for less than 2^60 * 2^157 in magnitude,
// |q| <= 2^12 and 2^256 - p < 2^224, so the result is within 2^238 of
// [p, 2^256 + p), and 2^256 is below p + 2^224: in [0, 2p + p/16).
template <int L, int H, int P>
ASSAY_INLINE Folded Fold(const Sum<L, H, P>& a) {
  const __m512i q = _mm512_srai_epi64(a.limb[4], 48);
  const __m512i top =
      _mm512_and_si512(a.limb[4], Broadcast((int64_t{1} << 48) - 1));
  Folded r = {{Add(a.limb[0], q), Sub(a.limb[1], _mm512_slli_epi64(q, 44)),
               a.limb[2], Sub(a.limb[3], _mm512_slli_epi64(q, 36)),
               Add(top, _mm512_slli_epi64(q, 16))}};
  AddPrimeMultiple<1>(r.limb);
  CarryChain(r.limb);
  return r;
}

// ------------------------------------------------------ multiplication

// t[0..6) += a * b.
ASSAY_INLINE void AddRow(__m512i* t, const __m512i* a, __m512i b) {
  t[0] = MulLow(t[0], a[0], b);
  t[1] = MulLow(t[1], a[1], b);
  t[2] = MulLow(t[2], a[2], b);
  t[3] = MulLow(t[3], a[3], b);
  t[4] = MulLow(t[4], a[4], b);
  t[1] = MulHigh(t[1], a[0], b);
  t[2] = MulHigh(t[2], a[1], b);
  t[3] = MulHigh(t[3], a[2], b);
  t[4] = MulHigh(t[4], a[3], b);
  t[5] = MulHigh(t[5], a[4], b);
}

// Adds the m*p, m = t[0] mod 2^52, that makes t[0] divisible by 2^52, and
// carries it into t[1]. t[0] is spent.
ASSAY_INLINE void ReduceDigit(__m512i* t) {
  const __m512i m = LowBits(t[0]);
  t[1] = Add(t[1], _mm512_srli_epi64(t[0], kLimbBits));
  // m * 2^96: 44 bits into limb 1.
  t[1] = MulLow(t[1], m, Broadcast(int64_t{1} << 44));
  t[2] = Add(t[2], _mm512_srli_epi64(m, 8));
  // m * 2^192: 36 bits into limb 3.
  t[3] = MulLow(t[3], m, Broadcast(int64_t{1} << 36));
  t[4] = Add(t[4], _mm512_srli_epi64(m, 16));
  // m * (2^256 - 2^224).
  t[4] = MulLow(t[4], m, Broadcast(kPrimeLimbs[4]));
  t[5] = MulHigh(t[5], m, Broadcast(kPrimeLimbs[4]));
}

ASSAY_INLINE void ClearColumns(__m512i t[10]) {
  const __m512i zero = _mm512_setzero_si512();
  t[0] = t[1] = t[2] = t[3] = t[4] = zero;
  t[5] = t[6] = t[7] = t[8] = t[9] = zero;
}

constexpr int ProductBound(int a, int b) { return CeilDiv(a * b, 256) + 16; }
constexpr int ProductBound2(int a, int b, int c, int d) {
  return CeilDiv(a * b + c * d, 256) + 16;
}

// ab/R.
template <int A, int B>
ASSAY_INLINE Sum<0, ProductBound(A, B), kProductParts> Product(const Fe<A>& a,
                                                               const Fe<B>& b) {
  __m512i t[10];
  ClearColumns(t);
  AddRow(t, a.limb, b.limb[0]);
  ReduceDigit(t);
  AddRow(t + 1, a.limb, b.limb[1]);
  ReduceDigit(t + 1);
  AddRow(t + 2, a.limb, b.limb[2]);
  ReduceDigit(t + 2);
  AddRow(t + 3, a.limb, b.limb[3]);
  ReduceDigit(t + 3);
  AddRow(t + 4, a.limb, b.limb[4]);
  ReduceDigit(t + 4);
  return {{t[5], t[6], t[7], t[8], t[9]}};
}

// (ab + cd)/R, with one reduction.
template <int A, int B, int C, int D>
ASSAY_INLINE Sum<0, ProductBound2(A, B, C, D), kProduct2Parts> Product2(
    const Fe<A>& a, const Fe<B>& b, const Fe<C>& c, const Fe<D>& d) {
  __m512i t[10];
  ClearColumns(t);
  AddRow(t, a.limb, b.limb[0]);
  AddRow(t, c.limb, d.limb[0]);
  ReduceDigit(t);
  AddRow(t + 1, a.limb, b.limb[1]);
  AddRow(t + 1, c.limb, d.limb[1]);
  ReduceDigit(t + 1);
  AddRow(t + 2, a.limb, b.limb[2]);
  AddRow(t + 2, c.limb, d.limb[2]);
  ReduceDigit(t + 2);
  AddRow(t + 3, a.limb, b.limb[3]);
  AddRow(t + 3, c.limb, d.limb[3]);
  ReduceDigit(t + 3);
  AddRow(t + 4, a.limb, b.limb[4]);
  AddRow(t + 4, c.limb, d.limb[4]);
  ReduceDigit(t + 4);
  return {{t[5], t[6], t[7], t[8], t[9]}};
}

// a^2/R. A limb cannot be doubled before it is multiplied, so the columns of
// the products of different limbs are doubled instead.
template <int A>
ASSAY_INLINE Sum<0, ProductBound(A, A), kProductParts> Square(const Fe<A>& a) {
  const __m512i* const l = a.limb;
  __m512i t[10];
  ClearColumns(t);
  t[1] = MulLow(t[1], l[0], l[1]);
  t[2] = MulHigh(t[2], l[0], l[1]);
  t[3] = MulLow(t[3], l[1], l[2]);
  t[4] = MulHigh(t[4], l[1], l[2]);
  t[5] = MulLow(t[5], l[2], l[3]);
  t[6] = MulHigh(t[6], l[2], l[3]);
  t[7] = MulLow(t[7], l[3], l[4]);
  t[8] = MulHigh(t[8], l[3], l[4]);
  t[2] = MulLow(t[2], l[0], l[2]);
  t[3] = MulHigh(t[3], l[0], l[2]);
  t[4] = MulLow(t[4], l[1], l[3]);
  t[5] = MulHigh(t[5], l[1], l[3]);
  t[6] = MulLow(t[6], l[2], l[4]);
  t[7] = MulHigh(t[7], l[2], l[4]);
  t[3] = MulLow(t[3], l[0], l[3]);
  t[4] = MulHigh(t[4], l[0], l[3]);
  t[5] = MulLow(t[5], l[1], l[4]);
  t[6] = MulHigh(t[6], l[1], l[4]);
  t[4] = MulLow(t[4], l[0], l[4]);
  t[5] = MulHigh(t[5], l[0], l[4]);
  t[1] = Add(t[1], t[1]);
  t[2] = Add(t[2], t[2]);
  t[3] = Add(t[3], t[3]);
  t[4] = Add(t[4], t[4]);
  t[5] = Add(t[5], t[5]);
  t[6] = Add(t[6], t[6]);
  t[7] = Add(t[7], t[7]);
  t[8] = Add(t[8], t[8]);
  t[0] = MulLow(t[0], l[0], l[0]);
  t[1] = MulHigh(t[1], l[0], l[0]);
  ReduceDigit(t);
  t[2] = MulLow(t[2], l[1], l[1]);
  t[3] = MulHigh(t[3], l[1], l[1]);
  ReduceDigit(t + 1);
  t[4] = MulLow(t[4], l[2], l[2]);
  t[5] = MulHigh(t[5], l[2], l[2]);
  ReduceDigit(t + 2);
  t[6] = MulLow(t[6], l[3], l[3]);
  t[7] = MulHigh(t[7], l[3], l[3]);
  ReduceDigit(t + 3);
  t[8] = MulLow(t[8], l[4], l[4]);
  t[9] = MulHigh(t[9], l[4], l[4]);
  ReduceDigit(t + 4);
  return {{t[5], t[6], t[7], t[8], t[9]}};
}

template <int A, int B>
ASSAY_INLINE Fe<ProductBound(A, B)> Mul(const Fe<A>& a, const Fe<B>& b) {
  return Carry(Product(a, b));
}

template <int A>
ASSAY_INLINE Fe<ProductBound(A, A)> Sqr(const Fe<A>& a) {
  return Carry(Square(a));
}

// ------------------------------------------------- comparison, reduction

ASSAY_INLINE Canonical Constant(const int64_t limbs[kFeLimbs]) {
  return {{Broadcast(limbs[0]), Broadcast(limbs[1]), Broadcast(limbs[2]),
           Broadcast(limbs[3]), Broadcast(limbs[4])}};
}

// The lanes whose limbs are `limbs`.
template <int B>
ASSAY_INLINE __mmask8 Equals(const Fe<B>& a, const int64_t limbs[kFeLimbs]) {
  __mmask8 m = _mm512_cmpeq_epi64_mask(a.limb[0], Broadcast(limbs[0]));
  m = _mm512_mask_cmpeq_epi64_mask(m, a.limb[1], Broadcast(limbs[1]));
  m = _mm512_mask_cmpeq_epi64_mask(m, a.limb[2], Broadcast(limbs[2]));
  m = _mm512_mask_cmpeq_epi64_mask(m, a.limb[3], Broadcast(limbs[3]));
  return _mm512_mask_cmpeq_epi64_mask(m, a.limb[4], Broadcast(limbs[4]));
}

// The lanes whose value is 0 modulo p: a/R is reduced to at most
// (2^260 - 1 + (2^260 - 1) * p)/2^260 < p + 1, so it is 0 or p exactly.
template <int B>
ASSAY_INLINE __mmask8 IsZero(const Fe<B>& a) {
  constexpr int64_t kZero[kFeLimbs] = {};
  __m512i t[10];
  ClearColumns(t);
  t[0] = a.limb[0];
  t[1] = a.limb[1];
  t[2] = a.limb[2];
  t[3] = a.limb[3];
  t[4] = a.limb[4];
  ReduceDigit(t);
  ReduceDigit(t + 1);
  ReduceDigit(t + 2);
  ReduceDigit(t + 3);
  ReduceDigit(t + 4);
  const Fe<17> r = Carry(Sum<0, 17, 8>{{t[5], t[6], t[7], t[8], t[9]}});
  return Equals(r, kZero) | Equals(r, kPrimeLimbs);
}

// a - modulus where that is not negative.
template <int To, int B>
ASSAY_INLINE Fe<To> SubtractOnce(const Fe<B>& a,
                                 const int64_t modulus[kFeLimbs]) {
  __m512i l[kFeLimbs] = {Sub(a.limb[0], Broadcast(modulus[0])),
                         Sub(a.limb[1], Broadcast(modulus[1])),
                         Sub(a.limb[2], Broadcast(modulus[2])),
                         Sub(a.limb[3], Broadcast(modulus[3])),
                         Sub(a.limb[4], Broadcast(modulus[4]))};
  CarryChain(l);
  const __mmask8 negative = _mm512_movepi64_mask(l[4]);
  return {{_mm512_mask_blend_epi64(negative, l[0], a.limb[0]),
           _mm512_mask_blend_epi64(negative, l[1], a.limb[1]),
           _mm512_mask_blend_epi64(negative, l[2], a.limb[2]),
           _mm512_mask_blend_epi64(negative, l[3], a.limb[3]),
           _mm512_mask_blend_epi64(negative, l[4], a.limb[4])}};
}

// The residue in [0, p). Folded is below 2p + p/16.
ASSAY_INLINE Canonical Canonicalize(const Folded& a) {
  return SubtractOnce<16>(SubtractOnce<17>(a, kPrimeLimbs), kPrimeLimbs);
}

// --------------------------------------------------------- modulo n

// A number of five limbs of 52 bits below 2n (2^256 < 2n, so any 32 bytes are
// one). A product (ab + mn)/R is below 4n^2/R + n < 2n.
struct Scalar {
  __m512i limb[kFeLimbs];
};

ASSAY_INLINE void ReduceOrderDigit(__m512i* t) {
  const __m512i m =
      MulLow(_mm512_setzero_si512(), LowBits(t[0]), Broadcast(kOrderK0));
  const __m512i n[kFeLimbs] = {
      Broadcast(kOrderLimbs[0]), Broadcast(kOrderLimbs[1]),
      Broadcast(kOrderLimbs[2]), Broadcast(kOrderLimbs[3]),
      Broadcast(kOrderLimbs[4])};
  AddRow(t, n, m);
  t[1] = Add(t[1], _mm512_srli_epi64(t[0], kLimbBits));
}

ASSAY_INLINE Scalar Mul(const Scalar& a, const Scalar& b) {
  __m512i t[10];
  ClearColumns(t);
  AddRow(t, a.limb, b.limb[0]);
  ReduceOrderDigit(t);
  AddRow(t + 1, a.limb, b.limb[1]);
  ReduceOrderDigit(t + 1);
  AddRow(t + 2, a.limb, b.limb[2]);
  ReduceOrderDigit(t + 2);
  AddRow(t + 3, a.limb, b.limb[3]);
  ReduceOrderDigit(t + 3);
  AddRow(t + 4, a.limb, b.limb[4]);
  ReduceOrderDigit(t + 4);
  CarryChain(t + 5);
  return {{t[5], t[6], t[7], t[8], t[9]}};
}

// The lanes where a < n.
ASSAY_INLINE __mmask8 IsBelowOrder(const Scalar& a) {
  __m512i l[kFeLimbs] = {Sub(a.limb[0], Broadcast(kOrderLimbs[0])),
                         Sub(a.limb[1], Broadcast(kOrderLimbs[1])),
                         Sub(a.limb[2], Broadcast(kOrderLimbs[2])),
                         Sub(a.limb[3], Broadcast(kOrderLimbs[3])),
                         Sub(a.limb[4], Broadcast(kOrderLimbs[4]))};
  CarryChain(l);
  return _mm512_movepi64_mask(l[4]);
}

ASSAY_INLINE __mmask8 IsZeroScalar(const Scalar& a) {
  const __m512i any =
      _mm512_or_si512(_mm512_or_si512(_mm512_or_si512(a.limb[0], a.limb[1]),
                                      _mm512_or_si512(a.limb[2], a.limb[3])),
                      a.limb[4]);
  return _mm512_testn_epi64_mask(any, any);
}

// From [0, 2n) into [0, n).
ASSAY_INLINE Scalar CanonicalizeScalar(const Scalar& a) {
  const Fe<256> in = {{a.limb[0], a.limb[1], a.limb[2], a.limb[3], a.limb[4]}};
  const Fe<256> r = SubtractOnce<256>(in, kOrderLimbs);
  return {{r.limb[0], r.limb[1], r.limb[2], r.limb[3], r.limb[4]}};
}

ASSAY_INLINE Scalar ScalarConstant(const int64_t limbs[kFeLimbs]) {
  return {{Broadcast(limbs[0]), Broadcast(limbs[1]), Broadcast(limbs[2]),
           Broadcast(limbs[3]), Broadcast(limbs[4])}};
}

ASSAY_INLINE Scalar SelectScalar(__mmask8 mask, const Scalar& a,
                                 const Scalar& b) {
  return {{_mm512_mask_blend_epi64(mask, b.limb[0], a.limb[0]),
           _mm512_mask_blend_epi64(mask, b.limb[1], a.limb[1]),
           _mm512_mask_blend_epi64(mask, b.limb[2], a.limb[2]),
           _mm512_mask_blend_epi64(mask, b.limb[3], a.limb[3]),
           _mm512_mask_blend_epi64(mask, b.limb[4], a.limb[4])}};
}

// n - a where `mask` says so; a <= n.
ASSAY_INLINE Scalar NegateScalarIf(__mmask8 mask, const Scalar& a) {
  __m512i l[kFeLimbs];
  for (int i = 0; i < kFeLimbs; ++i) {
    l[i] = _mm512_mask_sub_epi64(a.limb[i], mask, Broadcast(kOrderLimbs[i]),
                                 a.limb[i]);
  }
  CarryChain(l);
  return {{l[0], l[1], l[2], l[3], l[4]}};
}

// ------------------------------------------------------ 64-bit words

// Words of 8 lanes: word[i] holds word i of every lane.
struct Words8 {
  __m512i word[8];
};

// Turns rows into columns: in.word[lane] becomes out.word[i] and back.
ASSAY_INLINE Words8 Transpose(const Words8& in) {
  const __m512i* const w = in.word;
  const __m512i a0 = _mm512_unpacklo_epi64(w[0], w[1]);
  const __m512i a1 = _mm512_unpackhi_epi64(w[0], w[1]);
  const __m512i a2 = _mm512_unpacklo_epi64(w[2], w[3]);
  const __m512i a3 = _mm512_unpackhi_epi64(w[2], w[3]);
  const __m512i a4 = _mm512_unpacklo_epi64(w[4], w[5]);
  const __m512i a5 = _mm512_unpackhi_epi64(w[4], w[5]);
  const __m512i a6 = _mm512_unpacklo_epi64(w[6], w[7]);
  const __m512i a7 = _mm512_unpackhi_epi64(w[6], w[7]);
  const __m512i b0 = _mm512_shuffle_i64x2(a0, a2, 0x88);
  const __m512i b1 = _mm512_shuffle_i64x2(a1, a3, 0x88);
  const __m512i b2 = _mm512_shuffle_i64x2(a0, a2, 0xdd);
  const __m512i b3 = _mm512_shuffle_i64x2(a1, a3, 0xdd);
  const __m512i b4 = _mm512_shuffle_i64x2(a4, a6, 0x88);
  const __m512i b5 = _mm512_shuffle_i64x2(a5, a7, 0x88);
  const __m512i b6 = _mm512_shuffle_i64x2(a4, a6, 0xdd);
  const __m512i b7 = _mm512_shuffle_i64x2(a5, a7, 0xdd);
  return {
      {_mm512_shuffle_i64x2(b0, b4, 0x88), _mm512_shuffle_i64x2(b1, b5, 0x88),
       _mm512_shuffle_i64x2(b2, b6, 0x88), _mm512_shuffle_i64x2(b3, b7, 0x88),
       _mm512_shuffle_i64x2(b0, b4, 0xdd), _mm512_shuffle_i64x2(b1, b5, 0xdd),
       _mm512_shuffle_i64x2(b2, b6, 0xdd), _mm512_shuffle_i64x2(b3, b7, 0xdd)}};
}

// (low >> right | high << left) & mask.
template <int Right, int Left>
ASSAY_INLINE __m512i Funnel(__m512i low, __m512i high) {
  return _mm512_ternarylogic_epi64(_mm512_srli_epi64(low, Right),
                                   _mm512_slli_epi64(high, Left),
                                   Broadcast(kLimbMask), 0xa8);
}

// Four 64-bit words to five limbs.
ASSAY_INLINE void WordsToLimbs(const __m512i w[4], __m512i l[kFeLimbs]) {
  l[0] = LowBits(w[0]);
  l[1] = Funnel<52, 12>(w[0], w[1]);
  l[2] = Funnel<40, 24>(w[1], w[2]);
  l[3] = Funnel<28, 36>(w[2], w[3]);
  l[4] = _mm512_srli_epi64(w[3], 16);
}

// Five limbs of a number below 2^256 to four words.
ASSAY_INLINE void LimbsToWords(const __m512i l[kFeLimbs], __m512i w[4]) {
  w[0] = _mm512_or_si512(l[0], _mm512_slli_epi64(l[1], 52));
  w[1] =
      _mm512_or_si512(_mm512_srli_epi64(l[1], 12), _mm512_slli_epi64(l[2], 40));
  w[2] =
      _mm512_or_si512(_mm512_srli_epi64(l[2], 24), _mm512_slli_epi64(l[3], 28));
  w[3] =
      _mm512_or_si512(_mm512_srli_epi64(l[3], 36), _mm512_slli_epi64(l[4], 16));
}

}  // namespace
}  // namespace assay::simd

#if !defined(ASSAY_P256_RANGES_TEST)
#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif
#endif

#endif  // defined(__x86_64__)

#endif  // ASSAY_CORE_SIMD_ECDSA_P256_FIELD_IFMA_H_
