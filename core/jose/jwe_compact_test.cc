#include "core/jose/jwe_compact.h"

#include <string>

#include "core/base/reason.h"
#include "core/jose/compact.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using R = DecryptReason;

R Split(absl::string_view token, const Limits& limits = Limits()) {
  UnverifiedJwe jwe;
  return SplitJwe(token, limits, &jwe);
}

R Check(absl::string_view token, KeyManagement alg, ContentAlgorithm enc) {
  UnverifiedJwe jwe;
  EXPECT_EQ(SplitJwe(token, Limits(), &jwe), R::kValid);
  return CheckSegments(jwe, alg, enc);
}

TEST(SplitJweTest, CutsFiveSegments) {
  UnverifiedJwe jwe;
  ASSERT_EQ(SplitJwe("aa.bbb.c.dddd.ee", Limits(), &jwe), R::kValid);
  EXPECT_EQ(jwe.header, "aa");
  EXPECT_EQ(jwe.encrypted_key, "bbb");
  EXPECT_EQ(jwe.iv, "c");
  EXPECT_EQ(jwe.ciphertext, "dddd");
  EXPECT_EQ(jwe.tag, "ee");
}

TEST(SplitJweTest, AllowsAnEmptyKeyAndAnEmptyCiphertext) {
  UnverifiedJwe jwe;
  ASSERT_EQ(SplitJwe("aa..c..ee", Limits(), &jwe), R::kValid);
  EXPECT_EQ(jwe.encrypted_key, "");
  EXPECT_EQ(jwe.iv, "c");
  EXPECT_EQ(jwe.ciphertext, "");
  EXPECT_EQ(jwe.tag, "ee");
}

TEST(SplitJweTest, RefusesAnEmptyHeaderIvOrTag) {
  EXPECT_EQ(Split("...."), R::kEmptySegment);
  EXPECT_EQ(Split(".b.c.d.e"), R::kEmptySegment);
  EXPECT_EQ(Split("a.b..d.e"), R::kEmptySegment);
  EXPECT_EQ(Split("a.b.c.d."), R::kEmptySegment);
}

TEST(SplitJweTest, RefusesTheEmptyToken) {
  EXPECT_EQ(Split(""), R::kEmptyToken);
}

TEST(SplitJweTest, RefusesEveryOtherNumberOfDots) {
  EXPECT_EQ(Split("a"), R::kSegmentCount);
  EXPECT_EQ(Split("a.b"), R::kSegmentCount);
  EXPECT_EQ(Split("a.b.c.d"), R::kSegmentCount);
  EXPECT_EQ(Split("a.b.c.d.e."), R::kSegmentCount);
  EXPECT_EQ(Split(".a.b.c.d.e"), R::kSegmentCount);
  EXPECT_EQ(Split("a.b.c.d.e.f.g"), R::kSegmentCount);
}

// CVE-2022-3102, CVE-2023-51774, CVE-2026-29000: what was asked for decides,
// never the token's looks.
TEST(SplitJweTest, AJwsIsNoJweAndAJweIsNoJws) {
  EXPECT_EQ(Split("a.b.c"), R::kSignedToken);
  EXPECT_EQ(Split("a..c"), R::kSignedToken);
  UnverifiedCompact jws;
  EXPECT_EQ(SplitCompact("a.b.c.d.e", Limits(), &jws), Reason::kEncryptedToken);
  EXPECT_EQ(SplitCompact("a..c..e", Limits(), &jws), Reason::kEncryptedToken);
}

TEST(SplitJweTest, RefusesATokenOverTheLimitAndNoShorterOne) {
  Limits limits;
  limits.max_token_bytes = 9;
  EXPECT_EQ(Split("a.b.c.d.e", limits), R::kValid);
  EXPECT_EQ(Split("a.b.c.d.ee", limits), R::kTokenTooLarge);
}

TEST(SplitJweTest, RefusesAHeaderOverTheLimitAndNoShorterOne) {
  Limits limits;
  limits.max_header_bytes = 2;
  EXPECT_EQ(Split("aa.b.c.d.e", limits), R::kValid);
  EXPECT_EQ(Split("aaa.b.c.d.e", limits), R::kHeaderTooLarge);
}

// CVE-2025-27144, CVE-2025-30204: a token of dots must not be split into as
// many pieces. The answer comes without a look at all of them.
TEST(SplitJweTest, RefusesATokenOfNothingButDots) {
  Limits limits;
  limits.max_token_bytes = 1 << 26;
  EXPECT_EQ(Split(std::string(1 << 26, '.'), limits), R::kSegmentCount);
}

TEST(SplitJweTest, KeepsTheBytesOfSegmentsAsTheyAre) {
  UnverifiedJwe jwe;
  const absl::string_view token("a\0.\xff=.\n. .e", 11);
  ASSERT_EQ(SplitJwe(token, Limits(), &jwe), R::kValid);
  EXPECT_EQ(jwe.header, absl::string_view("a\0", 2));
  EXPECT_EQ(jwe.encrypted_key, "\xff=");
  EXPECT_EQ(jwe.iv, "\n");
  EXPECT_EQ(jwe.ciphertext, " ");
}

// CVE-2022-39227: the JSON serialization is never guessed at.
TEST(SplitJweTest, RefusesJsonSerialization) {
  EXPECT_EQ(Split(R"({"protected":"e30","ciphertext":"Zm9v"})"),
            R::kSegmentCount);
}

TEST(CheckSegmentsTest, DirAndEcdhEsHaveNoEncryptedKey) {  // RFC 7516 5.2 (10)
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    const R with = Check("a.b.c.d.e", info.alg, ContentAlgorithm::kA128Gcm);
    const R without = Check("a..c.d.e", info.alg, ContentAlgorithm::kA128Gcm);
    const bool has_key = HasEncryptedKey(info.alg);
    EXPECT_EQ(with, has_key ? R::kValid : R::kKeyUnexpected) << info.name;
    EXPECT_EQ(without, has_key ? R::kKeyMissing : R::kValid) << info.name;
  }
}

TEST(CheckSegmentsTest, OnlyGcmHasEmptyCiphertexts) {
  for (const ContentAlgorithmInfo& info : AllContentAlgorithms()) {
    EXPECT_EQ(Check("a..c..e", KeyManagement::kDir, info.enc),
              crypto::IsGcm(info.encryption) ? R::kValid : R::kEmptySegment)
        << info.name;
  }
}

}  // namespace
}  // namespace assay::jose
