#include "service/admission.h"

#include <vector>

#include "gtest/gtest.h"

namespace assay::service {
namespace {

TEST(AdmissionTest, RefusesAboveItsBound) {
  Admission admission(2);
  EXPECT_TRUE(admission.TryAcquire());
  EXPECT_TRUE(admission.TryAcquire());
  EXPECT_FALSE(admission.TryAcquire());
  admission.Release();
  EXPECT_TRUE(admission.TryAcquire());
}

TEST(AdmissionTest, GrantsAtOnceWhileThereIsAPlace) {
  Admission admission(1);
  bool granted = false;
  admission.AcquireWhenFree([&] { granted = true; });
  EXPECT_TRUE(granted);
  EXPECT_FALSE(admission.TryAcquire());
}

TEST(AdmissionTest, PassesPlacesOnInTheOrderOfArrival) {
  Admission admission(1);
  ASSERT_TRUE(admission.TryAcquire());
  std::vector<int> granted;
  admission.AcquireWhenFree([&] { granted.push_back(1); });
  admission.AcquireWhenFree([&] { granted.push_back(2); });
  EXPECT_TRUE(granted.empty());
  admission.Release();
  EXPECT_EQ(granted, std::vector<int>({1}));
  admission.Release();
  EXPECT_EQ(granted, std::vector<int>({1, 2}));
  EXPECT_FALSE(admission.TryAcquire());
  admission.Release();
  EXPECT_TRUE(admission.TryAcquire());
}

TEST(AdmissionTest, DoesNotLetNewcomersPassThoseWhoWait) {
  Admission admission(1);
  ASSERT_TRUE(admission.TryAcquire());
  bool newcomer_passed = true;
  admission.AcquireWhenFree([&] { newcomer_passed = admission.TryAcquire(); });
  admission.Release();
  EXPECT_FALSE(newcomer_passed);
}

}  // namespace
}  // namespace assay::service
