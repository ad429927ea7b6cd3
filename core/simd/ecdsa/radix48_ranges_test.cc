// A proof, by interval arithmetic, of the range contracts in radix48_inl.h and
// scalar52_inl.h. The kernels' own templates run on intervals instead of lanes:
// each operation checks that no operand of a multiplication reaches 2^52, that
// no bit leaves a 64-bit word and that nothing is negative where the lanes take
// it for unsigned; and it returns all that its result can be. So what passes
// here holds for every input within the contract.
#include <cstdint>
#include <cstring>
#include <string>

#include "gtest/gtest.h"

#define ASSAY_INLINE inline
#define ASSAY_FORMULA inline
#define ASSAY_UNROLL

namespace assay::simd {
namespace {

#include "core/simd/ecdsa/radix48_inl.h"
// After that one.
#include "core/simd/ecdsa/p384_field_inl.h"
#include "core/simd/ecdsa/p521_field_inl.h"
#include "core/simd/ecdsa/wide_words_inl.h"
// After those.
#include "core/simd/ecdsa/scalar52_inl.h"

using Wide = __int128;

constexpr Wide PowerOf2(int k) { return Wide{1} << k; }

struct Interval {
  Wide low = 0, high = 0;

  bool Includes(const Interval& other) const {
    return low <= other.low && other.high <= high;
  }
};

std::string Print(const Interval& a) {
  return "[" + std::to_string(static_cast<double>(a.low)) + ", " +
         std::to_string(static_cast<double>(a.high)) + "]";
}

struct Intervals {
  using Word = Interval;

  static Word Const(uint64_t value) { return {value, value}; }

  static Word Add(Word a, Word b) {
    return Checked({a.low + b.low, a.high + b.high});
  }
  static Word Sub(Word a, Word b) {
    return Checked({a.low - b.high, a.high - b.low});
  }
  // A mask of ones: what is within it already stays, the rest may be anything.
  static Word And(Word a, uint64_t mask) {
    EXPECT_EQ(mask & (mask + 1), 0u);
    const Word all = {0, mask};
    return all.Includes(a) ? a : all;
  }
  static Word MulLow(Word sum, Word a, Word b) {
    const Wide most = Product(a, b);
    const Wide ones = PowerOf2(52) - 1;
    return Add(sum, {0, most < ones ? most : ones});
  }
  static Word MulHigh(Word sum, Word a, Word b) {
    return Add(sum, {0, Product(a, b) >> 52});
  }
  template <int k>
  static Word Shl(Word a) {
    return Checked({a.low * PowerOf2(k), a.high * PowerOf2(k)});
  }
  // Whose upper bits are meant to go.
  template <int k>
  static Word ShlLosingBits(Word) {
    return {0, (PowerOf2(63 - k) - 1) << k};
  }
  template <int k>
  static Word Shr(Word a) {
    EXPECT_GE(a.low, 0) << "a logical shift of " << Print(a);
    return Sar<k>(a);
  }
  template <int k>
  static Word Sar(Word a) {
    return {a.low >> k, a.high >> k};
  }
  static Word IfNegative(Word, Word a, Word b) {
    return {a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
  }

 private:
  static Wide Product(Word a, Word b) {
    EXPECT_GE(a.low, 0) << Print(a);
    EXPECT_GE(b.low, 0) << Print(b);
    EXPECT_LT(a.high, PowerOf2(52)) << "operand " << Print(a);
    EXPECT_LT(b.high, PowerOf2(52)) << "operand " << Print(b);
    return a.high * b.high;
  }
  static Word Checked(Word a) {
    EXPECT_GE(a.low, -PowerOf2(62)) << Print(a);
    EXPECT_LT(a.high, PowerOf2(63)) << Print(a);
    return a;
  }
};

template <class F>
class Radix48RangesTest : public testing::Test {
 protected:
  using E = Element<F>;

  // Each limb between 0 and its bound.
  static E Tight() {
    E a;
    for (int i = 0; i < F::kLimbs; ++i) {
      a.limb[i] = {0, i == F::kLimbs - 1 ? F::kTightTop : F::kTightLimb};
    }
    return a;
  }
  static E UpToBias(int k) {
    E a;
    for (int i = 0; i < F::kLimbs; ++i) a.limb[i] = {0, F::Bias(k, i)};
    return a;
  }
  static E EightTimesTight() { return TimesPowerOf2<3>(Tight()); }
  // The union of what Y and an entry's y may be.
  static E TightOrBias1() {
    E a = Tight();
    for (int i = 0; i < F::kLimbs; ++i) {
      if (a.limb[i].high < F::Bias(1, i)) a.limb[i].high = F::Bias(1, i);
    }
    return a;
  }
  static E Entry() {
    E a;
    for (Interval& limb : a.limb) limb = {0, kLimbMask};
    a.limb[F::kLimbs - 1] = {0, F::kTopMask};
    return a;
  }
  static Jacobian<F> Point() { return {Tight(), TightOrBias1(), Tight()}; }

