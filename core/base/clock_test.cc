#include "core/base/clock.h"

#include "gtest/gtest.h"

namespace assay {
namespace {

TEST(FakeClockTest, StandsStillUntilItIsTold) {
  const absl::Time start = absl::FromUnixSeconds(1'000'000'000);
  FakeClock clock(start);
  EXPECT_EQ(clock.Now(), start);
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(absl::Milliseconds(1500));
  EXPECT_EQ(clock.Now(), start + absl::Milliseconds(1500));
  clock.Set(start);
  EXPECT_EQ(clock.Now(), start);
}

TEST(SystemClockTest, AgreesWithTheMachine) {
  const absl::Time before = absl::Now();
  const absl::Time now = Clock::System()->Now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, absl::Now());
}

TEST(SystemClockTest, IsOneObject) {
  EXPECT_EQ(Clock::System(), Clock::System());
}

}  // namespace
}  // namespace assay
