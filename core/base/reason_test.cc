#include "core/base/reason.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"

namespace assay {
namespace {

Reason At(int index) { return static_cast<Reason>(index); }

// A reason whose verdict is written here a second time, from the header's
// groups: first member, last member, verdict.
struct Group {
  Reason first, last;
  Verdict verdict;
};
constexpr Group kGroups[] = {
    {Reason::kUnspecified, Reason::kUnspecified, Verdict::kUnspecified},
    {Reason::kValid, Reason::kValid, Verdict::kValid},
    {Reason::kEmptyToken, Reason::kPayloadDuplicateMember, Verdict::kMalformed},
    {Reason::kEncryptedToken, Reason::kNestedUnsupported,
     Verdict::kUnsupported},
    {Reason::kAlgorithmNotAllowedByPolicy, Reason::kAlgorithmNotOfKey,
     Verdict::kAlgorithmNotAllowed},
    {Reason::kKidUnknown, Reason::kNoCompatibleKey, Verdict::kUnknownKey},
    {Reason::kKeyUnavailable, Reason::kKeyUnavailable,
     Verdict::kKeyUnavailable},
    {Reason::kSignatureLength, Reason::kSignatureMismatch,
     Verdict::kInvalidSignature},
    {Reason::kExpired, Reason::kTooOld, Verdict::kExpired},
    {Reason::kNotYetValid, Reason::kIssuedInFuture, Verdict::kNotYetValid},
    {Reason::kIssuerMismatch, Reason::kIssuerMismatch, Verdict::kWrongIssuer},
    {Reason::kIssuerMissing, Reason::kIssuerMissing, Verdict::kMissingClaim},
    {Reason::kAudienceMismatch, Reason::kAudienceMismatch,
     Verdict::kWrongAudience},
    {Reason::kAudienceMissing, Reason::kAudienceMissing,
     Verdict::kMissingClaim},
    {Reason::kAudienceUnexpected, Reason::kAudienceUnexpected,
     Verdict::kWrongAudience},
    {Reason::kSubjectMismatch, Reason::kSubjectMismatch,
     Verdict::kInvalidClaim},
    {Reason::kTypeMismatch, Reason::kTypeMissing, Verdict::kWrongType},
    {Reason::kClaimMissing, Reason::kClaimMissing, Verdict::kMissingClaim},
    {Reason::kClaimType, Reason::kClaimType, Verdict::kInvalidClaim},
    {Reason::kTokenTooLarge, Reason::kHeaderTooLarge, Verdict::kTooLarge},
    {Reason::kDeadlineExceeded, Reason::kCancelled, Verdict::kNotProcessed},
    {Reason::kJwsNotJson, Reason::kB64Differs, Verdict::kMalformed},
    {Reason::kJwsEncrypted, Reason::kB64Missing, Verdict::kUnsupported},
    {Reason::kJwsTooManySignatures, Reason::kJwsTooManySignatures,
     Verdict::kTooLarge},
    {Reason::kRequiredSignatureMissing, Reason::kRequiredSignatureMissing,
     Verdict::kInvalidSignature},
    {Reason::kAudienceUntrusted, Reason::kAudienceUntrusted,
     Verdict::kWrongAudience},
    {Reason::kAuthenticatedTooLongAgo, Reason::kAuthenticatedTooLongAgo,
     Verdict::kExpired},
    {Reason::kAuthenticatedInFuture, Reason::kAuthenticatedInFuture,
     Verdict::kNotYetValid},
    {Reason::kAuthorizedPartyMissing, Reason::kLogoutTargetMissing,
     Verdict::kMissingClaim},
    {Reason::kAuthorizedPartyMismatch, Reason::kConfirmationType,
     Verdict::kInvalidClaim},
    {Reason::kLayerMalformed, Reason::kLayerHoldsNoToken, Verdict::kMalformed},
    {Reason::kLayerUnsupported, Reason::kLayerUnsupported,
     Verdict::kUnsupported},
    {Reason::kLayerAlgorithmNotAllowed, Reason::kLayerAlgorithmNotAllowed,
     Verdict::kAlgorithmNotAllowed},
    {Reason::kLayerKeyUnknown, Reason::kLayerKeyUnknown, Verdict::kUnknownKey},
    {Reason::kLayerNotDecrypted, Reason::kLayerNotDecrypted,
     Verdict::kDecryptionFailed},
    {Reason::kLayerNoToken, Reason::kLayerNoToken, Verdict::kWrongType},
    {Reason::kLayerClaimMismatch, Reason::kLayerClaimMismatch,
     Verdict::kInvalidClaim},
    {Reason::kLayerTooExpensive, Reason::kTooManyLayers, Verdict::kTooLarge},
    {Reason::kX5cMalformed, Reason::kX5cMalformed, Verdict::kMalformed},
    {Reason::kX5cTooLong, Reason::kX5cTooLong, Verdict::kTooLarge},
    {Reason::kX5cWeakKey, Reason::kX5cOther, Verdict::kUnknownKey},
    {Reason::kX5cAlgorithm, Reason::kX5cAlgorithm,
     Verdict::kAlgorithmNotAllowed},
    {Reason::kX5cBudget, Reason::kX5cBudget, Verdict::kNotProcessed},
};

// Fails if a row of the table stands in another row's place: each reason has
// the verdict of its group.
TEST(ReasonTest, EveryReasonHasTheVerdictOfItsGroup) {
  int next = 0;
  for (const Group& group : kGroups) {
    ASSERT_EQ(next, static_cast<int>(group.first)) << "the groups have a gap";
    for (; next <= static_cast<int>(group.last); ++next) {
      EXPECT_EQ(VerdictOf(At(next)), group.verdict) << ReasonText(At(next));
    }
  }
  EXPECT_EQ(next, kNumReasons);
}

TEST(ReasonTest, TextsStandInTheirPlaces) {
  EXPECT_EQ(ReasonText(Reason::kUnspecified), "not judged");
  EXPECT_EQ(ReasonText(Reason::kValid), "valid");
  EXPECT_EQ(ReasonText(Reason::kAlgorithmNone),
            "alg \"none\" is never accepted");
  EXPECT_EQ(ReasonText(Reason::kSignatureMismatch),
            "the signature does not match");
  EXPECT_EQ(ReasonText(Reason::kExpired), "the token has expired (exp)");
  EXPECT_EQ(ReasonText(Reason::kCancelled),
            "the request was cancelled before this token was judged");
}

TEST(ReasonTest, TextsAreUniqueSentencesWithoutAFullStop) {
  std::set<std::string> texts;
  for (int i = 0; i < kNumReasons; ++i) {
    const absl::string_view text = ReasonText(At(i));
    ASSERT_FALSE(text.empty()) << i;
    EXPECT_NE(text.back(), '.') << text;
    EXPECT_TRUE(texts.emplace(text).second) << text << " appears twice";
  }
}

TEST(ReasonTest, OnlyValidIsValid) {
  for (int i = 0; i < kNumReasons; ++i) {
    EXPECT_EQ(VerdictOf(At(i)) == Verdict::kValid, At(i) == Reason::kValid);
  }
}

TEST(ReasonTest, ZeroIsNeverValid) {
  EXPECT_EQ(VerdictOf(Reason{}), Verdict::kUnspecified);
  EXPECT_NE(Verdict{}, Verdict::kValid);
}

TEST(ReasonTest, AValueBeyondTheTableIsNotJudged) {
  EXPECT_EQ(VerdictOf(At(kNumReasons)), Verdict::kUnspecified);
  EXPECT_EQ(ReasonText(At(255)), ReasonText(Reason::kUnspecified));
  EXPECT_EQ(VerdictName(static_cast<Verdict>(kNumVerdicts)), "UNSPECIFIED");
}

TEST(ReasonTest, EveryVerdictButUnspecifiedHasAReason) {
  std::set<Verdict> reached;
  for (int i = 0; i < kNumReasons; ++i) reached.insert(VerdictOf(At(i)));
  EXPECT_EQ(reached.size(), static_cast<size_t>(kNumVerdicts));
}

TEST(ReasonTest, VerdictNamesAreUniqueUpperCaseWords) {
  std::set<std::string> names;
  for (int i = 0; i < kNumVerdicts; ++i) {
    const absl::string_view name = VerdictName(static_cast<Verdict>(i));
    for (const char c : name) EXPECT_TRUE(absl::ascii_isupper(c) || c == '_');
    EXPECT_TRUE(names.emplace(name).second) << name;
  }
  EXPECT_EQ(VerdictName(Verdict::kInvalidSignature), "INVALID_SIGNATURE");
  EXPECT_EQ(VerdictName(Verdict::kNotProcessed), "NOT_PROCESSED");
}

}  // namespace
}  // namespace assay
