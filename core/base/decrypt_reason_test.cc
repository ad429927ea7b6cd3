#include "core/base/decrypt_reason.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"

namespace assay {
namespace {

using R = DecryptReason;
using V = DecryptVerdict;

R At(int index) { return static_cast<R>(index); }

// A reason whose verdict is written here a second time, from the header's
// groups: first member, last member, verdict.
struct Group {
  R first, last;
  V verdict;
};
constexpr Group kGroups[] = {
    {R::kUnspecified, R::kUnspecified, V::kUnspecified},
    {R::kValid, R::kValid, V::kValid},
    {R::kEmptyToken, R::kCritInvalid, V::kMalformed},
    {R::kSignedToken, R::kEpkUnsupported, V::kUnsupported},
    {R::kAlgorithmNotAllowedByPolicy, R::kAlgorithmNotOfKey,
     V::kAlgorithmNotAllowed},
    {R::kKidUnknown, R::kNoCompatibleKey, V::kUnknownKey},
    {R::kKeyUnavailable, R::kKeyUnavailable, V::kKeyUnavailable},
    {R::kDecryptionFailed, R::kDecryptionFailed, V::kDecryptionFailed},
    {R::kIterationsAboveLimit, R::kIterationBudgetSpent, V::kTooExpensive},
    {R::kTokenTooLarge, R::kHeaderTooLarge, V::kTooLarge},
    {R::kDeadlineExceeded, R::kCancelled, V::kNotProcessed},
    {R::kTokenNotJson, R::kContentNotDeflate, V::kMalformed},
    {R::kSignedJson, R::kSignedJson, V::kUnsupported},
    {R::kRecipientTriesSpent, R::kInflateBudgetSpent, V::kTooExpensive},
    {R::kTooManyRecipients, R::kInflatedTooLarge, V::kTooLarge},
};

// Fails if a row of the table stands in another row's place: each reason has
// the verdict of its group.
TEST(DecryptReasonTest, EveryReasonHasTheVerdictOfItsGroup) {
  int next = 0;
  for (const Group& group : kGroups) {
    ASSERT_EQ(next, static_cast<int>(group.first)) << "the groups have a gap";
    for (; next <= static_cast<int>(group.last); ++next) {
      EXPECT_EQ(VerdictOf(At(next)), group.verdict) << ReasonText(At(next));
    }
  }
  EXPECT_EQ(next, kNumDecryptReasons);
}

TEST(DecryptReasonTest, TextsStandInTheirPlaces) {
  EXPECT_EQ(ReasonText(R::kUnspecified), "not judged");
  EXPECT_EQ(ReasonText(R::kHeaderEncMissing), "the header has no enc");
  EXPECT_EQ(ReasonText(R::kEpkPrivate), "epk holds a private key");
  EXPECT_EQ(ReasonText(R::kKidUnknown), "no key of the key set has this kid");
  EXPECT_EQ(ReasonText(R::kDecryptionFailed),
            "the token was not encrypted for this key, or it was changed");
  EXPECT_EQ(ReasonText(R::kCancelled),
            "the request was cancelled before this token was judged");
  EXPECT_EQ(ReasonText(R::kTokenNotJson),
            "the token is not one JSON object in UTF-8");
  EXPECT_EQ(ReasonText(R::kInflatedTooLarge),
            "the compressed content (zip) is larger than the limit");
}

TEST(DecryptReasonTest, TextsAreUniqueSentencesWithoutAFullStop) {
  std::set<std::string> texts;
  for (int i = 0; i < kNumDecryptReasons; ++i) {
    const absl::string_view text = ReasonText(At(i));
    ASSERT_FALSE(text.empty()) << i;
    EXPECT_NE(text.back(), '.') << text;
    EXPECT_TRUE(texts.emplace(text).second) << text << " appears twice";
  }
}

TEST(DecryptReasonTest, OnlyValidIsValid) {
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(VerdictOf(At(i)) == V::kValid, At(i) == R::kValid);
  }
  EXPECT_EQ(VerdictOf(R{}), V::kUnspecified);
}

// CVE-2017-12973, CVE-2026-53938, CVE-2026-53939: were there two, one could
// learn which of unwrapping, agreement, tag and padding had failed.
TEST(DecryptReasonTest, DecryptionFailsForOneReasonOnly) {
  int num_reasons = 0;
  for (int i = 0; i < kNumDecryptReasons; ++i) {
    if (VerdictOf(At(i)) == V::kDecryptionFailed) ++num_reasons;
  }
  EXPECT_EQ(num_reasons, 1);
}

TEST(DecryptReasonTest, AValueBeyondTheTableIsNotJudged) {
  EXPECT_EQ(VerdictOf(At(kNumDecryptReasons)), V::kUnspecified);
  EXPECT_EQ(ReasonText(At(255)), ReasonText(R::kUnspecified));
  EXPECT_EQ(VerdictName(static_cast<V>(kNumDecryptVerdicts)), "UNSPECIFIED");
}

TEST(DecryptReasonTest, EveryVerdictHasAReason) {
  std::set<V> reached;
  for (int i = 0; i < kNumDecryptReasons; ++i) reached.insert(VerdictOf(At(i)));
  EXPECT_EQ(reached.size(), static_cast<size_t>(kNumDecryptVerdicts));
}

TEST(DecryptReasonTest, VerdictNamesAreUniqueUpperCaseWords) {
  std::set<std::string> names;
  for (int i = 0; i < kNumDecryptVerdicts; ++i) {
    const absl::string_view name = VerdictName(static_cast<V>(i));
    for (const char c : name) EXPECT_TRUE(absl::ascii_isupper(c) || c == '_');
    EXPECT_TRUE(names.emplace(name).second) << name;
  }
  EXPECT_EQ(VerdictName(V::kDecryptionFailed), "DECRYPTION_FAILED");
  EXPECT_EQ(VerdictName(V::kNotProcessed), "NOT_PROCESSED");
}

}  // namespace
}  // namespace assay
