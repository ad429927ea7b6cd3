// The parts of the kernel that are AVX-512's own, and the kernel's contract.
// Against BoringSSL: see tests/kernels/rsa.
#include "core/simd/rsa/rsa_avx512.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "core/simd/cpu_features.h"
#include "core/simd/rsa/limb_bytes.h"
#include "core/simd/rsa/modulus52.h"
#include "core/simd/rsa/plain_numbers.h"
#include "gtest/gtest.h"

#if defined(__x86_64__)
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                 \
    __attribute__((                                                           \
        target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi"))), \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi")
#endif

#include "core/simd/rsa/montgomery_lanes-inl.h"
#include "core/simd/rsa/rsa_avx512-inl.h"

// What the tests call: words of lanes in, words of lanes out.
namespace assay::simd {
namespace {

void TransposeWords(uint64_t* words) {
  __m512i rows[8];
  for (int i = 0; i < 8; ++i) rows[i] = _mm512_loadu_si512(words + 8 * i);
  Transpose(rows);
  for (int i = 0; i < 8; ++i) _mm512_storeu_si512(words + 8 * i, rows[i]);
}

void LoadRowWords(const uint8_t* bytes, const RowShape& shape,
                  uint64_t* limbs) {
  _mm512_storeu_si512(limbs, LoadRow(bytes, shape));
}

void StoreRowWords(const uint64_t* limbs, const RowShape& shape,
                   uint8_t* bytes) {
  StoreRow(_mm512_loadu_si512(limbs), shape, bytes);
}

constexpr int kMaxLimbs = 80;

struct LaneNumbers {
  __m512i limbs[kMaxLimbs];
};

void LoadLanes(const std::vector<Number>& lanes, LaneNumbers* numbers) {
  for (size_t i = 0; i < lanes[0].size(); ++i) {
    alignas(64) uint64_t words[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) words[lane] = lanes[lane][i];
    numbers->limbs[i] = _mm512_load_si512(words);
  }
}

std::vector<Number> StoreLanes(const LaneNumbers& numbers, size_t num_limbs) {
  std::vector<Number> lanes(kLanes, Number(num_limbs));
  for (size_t i = 0; i < num_limbs; ++i) {
    alignas(64) uint64_t words[kLanes];
    _mm512_store_si512(words, numbers.limbs[i]);
    for (int lane = 0; lane < kLanes; ++lane) lanes[lane][i] = words[lane];
  }
  return lanes;
}

int LanesBelowNumbers(const std::vector<Number>& a,
                      const std::vector<Number>& b) {
  LaneNumbers x, y;
  LoadLanes(a, &x);
  LoadLanes(b, &y);
  return LanesBelow(x.limbs, y.limbs, static_cast<int>(a[0].size()));
}

std::vector<Number> FullyReduced(const std::vector<Number>& a,
                                 const std::vector<Number>& n) {
  LaneNumbers x, y;
  LoadLanes(a, &x);
  LoadLanes(n, &y);
  ReduceFully(y.limbs, static_cast<int>(a[0].size()), x.limbs);
  return StoreLanes(x, a[0].size());
}

template <int kTiles>
void Products(const std::vector<Number>& a, const std::vector<Number>& b,
              const std::vector<Number>& n, std::vector<Number>* products,
              std::vector<Number>* squares) {
  using Field = Montgomery<IfmaLanes, kTiles>;
  LaneNumbers x, y, result, moduli;
  LoadLanes(a, &x);
  LoadLanes(b, &y);
  LoadLanes(n, &moduli);
  typename Field::Modulus modulus;
  alignas(64) uint64_t inverses[kLanes];
  for (int i = 0; i < kLanes; ++i) inverses[i] = MinusInverse52(n[i][0]);
  modulus.minus_inverse = _mm512_load_si512(inverses);
  for (int i = 0; i < Field::kLimbs; ++i) modulus.n[i] = moduli.limbs[i];
  Field::Multiply(x.limbs, y.limbs, modulus, result.limbs);
  *products = StoreLanes(result, Field::kLimbs);
  Field::Square(x.limbs, modulus, result.limbs);
  *squares = StoreLanes(result, Field::kLimbs);
}

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#pragma GCC diagnostic pop
#endif

namespace assay::simd {
namespace {

constexpr int kNumLanes = 8;

class RsaAvx512Test : public testing::Test {
 protected:
  void SetUp() override {
    if (!UsableCpuFeatures().avx512_ifma) {
      GTEST_SKIP() << "no AVX-512 IFMA, or ASSAY_SIMD forbids it";
    }
  }

  std::mt19937_64 random_{20240506};
};

TEST_F(RsaAvx512Test, TransposesWords) {
  uint64_t words[64];
  for (uint64_t i = 0; i < 64; ++i) words[i] = i;
  TransposeWords(words);
  for (uint64_t i = 0; i < 64; ++i) EXPECT_EQ(words[i], i % 8 * 8 + i / 8);
}

// At the very end of its memory, which a sanitizer guards.
TEST_F(RsaAvx512Test, RowsOfEveryLengthBecomeLimbsAndBytesAgain) {
  for (int len = 1; len <= kBytesPerRow; ++len) {
    const RowShape shape = MakeRowShape(len);
    std::unique_ptr<uint8_t[]> bytes(new uint8_t[len]);
    for (int i = 0; i < len; ++i) bytes[i] = static_cast<uint8_t>(random_());
    uint64_t limbs[kLimbsPerRow], expected[kLimbsPerRow];
    LoadRowWords(bytes.get(), shape, limbs);
    BytesToLimbs(bytes.get(), len, expected, kLimbsPerRow);
    EXPECT_EQ(std::memcmp(limbs, expected, sizeof(limbs)), 0) << len;
    std::unique_ptr<uint8_t[]> back(new uint8_t[len]);
    StoreRowWords(limbs, shape, back.get());
    EXPECT_EQ(std::memcmp(back.get(), bytes.get(), len), 0) << len;
  }
}

TEST_F(RsaAvx512Test, ComparesAndReducesLanesExactly) {
  for (size_t limbs : {40, 60, 80}) {
    const size_t bits = limbs / 20 * 1024;
    const Number one = SmallNumber(1, limbs);
    for (const Number& n : Moduli(bits, limbs, &random_)) {
      std::vector<Number> values = {
          Number(limbs, 0),
          one,
          Difference(n, one),
          n,
          Sum(n, one),
          Difference(Sum(n, n), one),
          Sum(n, Difference(PowerOfTwo(kLimbBits, limbs), one)),
          RandomNumber(bits, limbs, &random_)};
      const std::vector<Number> moduli(kNumLanes, n);
      for (int turn = 0; turn < kNumLanes; ++turn) {
        std::rotate(values.begin(), values.begin() + 1, values.end());
        const int below = LanesBelowNumbers(values, moduli);
        const std::vector<Number> reduced = FullyReduced(values, moduli);
        for (int lane = 0; lane < kNumLanes; ++lane) {
          EXPECT_EQ((below >> lane & 1) != 0, IsLess(values[lane], n));
          EXPECT_EQ(reduced[lane], ReducedOnce(values[lane], n));
        }
      }
    }
  }
}

template <int kTiles>
void CheckProducts(size_t bits, std::mt19937_64* random) {
  constexpr size_t kLimbs = kTile * kTiles;
  const std::vector<Number> moduli = Moduli(bits, kLimbs, random);
  const Number one = SmallNumber(1, kLimbs);
  std::vector<Number> n, a, b, most, products, squares;
  for (int lane = 0; lane < kNumLanes; ++lane) {
    n.push_back(moduli[lane % moduli.size()]);
    most.push_back(Difference(Sum(n[lane], n[lane]), one));
    a.push_back(RandomNumber(bits, kLimbs, random));
    b.push_back(RandomNumber(bits, kLimbs, random));
  }
  const auto check = [&](const std::vector<Number>& x,
                         const std::vector<Number>& y) {
    Products<kTiles>(x, y, n, &products, &squares);
    for (int i = 0; i < kNumLanes; ++i) {
      const Number r = PowerOfTwoModulo(kLimbBits * kLimbs, n[i]);
      const Number xi = ReducedOnce(x[i], n[i]), yi = ReducedOnce(y[i], n[i]);
      for (const Number* out : {&products[i], &squares[i]}) {
        for (uint64_t limb : *out) ASSERT_LE(limb, kLimbMask);
        ASSERT_TRUE(IsLess(*out, Sum(n[i], n[i])));
      }
      EXPECT_EQ(ProductModulo(ReducedOnce(products[i], n[i]), r, n[i]),
                ProductModulo(xi, yi, n[i]));
      EXPECT_EQ(ProductModulo(ReducedOnce(squares[i], n[i]), r, n[i]),
                ProductModulo(xi, xi, n[i]));
    }
  };
  check(a, b);
  check(most, most);
  check(most, b);
  check(std::vector<Number>(kNumLanes, Number(kLimbs, 0)), most);
}

TEST_F(RsaAvx512Test, MultipliesExtremeNumbersUnderDifferentModuli) {
  CheckProducts<4>(2048, &random_);
  CheckProducts<6>(3072, &random_);
  CheckProducts<8>(4096, &random_);
}

TEST_F(RsaAvx512Test, ThereAreKernelsForThreeSizes) {
  for (size_t len : {0, 1, 128, 255, 257, 320, 383, 385, 511, 513, 1024}) {
    EXPECT_EQ(RsaAvx512Kernel(len), nullptr) << len;
  }
  for (size_t len : {256, 384, 512}) {
    const RsaKernel* const kernel = RsaAvx512Kernel(len);
    ASSERT_NE(kernel, nullptr);
    EXPECT_STREQ(kernel->name, "avx512ifma");
    EXPECT_EQ(kernel->modulus_len, len);
    EXPECT_EQ(kernel->num_lanes, 8u);
    EXPECT_EQ(kernel->key_bytes % 64, 0u);
  }
}

TEST(RsaAvx512KernelTest, ThereIsNoneWithoutTheInstructions) {
  if (UsableCpuFeatures().avx512_ifma) GTEST_SKIP();
  EXPECT_EQ(RsaAvx512Kernel(256), nullptr);
}

struct AlignedKey {
  explicit AlignedKey(const RsaKernel& kernel)
      : memory(new uint8_t[kernel.key_bytes + 64]) {
    const auto address = reinterpret_cast<uintptr_t>(memory.get());
    key = memory.get() + (64 - address % 64) % 64;
  }
  std::unique_ptr<uint8_t[]> memory;
  void* key;
};

TEST_F(RsaAvx512Test, NoJobsAreNoWork) {
  for (size_t len : {256, 384, 512}) {
    const RsaKernel& kernel = *RsaAvx512Kernel(len);
    AlignedKey key(kernel);
    const Number n = Moduli(8 * len, len / 64 * 10, &random_).back();
    kernel.prepare_key(ToBytes(n, len).data(), key.key);
    const std::vector<uint8_t> zero(len), untouched(len, 0xaa);
    std::vector<uint8_t> result = untouched;
    const RsaJob job = {key.key, zero.data(), result.data()};
    bool in_range = false;  // As that of zero, its own power, is not.
    kernel.power_65537(&job, 0, &in_range);
    kernel.power_65537(nullptr, 0, nullptr);
    EXPECT_EQ(result, untouched);
    EXPECT_FALSE(in_range);
  }
}

// Buffers are exactly as long as they must be, each with an allocation of its
// own, which a sanitizer guards.
TEST_F(RsaAvx512Test, EveryBatchSizeWritesItsResultsAndNothingElse) {
  for (size_t len : {256, 384, 512}) {
    const RsaKernel& kernel = *RsaAvx512Kernel(len);
    const size_t limbs = len / 64 * 10;
    const Number n = Moduli(8 * len, limbs, &random_).back();
    AlignedKey key(kernel);
    kernel.prepare_key(ToBytes(n, len).data(), key.key);
    // 0, 1 and n - 1 are their own powers; n and more are not in range.
    const Number one = SmallNumber(1, limbs);
    const std::vector<Number> values = {Number(limbs, 0), one,
                                        Difference(n, one), n, Sum(n, one)};
    for (size_t num = 1; num <= 17; ++num) {
      std::vector<std::vector<uint8_t>> signatures, results;
      std::vector<RsaJob> jobs;
      std::unique_ptr<bool[]> in_range(new bool[num]);
      for (size_t i = 0; i < num; ++i) {
        signatures.push_back(ToBytes(values[i % values.size()], len));
        results.emplace_back(len, uint8_t{0xaa});
      }
      for (size_t i = 0; i < num; ++i) {
        jobs.push_back({key.key, signatures[i].data(), results[i].data()});
      }
      kernel.power_65537(jobs.data(), num, in_range.get());
      for (size_t i = 0; i < num; ++i) {
        EXPECT_EQ(in_range[i], i % values.size() < 3);
        if (in_range[i]) {
          EXPECT_EQ(results[i], signatures[i]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay::simd
#endif  // __x86_64__
