#include "core/jose/deflate.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using R = DecryptReason;

constexpr size_t kMaxBytes = 250'000;

std::string Deflated(absl::string_view plaintext) {
  std::string compressed;
  EXPECT_TRUE(Deflate(plaintext, &compressed));
  return compressed;
}

R Inflate(absl::string_view compressed, size_t max_bytes, std::string* out) {
  InflateBudget budget(std::numeric_limits<uint64_t>::max());
  return jose::Inflate(compressed, max_bytes, &budget, out);
}

TEST(DeflateTest, WhatIsDeflatedInflatesAgain) {
  for (const size_t len : {0, 1, 100, 16384, 16385, 100'000, 250'000}) {
    const std::string plaintext(len, 'a');
    std::string out = "of the one before";
    EXPECT_EQ(Inflate(Deflated(plaintext), kMaxBytes, &out), R::kValid) << len;
    EXPECT_EQ(out, plaintext) << len;
  }
}

TEST(DeflateTest, StopsAtTheBoundAndKeepsNothing) {
  std::string out;
  EXPECT_EQ(Inflate(Deflated(std::string(1000, 'a')), 1000, &out), R::kValid);
  EXPECT_EQ(Inflate(Deflated(std::string(1001, 'a')), 1000, &out),
            R::kInflatedTooLarge);
  EXPECT_EQ(out, "");
}

// 64 MB of zeros in 64 kB: refused after the bound's steps, not at the end.
TEST(DeflateTest, ABombTakesMemoryUpToTheBoundAlone) {
  const std::string bomb = Deflated(std::string(64'000'000, '\0'));
  ASSERT_LT(bomb.size(), 65536u);
  InflateBudget budget(std::numeric_limits<uint64_t>::max());
  std::string out;
  EXPECT_EQ(jose::Inflate(bomb, kMaxBytes, &budget, &out),
            R::kInflatedTooLarge);
  EXPECT_LE(std::numeric_limits<uint64_t>::max() - budget.left(), kMaxBytes);
  EXPECT_LE(out.capacity(), 3 * kMaxBytes);
}

TEST(DeflateTest, ManyContentsShareABudget) {
  const std::string compressed = Deflated(std::string(1000, 'a'));
  InflateBudget budget(2500);
  std::string out;
  EXPECT_EQ(jose::Inflate(compressed, kMaxBytes, &budget, &out), R::kValid);
  EXPECT_EQ(jose::Inflate(compressed, kMaxBytes, &budget, &out), R::kValid);
  EXPECT_EQ(jose::Inflate(compressed, kMaxBytes, &budget, &out),
            R::kInflateBudgetSpent);
  EXPECT_EQ(out, "");
}

TEST(DeflateTest, RefusesWhatIsNotOneWholeStream) {
  const std::string good = Deflated("a text, and not a short one: no, no");
  std::string out;
  for (size_t len = 0; len < good.size(); ++len) {
    EXPECT_EQ(Inflate(good.substr(0, len), kMaxBytes, &out),
              R::kContentNotDeflate)
        << len;
  }
  EXPECT_EQ(Inflate(good + "x", kMaxBytes, &out), R::kContentNotDeflate);
  EXPECT_EQ(Inflate(good + good, kMaxBytes, &out), R::kContentNotDeflate);
  EXPECT_EQ(Inflate("\x78\x9c" + good, kMaxBytes, &out),  // zlib's header
            R::kContentNotDeflate);
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace assay::jose
