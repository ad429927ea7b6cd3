// The kernels' arithmetic on plain words, against arithmetic of the simplest
// kind; and on bounds, as a proof that no sum overflows and no factor is cut.
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "core/simd/rsa/modulus52.h"
#include "core/simd/rsa/plain_numbers.h"
#include "gtest/gtest.h"

// Nothing is gained here by straight-line code, which compiles for minutes.
#define ASSAY_UNROLL
#define ASSAY_INLINE inline
#define ASSAY_FORGET(pointer)
#include "core/simd/rsa/montgomery_lanes-inl.h"

namespace assay::simd {
namespace {

__extension__ typedef unsigned __int128 Wide;

// One lane.
struct PlainLanes {
  using Word = uint64_t;
  static Word Zero() { return 0; }
  static Word Add(Word a, Word b) { return a + b; }
  static Word MulAddLow(Word sum, Word a, Word b) {
    return sum + (static_cast<Word>(Cut(a) * Cut(b)) & kLimbMask);
  }
  static Word MulAddHigh(Word sum, Word a, Word b) {
    return sum + static_cast<Word>(Cut(a) * Cut(b) >> kLimbBits);
  }
  static Word MulLow(Word a, Word b) { return MulAddLow(0, a, b); }
  static Word Low52(Word a) { return a & kLimbMask; }
  static Word Divide(Word a) { return a >> kLimbBits; }
  static Word DivideRoundingUp(Word a) { return Divide(a + kLimbMask); }

 private:
  static Wide Cut(Word a) { return a & kLimbMask; }
};

// A word is the greatest value that the lane may have.
struct BoundLanes {
  struct Word {
    Wide max = 0;
  };
  static inline Wide greatest_sum = 0;

  static Word Zero() { return {0}; }
  static Word Add(Word a, Word b) { return Sum({a.max + b.max}); }
  static Word MulAddLow(Word sum, Word a, Word b) {
    const Wide product = Product(a, b);
    return Sum({sum.max + std::min<Wide>(product, kLimbMask)});
  }
  static Word MulAddHigh(Word sum, Word a, Word b) {
    return Sum({sum.max + (Product(a, b) >> kLimbBits)});
  }
  // The one operation whose operand may be more than a limb.
  static Word MulLow(Word, Word) { return {kLimbMask}; }
  static Word Low52(Word a) { return {std::min<Wide>(a.max, kLimbMask)}; }
  static Word Divide(Word a) { return {a.max >> kLimbBits}; }
  static Word DivideRoundingUp(Word a) {
    return Divide(Sum({a.max + kLimbMask}));
  }

 private:
  static Word Sum(Word word) {
    EXPECT_TRUE(word.max >> 64 == 0) << "a sum may overflow";
    greatest_sum = std::max(greatest_sum, word.max);
    return word;
  }
  static Wide Product(Word a, Word b) {
    EXPECT_TRUE(a.max <= kLimbMask && b.max <= kLimbMask)
        << "a factor may be cut";
    return a.max * b.max;
  }
};

// Runs one multiplication and one squaring on numbers of which nothing is
// known but that they consist of limbs, and expects limbs.
template <int kTiles>
void ProveBounds() {
  using Field = Montgomery<BoundLanes, kTiles>;
  const BoundLanes::Word limb = {kLimbMask};
  typename Field::Modulus modulus;
  std::vector<BoundLanes::Word> a(Field::kLimbs, limb), b = a, out = a;
  std::fill(std::begin(modulus.n), std::end(modulus.n), limb);
  modulus.minus_inverse = limb;
  BoundLanes::greatest_sum = 0;
  Field::Multiply(a.data(), b.data(), modulus, out.data());
  Field::Square(out.data(), modulus, a.data());
  for (int i = 0; i < Field::kLimbs; ++i) {
    EXPECT_TRUE(out[i].max <= kLimbMask && a[i].max <= kLimbMask);
  }
  // What the file's head says.
  const Wide claimed = Wide{4 * Field::kLimbs + 1} << kLimbBits;
  EXPECT_TRUE(BoundLanes::greatest_sum < claimed);
  EXPECT_TRUE(BoundLanes::greatest_sum > claimed / 2) << "nothing was proved";
}

TEST(MontgomeryLanesTest, NoSumOverflowsAndNoFactorIsCut) {
  ProveBounds<4>();
  ProveBounds<6>();
  ProveBounds<8>();
}

template <int kTiles>
class Checker {
  using Field = Montgomery<PlainLanes, kTiles>;
  static constexpr size_t kLimbs = Field::kLimbs;

 public:
  explicit Checker(const Number& n)
      : n_(n), r_(PowerOfTwoModulo(kLimbBits * kLimbs, n)) {
    std::copy(n.begin(), n.end(), modulus_.n);
    modulus_.minus_inverse = MinusInverse52(n[0]);
  }

  // For factors below 2n.
  void Check(const Number& a, const Number& b) {
    Number product(kLimbs);
    Field::Multiply(a.data(), b.data(), modulus_, product.data());
    ExpectProduct(product, a, b);
    Number in_place = a;
    Field::Multiply(in_place.data(), b.data(), modulus_, in_place.data());
    EXPECT_EQ(in_place, product);
    in_place = b;
    Field::Multiply(a.data(), in_place.data(), modulus_, in_place.data());
    EXPECT_EQ(in_place, product);
    Number square(kLimbs);
    Field::Square(a.data(), modulus_, square.data());
    Field::Multiply(a.data(), a.data(), modulus_, product.data());
    EXPECT_EQ(square, product);
    in_place = a;
    Field::Square(in_place.data(), modulus_, in_place.data());
    EXPECT_EQ(in_place, square);
  }

 private:
  void ExpectProduct(const Number& product, const Number& a, const Number& b) {
    for (uint64_t limb : product) ASSERT_LE(limb, kLimbMask);
    ASSERT_TRUE(IsLess(product, Sum(n_, n_)));
    EXPECT_EQ(ProductModulo(ReducedOnce(product, n_), r_, n_),
              ProductModulo(ReducedOnce(a, n_), ReducedOnce(b, n_), n_));
  }

  typename Field::Modulus modulus_;
  const Number n_;
  const Number r_;
};

template <int kTiles>
void CheckSize(size_t num_bits) {
  constexpr size_t kLimbs = Montgomery<PlainLanes, kTiles>::kLimbs;
  std::mt19937_64 random(20240505);
  const Number zero(kLimbs, 0), one = SmallNumber(1, kLimbs);
  for (const Number& n : Moduli(num_bits, kLimbs, &random)) {
    Checker<kTiles> checker(n);
    const Number most = Difference(Sum(n, n), one);  // 2n - 1
    const Number full = Difference(PowerOfTwo(num_bits, kLimbs), one);
    const std::vector<std::pair<Number, Number>> factors = {
        {most, most},
        {full, most},
        {full, full},
        {Difference(n, one), n},
        {zero, most},
        {most, one},
        {RandomNumber(num_bits, kLimbs, &random),
         RandomNumber(num_bits, kLimbs, &random)},
    };
    for (const auto& [a, b] : factors) checker.Check(a, b);
  }
}

TEST(MontgomeryLanesTest, MultipliesNumbersOf2048Bits) { CheckSize<4>(2048); }
TEST(MontgomeryLanesTest, MultipliesNumbersOf3072Bits) { CheckSize<6>(3072); }
TEST(MontgomeryLanesTest, MultipliesNumbersOf4096Bits) { CheckSize<8>(4096); }

}  // namespace
}  // namespace assay::simd
