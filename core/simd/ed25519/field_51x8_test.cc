// The eight-lane field against fiat-crypto's, at the limits of its ranges.
#include <cstdint>
#include <cstring>
#include <iostream>
#include <random>
#include <vector>

#include "core/simd/cpu_features.h"
#include "core/simd/ed25519/point.h"
#include "core/simd/ed25519/table_layout.h"
#include "gtest/gtest.h"

#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                              \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma," \
                          "avx512vbmi,bmi2,adx"))),                        \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
#endif

namespace assay::simd {
namespace {

using namespace ed25519;  // NOLINT: the names of this one concept.

#define ASSAY_ALWAYS_INLINE inline __attribute__((always_inline))
#include "core/simd/ed25519/words_avx512.inc"
// In this order.
#include "core/simd/ed25519/field_51x8.inc"
#include "core/simd/ed25519/group_51x8.inc"
#include "core/simd/ed25519/rows_avx512.inc"

// Eight elements in memory: what the tests, which are compiled for any
// processor, see of them.
struct Lanes {
  uint64_t limb[5][kLanes];
};

Element Load(const Lanes& lanes) {
  Element a;
  for (int i = 0; i < 5; ++i) a.limb[i] = _mm512_loadu_si512(lanes.limb[i]);
  return a;
}
void Store(const Element& a, Lanes* lanes) {
  for (int i = 0; i < 5; ++i) _mm512_storeu_si512(lanes->limb[i], a.limb[i]);
}

__attribute__((noinline)) void ProductOf(const Lanes& a, const Lanes& b,
                                         Lanes* c) {
  Store(Product(Load(a), Load(b)), c);
}
__attribute__((noinline)) void SquareOf(const Lanes& a, Lanes* c) {
  Store(Carry(Square(Load(a))), c);
}
// a² - b²
__attribute__((noinline)) void DifferenceOf(const Lanes& a, const Lanes& b,
                                            Lanes* c) {
  Store(Carry(Subtract(Square(Load(a)), Square(Load(b)))), c);
}
__attribute__((noinline)) void CanonicalOf(const Lanes& a, Lanes* c) {
  Store(Canonical(Load(a)), c);
}
__attribute__((noinline)) void InverseOf(const Lanes& a, Lanes* c) {
  Store(Invert(Load(a)), c);
}
__attribute__((noinline)) void CopyEntries(const TableEntry* const* from,
                                           TableEntry* to) {
  char* targets[kLanes];
  for (int i = 0; i < kLanes; ++i) targets[i] = reinterpret_cast<char*>(to + i);
  StoreEntries(LoadEntries(from), targets);
}
// The negatives in the lanes of `negative`.
__attribute__((noinline)) void CopyNegated(const TableEntry* from,
                                           uint8_t negative, TableEntry* to) {
  const char *first[kLanes], *second[kLanes];
  char* targets[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    const int exchange = (negative >> i & 1) != 0 ? kHalfEntry : 0;
    first[i] = reinterpret_cast<const char*>(from + i) + exchange;
    second[i] = reinterpret_cast<const char*>(from + i) + kHalfEntry - exchange;
    targets[i] = reinterpret_cast<char*>(to + i);
  }
  StoreEntries(LoadHalves(first, second, negative), targets);
}

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

namespace assay::simd {
namespace {

constexpr uint64_t kOperandLimit = uint64_t{1} << 52;

class Field51x8Test : public testing::Test {
 protected:
  void SetUp() override {
    if (!UsableCpuFeatures().avx512_ifma) GTEST_SKIP() << "no AVX-512 IFMA";
  }

  // Limbs below `bound`, most of them at a limit of a range.
  Lanes AwkwardLanes(uint64_t bound) {
    const uint64_t limits[] = {0,
                               1,
                               18,
                               19,
                               kLimbMask - 19,
                               kLimbMask - 18,
                               kLimbMask - 17,
                               kLimbMask,
                               kLimbMask + 1,
                               kElementBound - 1,
                               kOperandLimit - 38,
                               kOperandLimit - 1};
    Lanes lanes;
    for (auto& limb : lanes.limb) {
      for (uint64_t& word : limb) {
        do {
          const uint64_t choice = random_() % 16;
          word = choice < 12 ? limits[choice] : random_() % bound;
        } while (word >= bound);
      }
    }
    return lanes;
  }

