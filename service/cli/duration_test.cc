#include "service/cli/duration.h"

#include "gtest/gtest.h"

namespace assay::cli {
namespace {

absl::Duration MustParse(absl::string_view text) {
  const absl::StatusOr<absl::Duration> parsed = ParseDuration(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.value_or(absl::InfiniteDuration());
}

TEST(DurationTest, TakesOneUnit) {
  EXPECT_EQ(MustParse("60s"), absl::Seconds(60));
  EXPECT_EQ(MustParse("5m"), absl::Minutes(5));
  EXPECT_EQ(MustParse("2h"), absl::Hours(2));
  EXPECT_EQ(MustParse("7d"), absl::Hours(7 * 24));
  EXPECT_EQ(MustParse("0s"), absl::ZeroDuration());
}

TEST(DurationTest, TakesUnitsInFallingOrder) {
  EXPECT_EQ(MustParse("1h30m"), absl::Minutes(90));
  EXPECT_EQ(MustParse("1d2h3m4s"),
            absl::Hours(26) + absl::Minutes(3) + absl::Seconds(4));
}

TEST(DurationTest, RefusesWhatIsNoDuration) {
  for (absl::string_view text :
       {"",       "60",           "s",
        "-5s",    "+5s",          "5 s",
        " 5s",    "5s ",          "5x",
        "5S",     "1.5h",         "30m1h",
        "1h1h",   "1hm",          "1h30",
        "36501d", "99999999999s", "18446744073709551617s",
        "inf",    "0x5s"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(DurationTest, TakesTheLongestDurationThereIs) {
  EXPECT_EQ(MustParse("36500d"), absl::Hours(36500 * 24));
}

TEST(MomentTest, TakesRfc3339AndUnixSeconds) {
  const absl::Time moment = absl::FromUnixSeconds(1769860800);
  for (absl::string_view text :
       {"1769860800", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00+01:00",
        "2026-01-31T12:00:00.000Z"}) {
    const absl::StatusOr<absl::Time> parsed = ParseMoment(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, moment) << text;
  }
}

TEST(MomentTest, RefusesWhatIsNoTime) {
  for (absl::string_view text :
       {"", "now", "-1", "infinite-future", "infinite-past", "2026-01-31",
        "2026-01-31T12:00:00", " 1769860800", "1769860800 ",
        "2026-01-31T12:00:00Z ", "2026-02-31T12:00:00Z", "999999999999999",
        "99999999999999999999"}) {
    EXPECT_FALSE(ParseMoment(text).ok()) << text;
  }
}

}  // namespace
}  // namespace assay::cli
