#include "service/quickstart/damage.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay::quickstart {
namespace {

constexpr int64_t kNow = 1'700'000'000;

std::string Token() {
  return absl::StrCat(
      Base64UrlEncode(R"({"alg":"ES256","kid":"es256-1","typ":"JWT"})"), ".",
      Base64UrlEncode(MakeClaims(Damage::kNone, 1, kNow)), ".",
      Base64UrlEncode(std::string(64, 's')));
}

std::string Header(const std::string& token) {
  std::string json;
  EXPECT_TRUE(Base64UrlDecode(
      absl::string_view(token).substr(0, token.find('.')), &json));
  return json;
}

TEST(DamageTest, RowsStandInTheOrderOfTheEnum) {
  ASSERT_EQ(AllDamages().size(), kNumDamages);
  for (size_t i = 0; i < kNumDamages; ++i) {
    EXPECT_EQ(static_cast<size_t>(AllDamages()[i].damage), i);
  }
}

TEST(DamageTest, OnlyUndamagedTokensAreExpectedToBeValid) {
  for (const DamageInfo& info : AllDamages()) {
    EXPECT_EQ(info.expected == Verdict::kValid, info.damage == Damage::kNone)
        << info.text;
  }
}

// A damage that changed nothing would make an expected rejection impossible;
// two that are the same would be one.
TEST(DamageTest, EveryDamageIsADifferentOne) {
  std::set<std::string> seen;
  for (const DamageInfo& info : AllDamages()) {
    const std::string trace = absl::StrCat(
        MakeClaims(info.damage, 1, kNow), " ", static_cast<int>(info.signing),
        " ", DamageToken(info.damage, jose::Algorithm::kEs256, Token()));
    EXPECT_TRUE(seen.insert(trace).second) << info.text;
  }
}

TEST(DamageTest, AnUndamagedTokenStaysAsItIs) {
  EXPECT_EQ(DamageToken(Damage::kNone, jose::Algorithm::kEs256, Token()),
            Token());
}

TEST(DamageTest, DamagesOfTheHeaderKeepItReadable) {
  const auto damaged = [](Damage damage) {
    return Header(DamageToken(damage, jose::Algorithm::kEs256, Token()));
  };
  EXPECT_EQ(damaged(Damage::kHeaderBit),
            R"({"alg":"ES256","kid":"es256-0","typ":"JWT"})");
  EXPECT_EQ(damaged(Damage::kAlgorithmSwapped),
            R"({"alg":"HS256","kid":"es256-1","typ":"JWT"})");
  EXPECT_EQ(damaged(Damage::kAlgorithmNone),
            R"({"alg":"none","kid":"es256-1","typ":"JWT"})");
}

TEST(DamageTest, AShortSignatureIsStillWellEncoded) {
  const std::string token =
      DamageToken(Damage::kSignatureCutShort, jose::Algorithm::kEs256, Token());
  std::string signature;
  ASSERT_TRUE(Base64UrlDecode(
      absl::string_view(token).substr(token.rfind('.') + 1), &signature));
  EXPECT_EQ(signature.size(), 63u);
}

TEST(DamageTest, TokensHaveClaimsOfTheirOwn) {
  EXPECT_NE(MakeClaims(Damage::kNone, 1, kNow),
            MakeClaims(Damage::kNone, 2, kNow));
}

}  // namespace
}  // namespace assay::quickstart
