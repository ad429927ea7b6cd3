// The arithmetic in 8 lanes, on limbs and values at the ends of their ranges,
// against plain arithmetic; and that results keep the ranges of their types.
#include "core/simd/ecdsa/p256_field_ifma.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

#include "core/simd/cpu_features.h"
#include "core/simd/ecdsa/p256_inverse.h"
#include "core/simd/ecdsa/p256_number_for_test.h"
#include "gtest/gtest.h"

#if defined(__x86_64__)

namespace assay::simd {
namespace {

constexpr int kLanes = 8;

// Limbs of 8 lanes as they lie in memory.
struct Lanes {
  uint64_t limb[kFeLimbs][kLanes];
};

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute push(                                   \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl," \
                          "avx512ifma,avx512vbmi,bmi2,adx"))),  \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace assay::simd {
namespace {

template <class Number>
ASSAY_INLINE Number Load(const Lanes& lanes) {
  Number r;
  for (int i = 0; i < kFeLimbs; ++i) {
    r.limb[i] = _mm512_loadu_si512(lanes.limb[i]);
  }
  return r;
}

template <class Number>
ASSAY_INLINE void Store(const Number& a, Lanes* lanes) {
  for (int i = 0; i < kFeLimbs; ++i) {
    _mm512_storeu_si512(lanes->limb[i], a.limb[i]);
  }
}

// The bounds that the operations are tried with; their results' follow.
constexpr int kMulA = 256, kMulB = 240;
constexpr int kMulResult = ProductBound(kMulA, kMulB);
constexpr int kSqr = 245, kSqrResult = ProductBound(kSqr, kSqr);
constexpr int kMul2 = 170;
constexpr int kMul2Result = ProductBound2(kMul2, kMul2, kMul2, kMul2);
constexpr int kSub = 128;

void TestMul(const Lanes& a, const Lanes& b, Lanes* r) {
  const Fe<kMulResult> product = Mul(Load<Fe<kMulA>>(a), Load<Fe<kMulB>>(b));
  Store(product, r);
}
void TestSqr(const Lanes& a, Lanes* r) { Store(Sqr(Load<Fe<kSqr>>(a)), r); }
void TestMul2(const Lanes& a, const Lanes& b, Lanes* r) {
  const auto x = Load<Fe<kMul2>>(a), y = Load<Fe<kMul2>>(b);
  Store(Carry(Product2(x, y, y, y)), r);
}
void TestSub(const Lanes& a, const Lanes& b, Lanes* r) {
  Store(Carry(AsSum(Load<Fe<kSub>>(a)) - Load<Fe<kSub>>(b)), r);
}
// a - 3b, folded.
void TestFold(const Lanes& a, const Lanes& b, Lanes* r) {
  const auto y = Load<Fe<256>>(b);
  Store(Fold(AsSum(Load<Fe<256>>(a)) - y - y - y), r);
}
void TestNegateIf(const Lanes& a, __mmask8 negative, Lanes* r) {
  Store(Fold(NegateIf(AsSum(Load<Fe<256>>(a)), negative)), r);
}
void TestCanonicalize(const Lanes& a, Lanes* r) {
  Store(Canonicalize(Load<Folded>(a)), r);
}
int TestIsZero(const Lanes& a) { return IsZero(Load<Fe<256>>(a)); }
void TestMulScalar(const Lanes& a, const Lanes& b, Lanes* r) {
  Store(Mul(Load<Scalar>(a), Load<Scalar>(b)), r);
}
void TestCanonicalizeScalar(const Lanes& a, Lanes* r) {
  Store(CanonicalizeScalar(Load<Scalar>(a)), r);
}
int TestIsBelowOrder(const Lanes& a) { return IsBelowOrder(Load<Scalar>(a)); }
void TestNegateScalarIf(const Lanes& a, __mmask8 mask, Lanes* r) {
  Store(NegateScalarIf(mask, Load<Scalar>(a)), r);
}
// Through words and back.
void TestWords(const Lanes& a, uint64_t words[4][kLanes], Lanes* r) {
  const Canonical in = Load<Canonical>(a);
  __m512i w[4];
  Canonical out;
  LimbsToWords(in.limb, w);
  WordsToLimbs(w, out.limb);
  for (int i = 0; i < 4; ++i) _mm512_storeu_si512(words[i], w[i]);
  Store(out, r);
}
void TestTranspose(const uint64_t in[8][kLanes], uint64_t out[8][kLanes]) {
  Words8 rows;
  for (int i = 0; i < 8; ++i) rows.word[i] = _mm512_loadu_si512(in[i]);
  const Words8 columns = Transpose(rows);
  for (int i = 0; i < 8; ++i) _mm512_storeu_si512(out[i], columns.word[i]);
}

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif

namespace assay::simd {
namespace {

NumberForTest Prime() { return NumberFromWords(kP256Prime, 4); }
NumberForTest Order() { return NumberFromWords(kP256Order, 4); }

NumberForTest Get(const Lanes& lanes, int lane) {
  NumberForTest r = {};
  for (int i = kFeLimbs - 1; i >= 0; --i) {
    r = Plus(ShiftLeft(r, 52), {lanes.limb[i][lane]});
  }
  return r;
}

void Set(const NumberForTest& x, int lane, Lanes* lanes) {
  for (int i = 0; i < kFeLimbs; ++i) {
    uint64_t limb = 0;
    for (int bit = 0; bit < 52; ++bit) {
      const int at = 52 * i + bit;
      limb |= (x[at / 64] >> at % 64 & 1) << bit;
    }
    lanes->limb[i][lane] = limb;
  }
}

// bound * modulus / 16, rounded down.
NumberForTest Limit(int bound, const NumberForTest& modulus) {
  NumberForTest r = Times(modulus, {static_cast<uint64_t>(bound)});
  for (size_t i = 0; i < r.size(); ++i) {
    r[i] = r[i] >> 4 | (i + 1 < r.size() ? r[i + 1] << 60 : 0);
  }
  return r;
}

class P256FieldIfmaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!UsableCpuFeatures().avx512_ifma) GTEST_SKIP();
  }

  // Below bound * modulus / 16, often at an end of a range.
  NumberForTest Random(int bound, const NumberForTest& modulus) {
    const NumberForTest limit = Limit(bound, modulus);
    switch (random_() % 8) {
      case 0:
        return Minus(limit, {1 + random_() % 3});
      case 1:
        return {random_() % 3};
      case 2:  // near a multiple of the modulus
        return Below(Plus(Times(modulus, {random_() % 16}), {random_() % 3}),
                     limit);
      default:
        break;
    }
    NumberForTest x = {};
    for (int i = 0; i < kFeLimbs; ++i) {
      const uint64_t ones = (uint64_t{1} << 52) - 1;
      const uint64_t kinds[] = {
          random_() & ones, random_() & ones, 0, ones, ones - 1, 1};
      x = Plus(ShiftLeft(x, 52), {kinds[random_() % 6]});
    }
    return Below(x, limit);
  }
  static NumberForTest Below(NumberForTest x, const NumberForTest& limit) {
    while (!IsLess(x, limit)) x = Minus(x, limit);
    return x;
  }
  Lanes RandomLanes(int bound, const NumberForTest& modulus) {
    Lanes lanes;
    for (int lane = 0; lane < kLanes; ++lane) {
      Set(Random(bound, modulus), lane, &lanes);
    }
    return lanes;
  }
  static void ExpectRange(const Lanes& lanes, int bound,
                          const NumberForTest& modulus) {
    for (int lane = 0; lane < kLanes; ++lane) {
      for (int i = 0; i < kFeLimbs; ++i) {
        ASSERT_LT(lanes.limb[i][lane], uint64_t{1} << 52);
      }
      // The limit is rounded down, so it may be reached.
      ASSERT_FALSE(IsLess(Limit(bound, modulus), Get(lanes, lane)));
    }
  }

  std::mt19937_64 random_{20240613};
};

constexpr int kRounds = 300;

TEST_F(P256FieldIfmaTest, Multiplies) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(kMulA, Prime()),
                b = RandomLanes(kMulB, Prime());
    Lanes r;
    TestMul(a, b, &r);
    ExpectRange(r, kMulResult, Prime());
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Modulo(ShiftLeft(Get(r, i), 260), kP256Prime),
                Modulo(Times(Get(a, i), Get(b, i)), kP256Prime));
    }
  }
}

