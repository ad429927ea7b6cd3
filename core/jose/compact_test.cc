#include "core/jose/compact.h"

#include <string>

#include "gtest/gtest.h"

namespace assay::jose {
namespace {

Reason Split(absl::string_view token, const Limits& limits = Limits()) {
  UnverifiedCompact compact;
  return SplitCompact(token, limits, &compact);
}

TEST(SplitCompactTest, CutsThreeSegments) {
  UnverifiedCompact compact;
  ASSERT_EQ(SplitCompact("aa.bbb.c", Limits(), &compact), Reason::kValid);
  EXPECT_EQ(compact.header, "aa");
  EXPECT_EQ(compact.payload, "bbb");
  EXPECT_EQ(compact.signature, "c");
  EXPECT_EQ(compact.signing_input, "aa.bbb");
}

TEST(SplitCompactTest, AllowsAnEmptyPayload) {
  UnverifiedCompact compact;
  ASSERT_EQ(SplitCompact("aa..c", Limits(), &compact), Reason::kValid);
  EXPECT_EQ(compact.payload, "");
  EXPECT_EQ(compact.signing_input, "aa.");
}

TEST(SplitCompactTest, RefusesTheEmptyToken) {
  EXPECT_EQ(Split(""), Reason::kEmptyToken);
}

TEST(SplitCompactTest, RefusesEveryOtherNumberOfDots) {
  EXPECT_EQ(Split("a"), Reason::kSegmentCount);
  EXPECT_EQ(Split("a.b"), Reason::kSegmentCount);
  EXPECT_EQ(Split("a.b.c.d"), Reason::kSegmentCount);
  EXPECT_EQ(Split("a.b.c."), Reason::kSegmentCount);
  EXPECT_EQ(Split(".a.b.c"), Reason::kSegmentCount);
  EXPECT_EQ(Split("a.b.c.d.e.f"), Reason::kSegmentCount);
}

TEST(SplitCompactTest, TellsAJweFromAJws) {
  EXPECT_EQ(Split("a.b.c.d.e"), Reason::kEncryptedToken);
  EXPECT_EQ(Split("a..c.d.e"), Reason::kEncryptedToken);  // "dir": no key.
}

TEST(SplitCompactTest, RefusesAnEmptyHeaderOrSignature) {
  EXPECT_EQ(Split("..."), Reason::kSegmentCount);
  EXPECT_EQ(Split(".."), Reason::kEmptySegment);
  EXPECT_EQ(Split(".b.c"), Reason::kEmptySegment);
  EXPECT_EQ(Split("a.b."), Reason::kEmptySegment);
}

TEST(SplitCompactTest, RefusesATokenOverTheLimitAndNoShorterOne) {
  Limits limits;
  limits.max_token_bytes = 8;
  EXPECT_EQ(Split("aa.bbb.c", limits), Reason::kValid);
  EXPECT_EQ(Split("aa.bbb.cc", limits), Reason::kTokenTooLarge);
}

TEST(SplitCompactTest, RefusesAHeaderOverTheLimitAndNoShorterOne) {
  Limits limits;
  limits.max_header_bytes = 2;
  EXPECT_EQ(Split("aa.bbb.c", limits), Reason::kValid);
  EXPECT_EQ(Split("aaa.bbb.c", limits), Reason::kHeaderTooLarge);
}

// CVE-2025-27144, CVE-2025-30204: a token of dots must not be split into as
// many pieces. The answer comes without a look at all of them.
TEST(SplitCompactTest, RefusesATokenOfNothingButDots) {
  Limits limits;
  limits.max_token_bytes = 1 << 26;
  EXPECT_EQ(Split(std::string(1 << 26, '.'), limits), Reason::kSegmentCount);
}

TEST(SplitCompactTest, KeepsTheBytesOfSegmentsAsTheyAre) {
  UnverifiedCompact compact;
  const absl::string_view token("a\0.\xff=.\n", 7);
  ASSERT_EQ(SplitCompact(token, Limits(), &compact), Reason::kValid);
  EXPECT_EQ(compact.header, absl::string_view("a\0", 2));
  EXPECT_EQ(compact.payload, "\xff=");
  EXPECT_EQ(compact.signature, "\n");
}

// CVE-2022-39227: the JSON serialization is never guessed at.
TEST(SplitCompactTest, RefusesJsonSerialization) {
  EXPECT_EQ(Split(R"({"payload":"Zm9v","signatures":[]})"),
            Reason::kSegmentCount);
}

}  // namespace
}  // namespace assay::jose
