// Proves the bounds that p256_field_ifma.h relies on, with its own source: the
// intrinsics are replaced by the same operations on intervals, which check that
//   - both operands of a multiplication are in [0, 2^52),
//   - no sum, difference or shift leaves a signed 64-bit lane,
//   - a logical right shift sees no negative number,
// for all inputs at once that the types allow. What intervals of single limbs
// cannot show, that a value in [0, 2^260) in exactly carried limbs has a top
// limb below 2^52, is a fact about numbers; the values' own bounds are in the
// types, from the inequality that the last test proves.
#include <immintrin.h>

#include <algorithm>
#include <cstdint>

#include "gtest/gtest.h"

#if defined(__x86_64__)

namespace assay::simd {
namespace {

__extension__ typedef __int128 int128;

constexpr int128 kOne = 1;

// All the numbers that a lane may hold.
struct Interval {
  int128 low = 0, high = 0;
};

Interval Checked(int128 low, int128 high) {
  EXPECT_LE(low, high);
  EXPECT_GE(low, -(kOne << 63));
  EXPECT_LT(high, kOne << 63);
  return {low, high};
}

Interval Hull(const Interval& a, const Interval& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

void ExpectOperand(const Interval& a) {
  EXPECT_GE(a.low, 0);
  EXPECT_LT(a.high, kOne << 52);
}

Interval IntervalOf(int64_t x) { return {x, x}; }
Interval Zero() { return {}; }
Interval Plus(const Interval& a, const Interval& b) {
  return Checked(a.low + b.low, a.high + b.high);
}
Interval Minus(const Interval& a, const Interval& b) {
  return Checked(a.low - b.high, a.high - b.low);
}
// With a mask of low bits, which is all that the source uses.
Interval And(const Interval& a, const Interval& mask) {
  EXPECT_EQ(mask.low, mask.high);
  EXPECT_EQ(mask.low & (mask.low + 1), 0);
  if (a.low >= 0 && a.high <= mask.high) return a;
  return {0, mask.high};
}
Interval Or(const Interval& a, const Interval& b) {
  EXPECT_GE(std::min(a.low, b.low), 0);
  return Checked(0, a.high + b.high);
}
Interval ShiftRightSigned(const Interval& a, int n) {
  return {a.low >> n, a.high >> n};
}
Interval ShiftRight(const Interval& a, int n) {
  EXPECT_GE(a.low, 0);
  return {a.low >> n, a.high >> n};
}
Interval ShiftLeft(const Interval& a, int n) {
  return Checked(a.low * (kOne << n), a.high * (kOne << n));
}
Interval MultiplyLow(const Interval& sum, const Interval& a,
                     const Interval& b) {
  ExpectOperand(a);
  ExpectOperand(b);
  const int128 most = (kOne << 52) - 1;
  return Checked(sum.low, sum.high + std::min(most, a.high * b.high));
}
Interval MultiplyHigh(const Interval& sum, const Interval& a,
                      const Interval& b) {
  ExpectOperand(a);
  ExpectOperand(b);
  return Checked(sum.low + (a.low * b.low >> 52),
                 sum.high + (a.high * b.high >> 52));
}
// Whatever the mask says, the result is one of the two.
Interval MaskMinus(const Interval& source, __mmask8, const Interval& a,
                   const Interval& b) {
  return Hull(source, Minus(a, b));
}
Interval Blend(__mmask8, const Interval& a, const Interval& b) {
  return Hull(a, b);
}
__mmask8 AnyMask(const Interval&) { return 0; }
__mmask8 AnyMask(const Interval&, const Interval&) { return 0; }
__mmask8 AnyMask(__mmask8, const Interval&, const Interval&) { return 0; }
// Moves words about; nothing is computed.
Interval Shuffle(const Interval& a, const Interval& b) { return Hull(a, b); }
Interval Shuffle(const Interval& a, const Interval& b, int) {
  return Hull(a, b);
}
Interval Ternary(const Interval& a, const Interval& b, const Interval& mask,
                 int) {
  return And(Or(a, b), mask);
}

}  // namespace
}  // namespace assay::simd

#undef _mm512_srai_epi64
#undef _mm512_srli_epi64
#undef _mm512_slli_epi64
#undef _mm512_shuffle_i64x2
#undef _mm512_ternarylogic_epi64
#undef _mm512_cmpeq_epi64_mask
#undef _mm512_mask_cmpeq_epi64_mask
#define ASSAY_P256_RANGES_TEST
#define __m512i Interval
#define _mm512_set1_epi64 IntervalOf
#define _mm512_setzero_si512 Zero
#define _mm512_add_epi64 Plus
#define _mm512_sub_epi64 Minus
#define _mm512_mask_sub_epi64 MaskMinus
#define _mm512_mask_blend_epi64 Blend
#define _mm512_and_si512 And
#define _mm512_or_si512 Or
#define _mm512_srai_epi64 ShiftRightSigned
#define _mm512_srli_epi64 ShiftRight
#define _mm512_slli_epi64(a, n) ShiftLeft(a, static_cast<int>(n))
#define _mm512_madd52lo_epu64 MultiplyLow
#define _mm512_madd52hi_epu64 MultiplyHigh
#define _mm512_movepi64_mask AnyMask
#define _mm512_testn_epi64_mask AnyMask
#define _mm512_cmpeq_epi64_mask AnyMask
#define _mm512_mask_cmpeq_epi64_mask AnyMask
#define _mm512_unpacklo_epi64 Shuffle
#define _mm512_unpackhi_epi64 Shuffle
#define _mm512_shuffle_i64x2 Shuffle
#define _mm512_ternarylogic_epi64 Ternary

#include "core/simd/ecdsa/p256_field_ifma.h"

namespace assay::simd {
namespace {

constexpr Interval kLimb = {0, (kOne << 52) - 1};
// The most that a sum's type allows: 256 parts.
constexpr Interval kWideLimb = {-(kOne << 60), kOne << 60};

// Any element with exactly carried limbs.
Fe<256> AnyElement() { return {{kLimb, kLimb, kLimb, kLimb, kLimb}}; }
Scalar AnyScalar() { return {{kLimb, kLimb, kLimb, kLimb, kLimb}}; }

// No limb counts for more than `parts`.
template <class SumType>
void ExpectParts(const SumType& sum, int parts) {
  for (const Interval& limb : sum.limb) {
    EXPECT_GE(limb.low, 0);
    EXPECT_LE(limb.high, parts * (kOne << 52));
  }
}

TEST(P256RangesTest, ProductsStayInTheirColumnsAndParts) {
  // The bounds of the values would not allow 256 * 256; the limbs' do.
  const Fe<256> a = AnyElement();
  Interval t[10];
  ClearColumns(t);
  for (int i = 0; i < 5; ++i) {
    AddRow(t + i, a.limb, a.limb[i]);
    ReduceDigit(t + i);
  }
  ExpectParts(Sum<0, 1024, 1>{{t[5], t[6], t[7], t[8], t[9]}}, kProductParts);
  const Fe<120> b = {{kLimb, kLimb, kLimb, kLimb, kLimb}};
  ExpectParts(Product(b, b), kProductParts);
  ExpectParts(Square(b), kProductParts);
  ExpectParts(Product2(b, b, b, b), kProduct2Parts);
}

TEST(P256RangesTest, TheNumberOfPartsIsNotLargerThanItMustBe) {
  const Fe<120> b = {{kLimb, kLimb, kLimb, kLimb, kLimb}};
  int128 most = 0;
  for (const Interval& limb : Product(b, b).limb) {
    most = std::max(most, limb.high);
  }
  EXPECT_GT(most, (kProductParts - 1) * (kOne << 52));
}

// All limbs but the last are in [0, 2^52) after a carry chain.
template <int B>
void ExpectCarried(const Fe<B>& a) {
  for (int i = 0; i < 4; ++i) ExpectOperand(a.limb[i]);
}

TEST(P256RangesTest, CarriesOfTheWidestSums) {
  ExpectCarried(Carry(Sum<96, 96, 256>{
      {kWideLimb, kWideLimb, kWideLimb, kWideLimb, kWideLimb}}));
  ExpectCarried(Fold(Sum<1024, 1024, 256>{
      {kWideLimb, kWideLimb, kWideLimb, kWideLimb, kWideLimb}}));
}

TEST(P256RangesTest, FoldLeavesLessThanTwoAndASixteenthOfTheModulus) {
  const Folded r = Fold(Sum<1024, 1024, 256>{
      {kWideLimb, kWideLimb, kWideLimb, kWideLimb, kWideLimb}});
  // (2 + 1/16) p in its top limb: 0xffffffff0000 * 33 / 16, rounded down; and
  // below by no more than the limbs under it, so that 2^208 is a margin.
  EXPECT_GE(r.limb[4].low, 0);
  EXPECT_LT(r.limb[4].high, kPrimeLimbs[4] / 16 * 33);
}

TEST(P256RangesTest, ZeroTestAndReductions) {
  const Fe<256> a = AnyElement();
  IsZero(a);
  ExpectCarried(SubtractOnce<256>(a, kPrimeLimbs));
  ExpectCarried(Canonicalize({{kLimb, kLimb, kLimb, kLimb, kLimb}}));
}

TEST(P256RangesTest, ScalarProducts) {
  const Scalar a = AnyScalar();
  const Scalar r = Mul(a, a);
  for (int i = 0; i < 4; ++i) ExpectOperand(r.limb[i]);
  CanonicalizeScalar(a);
  IsBelowOrder(a);
  NegateScalarIf(0xff, a);
}

// 16p < R and 4n < R, which ProductBound and the scalars' bound rest on, from
// the top limbs: below 2^48 for both.
TEST(P256RangesTest, ModuliAreBelow2To256) {
  EXPECT_LT(kPrimeLimbs[4], int64_t{1} << 48);
  EXPECT_LT(kOrderLimbs[4], int64_t{1} << 48);
  for (int i = 0; i < kFeLimbs; ++i) {
    EXPECT_GE(kPrimeLimbs[i], 0);
    EXPECT_LT(kPrimeLimbs[i], int64_t{1} << 52);
    EXPECT_GE(kOrderLimbs[i], 0);
    EXPECT_LT(kOrderLimbs[i], int64_t{1} << 52);
  }
  // 2^256 < 2n, so that any 32 bytes are a Scalar.
  EXPECT_GE(kOrderLimbs[4], int64_t{1} << 47);
}

}  // namespace
}  // namespace assay::simd

#endif  // defined(__x86_64__)
