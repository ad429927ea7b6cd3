#include "core/crypto/random.h"

#include <array>
#include <set>

#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

TEST(RandomTest, DrawsAreDifferent) {
  std::set<std::array<uint8_t, 16>> seen;
  for (int i = 0; i < 1000; ++i) {
    std::array<uint8_t, 16> draw{};
    RandomBytes(draw.data(), draw.size());
    EXPECT_TRUE(seen.insert(draw).second);
  }
}

TEST(RandomTest, MayDrawNothing) {
  std::array<uint8_t, 16> untouched{};
  RandomBytes(untouched.data(), 0);
  RandomBytes(nullptr, 0);
  EXPECT_EQ(untouched, (std::array<uint8_t, 16>{}));
}

TEST(RandomTest, TheLibraryIsBoringSsl) {
  EXPECT_STREQ(CryptoLibraryName(), "BoringSSL");
}

}  // namespace
}  // namespace assay::crypto