  static void ExpectWithin(const E& a, const E& bound, const char* what) {
    for (int i = 0; i < F::kLimbs; ++i) {
      EXPECT_TRUE(bound.limb[i].Includes(a.limb[i]))
          << what << ": limb " << i << " is in " << Print(a.limb[i])
          << ", not in " << Print(bound.limb[i]);
    }
  }
  static void ExpectTight(const E& a) { ExpectWithin(a, Tight(), "tight"); }
  static void ExpectPoint(const Jacobian<F>& a) {
    ExpectTight(a.x);
    ExpectTight(a.y);
    ExpectTight(a.z);
  }
};

using Fields = testing::Types<P384Field<Intervals>, P521Field<Intervals>>;
TYPED_TEST_SUITE(Radix48RangesTest, Fields);

TYPED_TEST(Radix48RangesTest, TightElementsMayBeSubtractedByBias1) {
  this->ExpectWithin(this->Tight(), this->UpToBias(1), "tight");
}

// With the widest operands that the contract allows at all.
TYPED_TEST(Radix48RangesTest, ProductsOfAnyOperandsAreTight) {
  using F = TypeParam;
  Element<F> any, any_for_square;
  for (int i = 0; i < F::kLimbs; ++i) {
    // A bias of P-521's highest limb is a carry's worth below the others'.
    const Interval limb = {
        0, i == F::kLimbs - 1 ? F::Bias(3, i) : PowerOf2(52) - 1};
    any.limb[i] = limb;
    any_for_square.limb[i] = {0, limb.high >> 1};
  }
  this->ExpectTight(MulSub(any, any, this->EightTimesTight()));
  this->ExpectTight(SquareSub(any_for_square, this->EightTimesTight()));
  this->ExpectTight(MulMulAdd(any, any, any, any));
  this->ExpectTight(Mul(any, any));
}

TYPED_TEST(Radix48RangesTest, MixedAdditionKeepsItsContract) {
  using F = TypeParam;
  for (const Element<F>& y : {this->Entry(), this->UpToBias(1)}) {
    this->ExpectPoint(AddMixed<F>(this->Point(), {this->Entry(), y}));
  }
  // What a cold key's table is made of: coordinates that are just tight.
  this->ExpectPoint(AddMixed<F>(this->Point(), {this->Tight(), this->Tight()}));
}

TYPED_TEST(Radix48RangesTest, NegatedEntriesStayBelowBias1) {
  this->ExpectWithin(Negate<1>(this->Entry()), this->UpToBias(1), "-y");
}

TYPED_TEST(Radix48RangesTest, DoublingKeepsItsContract) {
  using F = TypeParam;
  this->ExpectPoint(Double<F>(this->Point()));
}

// The expressions of AddAffine and StoreAffine in ecdsa_ifma_inl.h.
TYPED_TEST(Radix48RangesTest, AffineAdditionKeepsItsContract) {
  using F = TypeParam;
  const Element<F> entry = this->Entry();
  const Element<F> slope = Sub<1>(entry, entry);
  this->ExpectTight(Mul(slope, this->Tight()));  // Montgomery's trick
  this->ExpectTight(Mul(slope, slope));
  const Element<F> lambda = Mul(slope, Sub<1>(entry, entry));
  this->ExpectTight(lambda);
  const Element<F> x = SquareSub(lambda, Add(entry, entry));
  this->ExpectTight(x);
  this->ExpectTight(MulSub(lambda, Sub<1>(entry, x), entry));
}

TYPED_TEST(Radix48RangesTest, CanonicalLimbsHave48Bits) {
  using F = TypeParam;
  this->ExpectWithin(Canonical<F>(this->Tight()), this->Entry(), "canonical");
  this->ExpectWithin(Canonical<F>(this->UpToBias(3)), this->Entry(),
                     "canonical");
}

// The orders of the two curves differ from 2^384 and 2^521 alike in that their
// limbs may be anything; the ranges depend on their number alone.
struct EightLimbs {
  static constexpr int kWords = 6;
  static constexpr int kScalarLimbs = 8;
  static constexpr uint64_t kOrder[kWords] = {~uint64_t{0}, ~uint64_t{0},
                                              ~uint64_t{0}, ~uint64_t{0},
                                              ~uint64_t{0}, ~uint64_t{0}};
};

struct ElevenLimbs {
  static constexpr int kWords = 9;
  static constexpr int kScalarLimbs = 11;
  static constexpr uint64_t kOrder[kWords] = {
      ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0},
      ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, 0x1ff};
};

template <class C>
class Scalar52RangesTest : public testing::Test {};
using Orders = testing::Types<EightLimbs, ElevenLimbs>;
TYPED_TEST_SUITE(Scalar52RangesTest, Orders);

TYPED_TEST(Scalar52RangesTest, ProductsHaveLimbsOf52Bits) {
  using S = Scalar52<TypeParam, Intervals>;
  S any;
  for (Interval& limb : any.limb) limb = {0, kMask52};
  for (const S& result : {S::Mul(any, any), S::Canonical(any)}) {
    for (const Interval& limb : result.limb) {
      EXPECT_TRUE((Interval{0, kMask52}).Includes(limb)) << Print(limb);
    }
  }
}

}  // namespace
}  // namespace assay::simd
