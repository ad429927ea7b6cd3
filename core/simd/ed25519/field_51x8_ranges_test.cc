// The proof of the ranges that field_51x8.inc and group_51x8.inc claim: the
// files are compiled here with words that are intervals instead of vectors. An
// operation says what interval its result is in, and whether it is exact: no
// operand of a multiplication reaches 2^52 (the instructions would drop its
// upper bits), no sum reaches 2^64, no difference is negative.
//
// By induction all computations of the kernel are then exact: every Element
// that goes in is below kElementBound (constants and fiat-crypto's results are
// below 2^51 + 1), and so is every Element that comes out.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "core/simd/ed25519/table_layout.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

using namespace ed25519;  // NOLINT: the names of this one concept.

__extension__ using Uint128 = unsigned __int128;
constexpr uint64_t kOperandLimit = uint64_t{1} << 52;

// What went wrong since the last call of TakeFaults.
std::set<std::string> faults;

std::set<std::string> TakeFaults() {
  std::set<std::string> taken;
  taken.swap(faults);
  return taken;
}

// All numbers from min to max.
struct Word {
  uint64_t min, max;
};
// The lanes may be any.
using LaneMask = uint8_t;

#define ASSAY_ALWAYS_INLINE inline __attribute__((always_inline))

Word Exactly(Uint128 min, Uint128 max, const char* fault) {
  if (max >> 64 != 0) faults.insert(fault);
  return {static_cast<uint64_t>(min), static_cast<uint64_t>(max)};
}

Word Broadcast(uint64_t word) { return {word, word}; }
Word Zero() { return Broadcast(0); }
Word Plus(Word a, Word b) {
  return Exactly(Uint128{a.min} + b.min, Uint128{a.max} + b.max,
                 "a sum overflows");
}
Word Minus(Word a, Word b) {
  if (a.min < b.max) faults.insert("a difference is negative");
  return {a.min - b.max, a.max - b.min};
}
Word MinusWhere(LaneMask, Word a, Word b, Word kept) {
  const Word difference = Minus(a, b);
  return {std::min(difference.min, kept.min),
          std::max(difference.max, kept.max)};
}
template <unsigned kBits>
Word ShiftRight(Word a) {
  return {a.min >> kBits, a.max >> kBits};
}
Word And(Word a, Word mask) {
  if (a.max <= mask.min) return a;  // The mask is 2^n - 1.
  return {0, mask.max};
}

void CheckOperands(Word a, Word b) {
  if (a.max >= kOperandLimit || b.max >= kOperandLimit) {
    faults.insert("an operand has more than 52 bits");
  }
}
Word AddLo(Word sum, Word a, Word b) {
  CheckOperands(a, b);
  const Uint128 most = Uint128{a.max} * b.max;
  return Exactly(sum.min, sum.max + std::min(most, Uint128{kOperandLimit - 1}),
                 "a sum of low halves overflows");
}
Word AddHi(Word sum, Word a, Word b) {
  CheckOperands(a, b);
  return Exactly(sum.min, sum.max + (Uint128{a.max} * b.max >> 52),
                 "a sum of high halves overflows");
}
Word AddTimes19(Word sum, Word a) {
  if (a.max * 19 >= kOperandLimit) faults.insert("a carry is too large");
  return Exactly(sum.min + Uint128{a.min} * 19, sum.max + Uint128{a.max} * 19,
                 "a sum with a carry overflows");
}
Word Times19(Word a) {
  return Exactly(Uint128{a.min} * 19, Uint128{a.max} * 19,
                 "19 times a column overflows");
}

#include "core/simd/ed25519/field_51x8.inc"
#include "core/simd/ed25519/group_51x8.inc"

Element AllBelow(uint64_t bound) {
  Element a;
  for (Word& limb : a.limb) limb = {0, bound - 1};
  return a;
}
Element AnyElement() { return AllBelow(kElementBound); }