TEST_F(P256FieldIfmaTest, Squares) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(kSqr, Prime());
    Lanes r;
    TestSqr(a, &r);
    ExpectRange(r, kSqrResult, Prime());
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Modulo(ShiftLeft(Get(r, i), 260), kP256Prime),
                Modulo(Times(Get(a, i), Get(a, i)), kP256Prime));
    }
  }
}

TEST_F(P256FieldIfmaTest, MultipliesTwiceWithOneReduction) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(kMul2, Prime()),
                b = RandomLanes(kMul2, Prime());
    Lanes r;
    TestMul2(a, b, &r);
    ExpectRange(r, kMul2Result, Prime());
    for (int i = 0; i < kLanes; ++i) {
      const NumberForTest sum = Plus(Get(a, i), Get(b, i));
      ASSERT_EQ(Modulo(ShiftLeft(Get(r, i), 260), kP256Prime),
                Modulo(Times(sum, Get(b, i)), kP256Prime));
    }
  }
}

TEST_F(P256FieldIfmaTest, SubtractsExactly) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(kSub, Prime()), b = RandomLanes(kSub, Prime());
    Lanes r;
    TestSub(a, b, &r);
    ExpectRange(r, 256, Prime());
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Get(r, i),
                Minus(Plus(Get(a, i), Times(Prime(), {8})), Get(b, i)));
    }
  }
}

