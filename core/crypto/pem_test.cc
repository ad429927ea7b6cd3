#include "core/crypto/pem.h"

#include <string>

#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

TEST(PemTest, ReadsBlocksInOrderAndIgnoresTheRest) {
  const auto blocks = ParsePem(
      "subject=/CN=x\n  -----BEGIN A-----\nZm9v\nYg==\n-----END A-----\n"
      "text\n-----BEGIN B C-----\r\nAAEC\r\n-----END B C-----");
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].label, "A");
  EXPECT_EQ(blocks[0].der.view(), "foob");
  EXPECT_EQ(blocks[0].error, "");
  EXPECT_EQ(blocks[1].label, "B C");
  EXPECT_EQ(blocks[1].der.view(), absl::string_view("\0\1\2", 3));
}

TEST(PemTest, FindsNothingInOtherText) {
  EXPECT_TRUE(ParsePem("").empty());
  EXPECT_TRUE(ParsePem("{\"kty\":\"RSA\"}").empty());
  EXPECT_TRUE(ParsePem("-----END A-----").empty());
}

TEST(PemTest, SaysWhatIsBroken) {
  for (const char* text :
       {"-----BEGIN A-----\nZm9v", "-----BEGIN A-----\nZm9v\n-----END B-----",
        "-----BEGIN A-----", "-----BEGIN A\nZm9v\n-----END A-----",
        "-----BEGIN -----\n-----END -----", "-----BEGIN ",
        "-----BEGIN A-----\n-----END A-----",
        "-----BEGIN A-----\nZm9\n-----END A-----",
        "-----BEGIN A-----\nZm-v\n-----END A-----",
        "-----BEGIN A-----\nZg==Zg==\n-----END A-----"}) {
    const auto blocks = ParsePem(text);
    ASSERT_EQ(blocks.size(), 1u) << text;
    EXPECT_NE(blocks[0].error, "") << text;
    EXPECT_TRUE(blocks[0].der.empty()) << text;
  }
}

TEST(PemTest, ABrokenBlockDoesNotHideTheNext) {
  const auto blocks = ParsePem(
      "-----BEGIN A-----\nZm9v\n-----BEGIN A-----\nZm9v\n-----END A-----\n");
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_NE(blocks[0].error, "");
  EXPECT_EQ(blocks[1].der.view(), "foo");
}

// Quadratic time would run into the test's timeout.
TEST(PemTest, ManyBlocksOnOneLineTakeLinearTime) {
  constexpr size_t kNumBlocks = 1'000'000;
  std::string text;
  for (size_t i = 0; i < kNumBlocks; ++i) text += "-----BEGIN A-----";
  EXPECT_EQ(ParsePem(text).size(), kNumBlocks);
}

TEST(PemTest, SaysThatABlockIsEncrypted) {
  const auto blocks = ParsePem(
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-128-CBC,00\n\nZm9v\n-----END RSA PRIVATE KEY-----\n");
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_NE(blocks[0].error.find("encrypted"), std::string::npos);
}

}  // namespace
}  // namespace assay::crypto