void ExpectInBound(const Element& a) {
  for (const Word& limb : a.limb) EXPECT_LT(limb.max, kElementBound);
}
void ExpectBelow(const Wide& a, uint64_t bound) {
  for (const Word& limb : a.limb) EXPECT_LT(limb.max, bound);
}
void ExpectInBound(const Sum& a) {
  ExpectInBound(a.plus);
  ExpectInBound(a.minus);
  ExpectInBound(a.z);
  ExpectInBound(a.t);
}
void ExpectInBound(const Affine& a) {
  ExpectInBound(a.plus);
  ExpectInBound(a.minus);
  ExpectInBound(a.xy2d);
}
void ExpectInBound(const Doubling& a) {
  ExpectInBound(a.x);
  ExpectInBound(a.y);
  ExpectInBound(a.xy);
  ExpectInBound(a.z);
}
void ExpectInBound(const Factors& a) {
  ExpectInBound(a.e);
  ExpectInBound(a.f);
  ExpectInBound(a.g);
  ExpectInBound(a.h);
}

Sum AnySum() {
  return {AnyElement(), AnyElement(), AnyElement(), AnyElement()};
}
Doubling AnyDoubling() {
  return {AnyElement(), AnyElement(), AnyElement(), AnyElement()};
}
// An entry as it comes out of a table, negated or not.
Affine AnyAffine() {
  return {AnyElement(), AnyElement(),
          NegatedWhere(0xff, AnyElement(), AnyElement())};
}

class Field51x8RangesTest : public testing::Test {
 protected:
  void SetUp() override { TakeFaults(); }
  void TearDown() override {
    for (const std::string& fault : TakeFaults()) ADD_FAILURE() << fault;
  }
};

TEST_F(Field51x8RangesTest, ProductsAndSquaresAreBelow2To60) {
  const Element most = AllBelow(kOperandLimit);
  ExpectBelow(Multiply(AnyElement(), most), uint64_t{1} << 60);
  ExpectBelow(Multiply(most, AnyElement()), uint64_t{1} << 60);
  ExpectBelow(Square(AnyElement()), uint64_t{1} << 60);
  ExpectInBound(Product(AnyElement(), most));
}

TEST_F(Field51x8RangesTest, MultiplicationTakesWhatNegatedWhereGives) {
  const Element a = NegatedWhere(1, AnyElement(), AnyElement());
  for (const Word& limb : a.limb) EXPECT_LT(limb.max, kOperandLimit);
}

TEST_F(Field51x8RangesTest, InversionStaysInBound) {
  ExpectInBound(Invert(AnyElement()));
}

TEST_F(Field51x8RangesTest, CanonicalGivesLimbsOf51Bits) {
  for (const Word& limb : Canonical(AnyElement()).limb) {
    EXPECT_LE(limb.max, kLimbMask);
  }
}

TEST_F(Field51x8RangesTest, SumsStayInBound) {
  ExpectInBound(SumOf(AnyAffine()));
  ExpectInBound(AddAffineTo(AnySum(), AnyAffine()));
  ExpectInBound(AddAffine(AnyAffine(), AnyAffine()));
  const Cached cached = CachedOf(AnySum());
  ExpectInBound(cached.p);
  ExpectInBound(cached.z);
  const Factors factors =
      FactorsOfCachedSum(AnySum(), {AnyAffine(), AnyElement()});
  ExpectInBound(factors);
}

TEST_F(Field51x8RangesTest, DoublingsStayInBound) {
  const Factors any = {AnyElement(), AnyElement(), AnyElement(), AnyElement()};
  ExpectInBound(FactorsOfDouble(AnyDoubling()));
  ExpectInBound(DoublingFromFactors(any));
  ExpectInBound(SumFromFactors(any));
}

TEST_F(Field51x8RangesTest, AffinePointsStayInBound) {
  const Projective point = ProjectiveOf(AnySum());
  ExpectInBound(point.x);
  ExpectInBound(point.y);
  ExpectInBound(point.z);
  ExpectInBound(AffineOf(point.x, point.y, AnyElement()));
}

// The checks do bite.
TEST_F(Field51x8RangesTest, FindsWhatIsOutOfRange) {
  const Element too_large = AllBelow(kOperandLimit + 1);
  Multiply(too_large, AnyElement());
  EXPECT_EQ(TakeFaults().count("an operand has more than 52 bits"), 1u);
  Square(too_large);
  EXPECT_EQ(TakeFaults().count("an operand has more than 52 bits"), 1u);
  Wide large;
  for (Word& limb : large.limb) limb = {0, uint64_t{1} << 62};
  Subtract(large, large);
  EXPECT_EQ(TakeFaults().count("a difference is negative"), 1u);
  Add(Add(large, large), Add(large, large));
  EXPECT_EQ(TakeFaults().count("a sum overflows"), 1u);
}

}  // namespace
}  // namespace assay::simd