TEST_F(P256FieldIfmaTest, FoldsBothSigns) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(256, Prime()), b = RandomLanes(256, Prime());
    Lanes r;
    TestFold(a, b, &r);
    ExpectRange(r, 33, Prime());
    for (int i = 0; i < kLanes; ++i) {
      const NumberForTest raised = Plus(Get(a, i), Times(Prime(), {48}));
      ASSERT_EQ(Modulo(Get(r, i), kP256Prime),
                Modulo(Minus(raised, Times(Get(b, i), {3})), kP256Prime));
    }
  }
}

TEST_F(P256FieldIfmaTest, NegatesTheLanesOfTheMask) {
  for (int mask = 0; mask < 256; ++mask) {
    const Lanes a = RandomLanes(256, Prime());
    Lanes r;
    TestNegateIf(a, static_cast<__mmask8>(mask), &r);
    ExpectRange(r, 33, Prime());
    for (int i = 0; i < kLanes; ++i) {
      const NumberForTest raised = Times(Prime(), {16});
      const NumberForTest expected =
          (mask >> i & 1) != 0 ? Minus(raised, Get(a, i)) : Get(a, i);
      ASSERT_EQ(Modulo(Get(r, i), kP256Prime), Modulo(expected, kP256Prime));
    }
  }
}

TEST_F(P256FieldIfmaTest, CanonicalizesWhatFoldReturns) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(33, Prime());
    Lanes r;
    TestCanonicalize(a, &r);
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Get(r, i), Modulo(Get(a, i), kP256Prime));
    }
  }
}

TEST_F(P256FieldIfmaTest, KnowsEveryMultipleOfThePrimeAsZero) {
  for (uint64_t k = 0; k < 16; ++k) {
    for (int lane = 0; lane < kLanes; ++lane) {
      Lanes a = {};
      for (int i = 0; i < kLanes; ++i) Set({1 + random_() % 9}, i, &a);
      const NumberForTest multiple = Times(Prime(), {k});
      Set(multiple, lane, &a);
      EXPECT_EQ(TestIsZero(a), 1 << lane) << k;
      Set(Plus(multiple, {1}), lane, &a);
      EXPECT_EQ(TestIsZero(a), 0) << k;
      Set(Plus(multiple, ShiftLeft({1}, 208)), lane, &a);
      EXPECT_EQ(TestIsZero(a), 0) << k;
    }
  }
}

TEST_F(P256FieldIfmaTest, MultipliesScalars) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(32, Order()), b = RandomLanes(32, Order());
    Lanes r;
    TestMulScalar(a, b, &r);
    ExpectRange(r, 32, Order());
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Modulo(ShiftLeft(Get(r, i), 260), kP256Order),
                Modulo(Times(Get(a, i), Get(b, i)), kP256Order));
    }
    TestCanonicalizeScalar(a, &r);
    const int below = TestIsBelowOrder(a);
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Get(r, i), Modulo(Get(a, i), kP256Order));
      ASSERT_EQ((below >> i & 1) != 0, IsLess(Get(a, i), Order()));
    }
  }
}

TEST_F(P256FieldIfmaTest, NegatesScalars) {
  for (int mask = 0; mask < 256; ++mask) {
    const Lanes a = RandomLanes(16, Order());
    Lanes r;
    TestNegateScalarIf(a, static_cast<__mmask8>(mask), &r);
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Get(r, i),
                (mask >> i & 1) != 0 ? Minus(Order(), Get(a, i)) : Get(a, i));
    }
  }
}

TEST_F(P256FieldIfmaTest, PacksIntoWordsAndBack) {
  for (int round = 0; round < kRounds; ++round) {
    const Lanes a = RandomLanes(16, Prime());
    uint64_t words[4][kLanes];
    Lanes r;
    TestWords(a, words, &r);
    for (int i = 0; i < kLanes; ++i) {
      ASSERT_EQ(Get(r, i), Get(a, i));
      const uint64_t of_lane[4] = {words[0][i], words[1][i], words[2][i],
                                   words[3][i]};
      ASSERT_EQ(NumberFromWords(of_lane, 4), Get(a, i));
    }
  }
}

TEST_F(P256FieldIfmaTest, Transposes) {
  uint64_t in[8][kLanes], out[8][kLanes];
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < kLanes; ++j) in[i][j] = 100 * i + j;
  }
  TestTranspose(in, out);
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < kLanes; ++j) EXPECT_EQ(out[i][j], in[j][i]);
  }
}

}  // namespace
}  // namespace assay::simd

#endif  // defined(__x86_64__)
