// The arithmetic of P-384 and P-521 in lanes, against numbers of plain words,
// on limbs at the ends of their ranges. (That the ranges hold for all inputs is
// proved in radix48_ranges_test.cc; that the results are right is shown here.)
#include <cstdint>
#include <cstring>
#include <random>

#include "core/simd/cpu_features.h"
#include "gtest/gtest.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                   \
    __attribute__((target(                                                      \
        "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx"))), \
    apply_to = function)
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
#endif

namespace assay::simd {
namespace {

// The order matters.
// clang-format off
#include "core/simd/ecdsa/radix48_inl.h"
#include "core/simd/ecdsa/p384_field_inl.h"
#include "core/simd/ecdsa/p521_field_inl.h"
#include "core/simd/ecdsa/wide_words_inl.h"
#include "core/simd/ecdsa/modular_inverse_inl.h"
#include "core/simd/ecdsa/ifma_lanes_inl.h"
// clang-format on

constexpr int kLanes = 8;

struct Curve384 {
  using Field = P384Field<IfmaLanes>;
  static constexpr int kWords = 6;
  static constexpr uint64_t kPrime[kWords] = {
      0x00000000ffffffff, 0xffffffff00000000, 0xfffffffffffffffe,
      0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff};
};

struct Curve521 {
  using Field = P521Field<IfmaLanes>;
  static constexpr int kWords = 9;
  static constexpr uint64_t kPrime[kWords] = {
      ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0},
      ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, 0x1ff};
};

// A number below p in plain words, slow and simple.
template <class C>
struct Residue {
  uint64_t word[C::kWords] = {};

  // a + b - p if that is not negative. (9 words have room for the sum; 6 have
  // not, and then a carry tells.)
  static Residue Add(const Residue& a, const Residue& b) {
    Residue sum, less;
    AddWords<C::kWords>(a.word, b.word, sum.word);
    const bool carry = IsBelow<C::kWords>(sum.word, a.word);
    const bool below = SubtractWords<C::kWords>(sum.word, C::kPrime, less.word);
    return carry || !below ? less : sum;
  }
  static Residue Negative(const Residue& a) {
    Residue negative;
    if (IsZero<C::kWords>(a.word)) return negative;
    SubtractWords<C::kWords>(C::kPrime, a.word, negative.word);
    return negative;
  }
  static Residue Mul(const Residue& a, const Residue& b) {
    Residue product;
    for (int bit = 64 * C::kWords - 1; bit >= 0; --bit) {
      product = Add(product, product);
      if ((b.word[bit / 64] >> bit % 64 & 1) != 0) product = Add(product, a);
    }
    return product;
  }
  // The sum of limb[i] 2^(48 i).
  static Residue FromLimbs(const uint64_t* limb) {
    Residue sum;
    for (int i = C::Field::kLimbs - 1; i >= 0; --i) {
      for (int k = 0; k < kRadix; ++k) sum = Add(sum, sum);
      Residue own;
      own.word[0] = limb[i];
      sum = Add(sum, own);
    }
    return sum;
  }
  bool operator==(const Residue& other) const {
    return std::memcmp(word, other.word, sizeof(word)) == 0;
  }
};

template <class C>
class Radix48LanesTest : public testing::Test {
 protected:
  using F = typename C::Field;
  using E = Element<F>;
  using R = Residue<C>;

  void SetUp() override {
    if (!UsableCpuFeatures().avx512_ifma) GTEST_SKIP() << "no AVX-512 IFMA";
  }

  // In each lane limbs that are nothing, the most they may be, near to it, or
  // anything; every lane has its mixture.
  E Draw(uint64_t limb_bound, uint64_t top_bound) {
    uint64_t limbs[F::kLimbs][kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const uint64_t mixture = random_();
      for (int i = 0; i < F::kLimbs; ++i) {
        const uint64_t bound = i == F::kLimbs - 1 ? top_bound : limb_bound;
        const uint64_t kind = mixture >> (lane < 2 ? 0 : 2 * i) & 3;
        limbs[i][lane] = kind == 0   ? 0
                         : kind == 1 ? bound
                         : kind == 2 ? bound - random_() % 3
                                     : random_() % (bound + 1);
      }
    }
    E a;
    for (int i = 0; i < F::kLimbs; ++i) {
      a.limb[i] = _mm512_loadu_si512(limbs[i]);
    }
    return a;
  }
  E DrawTight() { return Draw(F::kTightLimb, F::kTightTop); }
  // Operands of a product: all that Bias<3> allows.
  E DrawWide() { return Draw(F::Bias(3, 2), F::Bias(3, F::kLimbs - 1)); }

  static R LaneOf(const E& a, int lane) {
    uint64_t limb[F::kLimbs];
    for (int i = 0; i < F::kLimbs; ++i) {
      uint64_t lanes[kLanes];
      _mm512_storeu_si512(lanes, a.limb[i]);
      limb[i] = lanes[lane];
    }
    return R::FromLimbs(limb);
  }

  static void ExpectTight(const E& a) {
    for (int i = 0; i < F::kLimbs; ++i) {
      uint64_t lanes[kLanes];
      _mm512_storeu_si512(lanes, a.limb[i]);
      for (const uint64_t lane : lanes) {
        EXPECT_LE(lane, i == F::kLimbs - 1 ? F::kTightTop : F::kTightLimb);
      }
    }
  }

