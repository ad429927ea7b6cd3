#include "service/call_state.h"

#include "gtest/gtest.h"

namespace assay::service {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TEST(WorkDeadlineTest, LeavesSomeOfTheTimeForTheWayBack) {
  EXPECT_EQ(WorkDeadline(kNow + absl::Milliseconds(80), kNow),
            kNow + absl::Milliseconds(70));
  EXPECT_EQ(WorkDeadline(kNow + absl::Seconds(4), kNow),
            kNow + absl::Milliseconds(3500));
}

TEST(WorkDeadlineTest, ASecondIsEnoughForAnyWay) {
  EXPECT_EQ(WorkDeadline(kNow + absl::Hours(1), kNow),
            kNow + absl::Hours(1) - absl::Seconds(1));
}

TEST(WorkDeadlineTest, NoDeadlineAndOneThatHasPassedStay) {
  EXPECT_EQ(WorkDeadline(absl::InfiniteFuture(), kNow), absl::InfiniteFuture());
  EXPECT_EQ(WorkDeadline(kNow, kNow), kNow);
  EXPECT_EQ(WorkDeadline(kNow - absl::Seconds(1), kNow),
            kNow - absl::Seconds(1));
}

}  // namespace
}  // namespace assay::service
