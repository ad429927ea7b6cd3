#include "core/simd/rsa/limb_bytes.h"

#include <cstring>
#include <random>
#include <vector>

#include "core/simd/rsa/modulus52.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

// What the instructions do with a row's bytes.
std::vector<uint64_t> LimbsOf(const uint8_t* row, const RowShape& shape) {
  std::vector<uint64_t> limbs(kLimbsPerRow, 0);
  for (int i = 0; i < 64; ++i) {
    if ((shape.has_limb_byte >> i & 1) == 0) continue;
    EXPECT_NE(shape.has_byte >> shape.to_limbs[i] & 1, 0u);
    limbs[i / 8] |= uint64_t{row[shape.to_limbs[i]]} << (i % 8 * 8);
  }
  for (int i = 0; i < kLimbsPerRow; ++i) {
    limbs[i] = (limbs[i] >> (i % 2 * 4)) & kLimbMask;
  }
  return limbs;
}

std::vector<uint8_t> BytesOf(std::vector<uint64_t> limbs,
                             const RowShape& shape) {
  for (int i = 1; i < kLimbsPerRow; i += 2) limbs[i] <<= 4;
  const auto byte_of = [&](int i) {
    return static_cast<uint8_t>(limbs[i / 8] >> (i % 8 * 8));
  };
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 64; ++i) {
    uint8_t byte = 0;
    if (shape.has_even >> i & 1) byte |= byte_of(shape.from_even[i]);
    if (shape.has_odd >> i & 1) byte |= byte_of(shape.from_odd[i]);
    if (shape.has_byte >> i & 1) bytes.push_back(byte);
  }
  return bytes;
}

TEST(LimbBytesTest, EveryBitOfARowGoesToItsLimbAndBack) {
  for (int len = 1; len <= kBytesPerRow; ++len) {
    const RowShape shape = MakeRowShape(len);
    for (int bit = 0; bit < 8 * len; ++bit) {
      std::vector<uint8_t> row(len, 0);
      row[len - 1 - bit / 8] = static_cast<uint8_t>(1 << bit % 8);
      std::vector<uint64_t> expected(kLimbsPerRow, 0);
      expected[bit / kLimbBits] = uint64_t{1} << bit % kLimbBits;
      ASSERT_EQ(LimbsOf(row.data(), shape), expected) << len << " " << bit;
      ASSERT_EQ(BytesOf(expected, shape), row) << len << " " << bit;
    }
  }
}

TEST(LimbBytesTest, RowsCoverANumberWithoutGaps) {
  for (int len : {256, 384, 512}) {
    size_t end = static_cast<size_t>(len);
    for (int row = 0; row < NumRows(len); ++row) {
      const int row_len =
          row == NumRows(len) - 1 ? LastRowLen(len) : kBytesPerRow;
      EXPECT_EQ(RowOffset(len, row) + static_cast<size_t>(row_len), end);
      end = RowOffset(len, row);
    }
    EXPECT_EQ(end, 0u);
  }
}

TEST(LimbBytesTest, RowsAgreeWithPlainConversion) {
  std::mt19937_64 random(20240501);
  for (int len : {256, 384, 512}) {
    std::vector<uint8_t> bytes(len);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
    std::vector<uint64_t> expected(NumRows(len) * kLimbsPerRow);
    BytesToLimbs(bytes.data(), bytes.size(), expected.data(), expected.size());
    std::vector<uint64_t> limbs;
    for (int row = 0; row < NumRows(len); ++row) {
      const int row_len =
          row == NumRows(len) - 1 ? LastRowLen(len) : kBytesPerRow;
      for (uint64_t limb :
           LimbsOf(bytes.data() + RowOffset(len, row), MakeRowShape(row_len))) {
        limbs.push_back(limb);
      }
    }
    EXPECT_EQ(limbs, expected) << len;
  }
}

}  // namespace
}  // namespace assay::simd