  std::mt19937_64 random_{20240229};
};

using Curves = testing::Types<Curve384, Curve521>;
TYPED_TEST_SUITE(Radix48LanesTest, Curves);

TYPED_TEST(Radix48LanesTest, ProductsAndSquaresAreRight) {
  using R = Residue<TypeParam>;
  for (int round = 0; round < 100; ++round) {
    const auto a = this->DrawWide(), b = this->DrawTight();
    const auto c = this->DrawWide(), d = this->DrawTight();
    const auto product = MulSub(a, b, d);
    const auto sum = MulMulAdd(a, b, c, d);
    const auto square = SquareSub(b, d);
    for (const auto& result : {product, sum, square}) this->ExpectTight(result);
    for (int lane = 0; lane < kLanes; ++lane) {
      const R ra = this->LaneOf(a, lane), rb = this->LaneOf(b, lane);
      const R rc = this->LaneOf(c, lane), rd = this->LaneOf(d, lane);
      const R minus_d = R::Negative(rd), ab = R::Mul(ra, rb);
      EXPECT_EQ(this->LaneOf(product, lane), R::Add(ab, minus_d));
      EXPECT_EQ(this->LaneOf(sum, lane), R::Add(ab, R::Mul(rc, rd)));
      EXPECT_EQ(this->LaneOf(square, lane), R::Add(R::Mul(rb, rb), minus_d));
    }
  }
}

TYPED_TEST(Radix48LanesTest, DifferencesAreRight) {
  using R = Residue<TypeParam>;
  for (int round = 0; round < 100; ++round) {
    const auto a = this->DrawTight(), b = this->DrawTight();
    const auto difference = Sub<1>(a, b);
    const auto negative = Negate<2>(b);
    for (int lane = 0; lane < kLanes; ++lane) {
      const R minus_b = R::Negative(this->LaneOf(b, lane));
      EXPECT_EQ(this->LaneOf(negative, lane), minus_b);
      EXPECT_EQ(this->LaneOf(difference, lane),
                R::Add(this->LaneOf(a, lane), minus_b));
    }
  }
}

// p, 2 p and 4 p in all their forms are zero; neighbours are not.
TYPED_TEST(Radix48LanesTest, CanonicalIsTheOneBelowP) {
  using C = TypeParam;
  using F = typename C::Field;
  using R = Residue<C>;
  constexpr int kTries = 200;
  for (int round = 0; round < kTries; ++round) {
    Element<F> a = round % 2 == 0 ? this->DrawTight() : this->DrawWide();
    if (round < 40) {
      for (int i = 0; i < F::kLimbs; ++i) {
        a.limb[i] =
            _mm512_set1_epi64(static_cast<long long>(F::Bias(round % 4, i)));
      }
      const int by = round / 4 % 5 - 2;
      a.limb[0] = _mm512_add_epi64(a.limb[0], _mm512_set1_epi64(by));
    }
    const Element<F> canonical = Canonical<F>(a);
    __m512i words[C::kWords];
    WordsFromLimbs<kRadix, C::kWords, F::kLimbs>(canonical.limb, words);
    for (int lane = 0; lane < kLanes; ++lane) {
      R result;
      for (int i = 0; i < C::kWords; ++i) {
        uint64_t lanes[kLanes];
        _mm512_storeu_si512(lanes, words[i]);
        result.word[i] = lanes[lane];
      }
      EXPECT_TRUE(IsBelow<C::kWords>(result.word, C::kPrime));
      EXPECT_EQ(result, this->LaneOf(a, lane));
    }
  }
}

TYPED_TEST(Radix48LanesTest, RowsComeBackAsTheyWere) {
  constexpr int kCount = 2 * TypeParam::kWords;
  uint64_t rows[kLanes][kCount], back[kLanes][kCount + 1];
  const uint64_t* from[kLanes];
  uint64_t* to[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    for (uint64_t& word : rows[lane]) word = this->random_();
    from[lane] = rows[lane];
    to[lane] = back[lane];
    back[lane][kCount] = 42;
  }
  __m512i words[kCount];
  LoadRows<kCount>(from, words);
  StoreRows<kCount>(words, to);
  for (int lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(std::memcmp(rows[lane], back[lane], sizeof(rows[lane])), 0);
    EXPECT_EQ(back[lane][kCount], 42u);
  }
}

TYPED_TEST(Radix48LanesTest, InversesTimesTheirNumbersAreOne) {
  using C = TypeParam;
  using R = Residue<C>;
  const ModularInverter<C::kWords> inverter(C::kPrime);
  R one;
  one.word[0] = 1;
  for (int round = 0; round < 300; ++round) {
    R number;
    if (round < 40) {
      number.word[0] = static_cast<uint64_t>(round / 2);
      if (round % 2 == 1) number = R::Negative(number);
    } else {
      for (uint64_t& word : number.word) word = this->random_();
      number.word[C::kWords - 1] &= 0xff;
    }
    R inverse;
    const bool done = inverter.Invert(number.word, inverse.word);
    EXPECT_EQ(done, !IsZero<C::kWords>(number.word));
    if (!done) continue;
    EXPECT_TRUE(IsBelow<C::kWords>(inverse.word, C::kPrime));
    EXPECT_EQ(R::Mul(number, inverse), one);
  }
}

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#pragma GCC diagnostic pop
#endif

#endif
