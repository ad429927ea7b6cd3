#include "service/quickstart/report.h"

#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "service/quickstart/progress_bar.h"

namespace assay::quickstart {
namespace {

// Trays whose every token got the verdict it must get.
std::vector<Tray> JudgedTrays(size_t num_tokens) {
  std::vector<Tray> trays = MakeTrays(num_tokens, 1'700'000'000);
  for (Tray& tray : trays) {
    for (Specimen& specimen : tray.specimens) {
      specimen.verdict = InfoOf(specimen.damage).expected;
    }
  }
  return trays;
}

Report ReportOn(const std::vector<Tray>& trays) {
  Report report;
  const Cost cost = {absl::Seconds(1), absl::Milliseconds(1)};
  for (const Tray& tray : trays) report.Add(tray, cost, cost);
  return report;
}

TEST(ShareOutTest, SharesAddUpToTheTotal) {
  for (size_t num_tokens : {100u, 2'000u, 99'999u, 100'000u}) {
    const std::vector<size_t> shares = ShareOut(num_tokens);
    EXPECT_EQ(std::accumulate(shares.begin(), shares.end(), size_t{0}),
              num_tokens);
  }
}

TEST(ShareOutTest, EveryAlgorithmGetsAToken) {
  for (size_t share : ShareOut(1)) EXPECT_EQ(share, 1u);
}

TEST(MakeTraysTest, OneTokenInAHundredIsDamaged) {
  const Report report = ReportOn(JudgedTrays(20'000));
  size_t damaged = 0;
  for (const Row& row : report.rows) damaged += row.num_tokens;
  for (const Row& row : report.rows) damaged -= row.num_by_damage[0];
  EXPECT_EQ(damaged, 200u);
}

TEST(MakeTraysTest, EveryAlgorithmSuffersEveryDamageInAFullRun) {
  for (const Row& row : ReportOn(JudgedTrays(100'000)).rows) {
    for (const DamageInfo& info : AllDamages()) {
      EXPECT_GT(row.num_by_damage[static_cast<size_t>(info.damage)], 0u)
          << jose::AlgorithmName(row.algorithm) << " " << info.text;
    }
  }
}

TEST(ReportTest, ExitCodeIsZeroWhenEveryVerdictIsTheExpectedOne) {
  const Report report = ReportOn(JudgedTrays(2'000));
  EXPECT_EQ(ExitCodeOf(report), 0);
  EXPECT_TRUE(absl::StrContains(ReportText(report, absl::Seconds(1)),
                                "Every one of the 2,000 verdicts"));
}

TEST(ReportTest, ADamagedTokenThatPassesMakesExitCodeOneAndIsNamed) {
  std::vector<Tray> trays = JudgedTrays(2'000);
  Specimen& specimen = trays[0].specimens[99];
  ASSERT_EQ(specimen.damage, Damage::kSignatureBit);
  specimen.verdict = Verdict::kValid;
  const Report report = ReportOn(trays);
  EXPECT_EQ(ExitCodeOf(report), 1);
  EXPECT_TRUE(absl::StrContains(
      ReportText(report, absl::Seconds(1)),
      "HS256 token 99 (damage: one bit of the signature flipped): expected "
      "INVALID_SIGNATURE, got VALID"));
}

TEST(ReportTest, AGoodTokenThatIsRefusedMakesExitCodeOne) {
  std::vector<Tray> trays = JudgedTrays(2'000);
  trays[9].specimens[0].verdict = Verdict::kInvalidSignature;
  EXPECT_EQ(ExitCodeOf(ReportOn(trays)), 1);
}

TEST(ReportTest, ATokenWithoutAnswerMakesExitCodeOne) {
  std::vector<Tray> trays = JudgedTrays(2'000);
  trays[3].specimens[0].verdict = Verdict::kUnspecified;
  EXPECT_EQ(ExitCodeOf(ReportOn(trays)), 1);
}

TEST(ReportTest, ADamageRefusedForAnotherReasonIsAMismatch) {
  std::vector<Tray> trays = JudgedTrays(2'000);
  trays[0].specimens[99].verdict = Verdict::kMalformed;
  EXPECT_EQ(ExitCodeOf(ReportOn(trays)), 1);
}

TEST(ReportTest, AnEncryptedTokenThatComesOutWrongMakesExitCodeOne) {
  Report report = ReportOn(JudgedTrays(2'000));
  SealedRow row;
  row.name = "dir A256GCM";
  row.num_tokens = 1'000;
  row.num_damaged = 10;
  report.sealed_rows = {row, row};
  EXPECT_EQ(ExitCodeOf(report), 0);
  EXPECT_TRUE(absl::StrContains(ReportText(report, absl::Seconds(1)),
                                "Every one of the 2,000 encrypted tokens"));
  report.sealed_rows[1].num_wrong = 1;
  EXPECT_EQ(ExitCodeOf(report), 1);
  EXPECT_TRUE(absl::StrContains(ReportText(report, absl::Seconds(1)),
                                "WRONG: 1 of 2,000 encrypted tokens."));
}

TEST(ReportTest, ManyMismatchesAreCutShort) {
  std::vector<Tray> trays = JudgedTrays(2'000);
  for (Specimen& specimen : trays[0].specimens) {
    specimen.verdict = Verdict::kNotProcessed;
  }
  const std::string text = ReportText(ReportOn(trays), absl::Seconds(1));
  EXPECT_TRUE(absl::StrContains(text, " more\n")) << text;
}

TEST(ReportTest, NoLineIsLongerThanAHundredColumns) {
  Report report = ReportOn(JudgedTrays(1'000'000));
  SealedRow row;
  row.name = "PBES2-HS512+A256KW A256CBC-HS512";
  row.num_tokens = 1'000;
  row.encrypt = row.decrypt = {absl::Milliseconds(1), absl::Seconds(1)};
  report.sealed_rows = {row};
  const std::string text = ReportText(report, absl::Seconds(100));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(GroupedTest, SeparatesThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1'000), "1,000");
  EXPECT_EQ(Grouped(1'234'567), "1,234,567");
}

TEST(BarTextTest, FillsAsWorkIsDone) {
  EXPECT_EQ(BarText("x", 0, 10), "[" + std::string(40, '.') + "]   0%  x");
  EXPECT_EQ(BarText("x", 5, 10),
            "[" + std::string(20, '#') + std::string(20, '.') + "]  50%  x");
  EXPECT_EQ(BarText("x", 10, 10), "[" + std::string(40, '#') + "] 100%  x");
}

}  // namespace
}  // namespace assay::quickstart