  std::mt19937_64 random_{20260731};
};

FieldElement LaneOf(const Lanes& lanes, int lane) {
  FieldElement a;
  for (int i = 0; i < 5; ++i) a.limbs[i] = lanes.limb[i][lane];
  return a;
}

std::vector<uint8_t> BytesOf(const FieldElement& a) {
  std::vector<uint8_t> bytes(32);
  Encode(kZero, a, kOne, bytes.data());
  return bytes;
}

void ExpectInBound(const Lanes& lanes) {
  for (const auto& limb : lanes.limb) {
    for (uint64_t word : limb) ASSERT_LT(word, kElementBound);
  }
}

TEST_F(Field51x8Test, MultipliesAsFiatCryptoDoes) {
  for (int round = 0; round < 20000; ++round) {
    const Lanes a = AwkwardLanes(kElementBound);
    const Lanes b = AwkwardLanes(kOperandLimit);
    Lanes c;
    ProductOf(a, b, &c);
    ExpectInBound(c);
    for (int lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(BytesOf(LaneOf(c, lane)),
                BytesOf(Multiply(LaneOf(a, lane), LaneOf(b, lane))));
    }
  }
}

TEST_F(Field51x8Test, SquaresAsItMultiplies) {
  for (int round = 0; round < 20000; ++round) {
    const Lanes a = AwkwardLanes(kElementBound);
    Lanes c, d;
    SquareOf(a, &c);
    ProductOf(a, a, &d);
    ASSERT_EQ(std::memcmp(&c, &d, sizeof c), 0);
  }
}

TEST_F(Field51x8Test, SubtractsProducts) {
  for (int round = 0; round < 5000; ++round) {
    const Lanes a = AwkwardLanes(kElementBound);
    const Lanes b = AwkwardLanes(kElementBound);
    Lanes c, minus_c;
    DifferenceOf(a, b, &c);
    DifferenceOf(b, a, &minus_c);
    ExpectInBound(c);
    Lanes sum;
    for (int i = 0; i < 5; ++i) {
      for (int lane = 0; lane < kLanes; ++lane) {
        sum.limb[i][lane] = c.limb[i][lane] + minus_c.limb[i][lane];
      }
    }
    for (int lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(BytesOf(LaneOf(sum, lane)), BytesOf(kZero));
    }
  }
}

TEST_F(Field51x8Test, FindsTheCanonicalNumber) {
  for (int round = 0; round < 20000; ++round) {
    const Lanes a = AwkwardLanes(kElementBound);
    Lanes c;
    CanonicalOf(a, &c);
    for (int lane = 0; lane < kLanes; ++lane) {
      const FieldElement canonical = LaneOf(c, lane);
      bool is_below_p = canonical.limbs[0] < kLimbMask - 18;
      for (int i = 1; i < 5; ++i) is_below_p |= canonical.limbs[i] < kLimbMask;
      ASSERT_TRUE(is_below_p);
      for (uint64_t limb : canonical.limbs) ASSERT_LE(limb, kLimbMask);
      ASSERT_EQ(BytesOf(canonical), BytesOf(LaneOf(a, lane)));
    }
  }
}

TEST_F(Field51x8Test, FindsTheCanonicalNumberAroundP) {
  // p - 8 to p + 31, 2p - 8 to 2p + 31 where the limbs allow it.
  Lanes a, c;
  for (int start = -8; start < 32; start += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      a.limb[0][lane] = kLimbMask - 18 + start + lane;
      for (int i = 1; i < 5; ++i) a.limb[i][lane] = kLimbMask;
    }
    CanonicalOf(a, &c);
    for (int lane = 0; lane < kLanes; ++lane) {
      ASSERT_EQ(BytesOf(LaneOf(c, lane)), BytesOf(LaneOf(a, lane)));
      if (start + lane >= 0) {
        ASSERT_EQ(c.limb[0][lane], static_cast<uint64_t>(start + lane));
        for (int i = 1; i < 5; ++i) ASSERT_EQ(c.limb[i][lane], 0u);
      }
    }
  }
}

TEST_F(Field51x8Test, Inverts) {
  for (int round = 0; round < 200; ++round) {
    const Lanes a = AwkwardLanes(kElementBound);
    Lanes inverse, product;
    InverseOf(a, &inverse);
    ProductOf(a, inverse, &product);
    for (int lane = 0; lane < kLanes; ++lane) {
      const bool is_zero = BytesOf(LaneOf(a, lane)) == BytesOf(kZero);
      ASSERT_EQ(BytesOf(LaneOf(product, lane)),
                BytesOf(is_zero ? kZero : kOne));
    }
  }
}

TEST_F(Field51x8Test, LoadsAndStoresEntries) {
  TableEntry from[kLanes] = {}, to[kLanes];
  uint64_t next = 1;
  for (TableEntry& entry : from) {
    for (uint64_t& limb : entry.y_plus_x) limb = next++;
    for (uint64_t& limb : entry.xy2d_low) limb = next++;
    for (uint64_t& limb : entry.y_minus_x) limb = next++;
    for (uint64_t& limb : entry.xy2d_high) limb = next++;
  }
  const TableEntry* entries[kLanes];
  for (int i = 0; i < kLanes; ++i) entries[i] = &from[kLanes - 1 - i];
  CopyEntries(entries, to);
  for (int i = 0; i < kLanes; ++i) {
    EXPECT_EQ(std::memcmp(&to[i], entries[i], sizeof to[i]), 0);
  }
}

TEST_F(Field51x8Test, NegatesEntriesLaneByLane) {
  TableEntry base = BasePoint(), from[kLanes], to[kLanes];
  for (TableEntry& entry : from) entry = base;
  for (int negative = 0; negative < 256; ++negative) {
    CopyNegated(from, static_cast<uint8_t>(negative), to);
    for (int i = 0; i < kLanes; ++i) {
      const bool negate = (negative >> i & 1) != 0;
      // B - B, or B + (-(B)) with the sign already in the entry.
      const Point sum = AddEntry(PointOf(base), to[i], /*negate=*/!negate);
      EXPECT_EQ(BytesOf(sum.x), BytesOf(kZero));
      EXPECT_EQ(BytesOf(sum.y), BytesOf(sum.z));
    }
  }
}

}  // namespace
}  // namespace assay::simd

#endif  // defined(__x86_64__)
