#include "core/simd/cpu_features.h"

#include <cstdlib>

#include "gtest/gtest.h"

namespace assay::simd {
namespace {

TEST(CpuFeaturesTest, LevelsAreNamedAndParsed) {
  for (SimdLevel level :
       {SimdLevel::kPortable, SimdLevel::kAvx2, SimdLevel::kAvx512Ifma}) {
    EXPECT_EQ(ParseSimdLevel(SimdLevelName(level)), level);
  }
  EXPECT_FALSE(ParseSimdLevel("").has_value());
  EXPECT_FALSE(ParseSimdLevel("AVX2").has_value());
  EXPECT_FALSE(ParseSimdLevel("avx512").has_value());
}

TEST(CpuFeaturesTest, ALevelTakesAwayWhatLiesAboveIt) {
  CpuFeatures all;
  all.sha_ni = all.avx2 = all.avx512_ifma = all.avx512_in_one = true;
  EXPECT_TRUE(LimitTo(all, SimdLevel::kAvx512Ifma).avx512_ifma);
  EXPECT_TRUE(LimitTo(all, SimdLevel::kAvx512Ifma).avx512_in_one);
  EXPECT_FALSE(LimitTo(all, SimdLevel::kAvx2).avx512_ifma);
  EXPECT_FALSE(LimitTo(all, SimdLevel::kAvx2).avx512_in_one);
  EXPECT_TRUE(LimitTo(all, SimdLevel::kAvx2).sha_ni);
  EXPECT_FALSE(LimitTo(all, SimdLevel::kPortable).avx2);
  EXPECT_FALSE(LimitTo(all, SimdLevel::kPortable).sha_ni);
}

TEST(CpuFeaturesTest, ALevelAddsNothing) {
  const CpuFeatures none = LimitTo(CpuFeatures(), SimdLevel::kAvx512Ifma);
  EXPECT_FALSE(none.sha_ni || none.avx2 || none.avx512_ifma ||
               none.avx512_in_one);
}

TEST(CpuFeaturesTest, AVariableThatIsNoLevelIsReportedAndMeansPortable) {
  // The first call in this process: the variable is read once.
  setenv("ASSAY_SIMD", "fastest", 1);
  EXPECT_EQ(SimdLevelProblem(),
            "ASSAY_SIMD is \"fastest\"; it may be portable, avx2 or "
            "avx512ifma");
  EXPECT_FALSE(UsableCpuFeatures().avx2);
  setenv("ASSAY_SIMD", "avx2", 1);
  EXPECT_EQ(SimdLevelProblem(), "");
  EXPECT_FALSE(UsableCpuFeatures().avx2) << "the first reading counts";
}

TEST(CpuFeaturesTest, AgreesWithTheCompilersDetection) {
#if defined(__x86_64__)
  const CpuFeatures features = DetectCpuFeatures();
  EXPECT_EQ(features.avx2, __builtin_cpu_supports("avx2") != 0);
  if (features.avx512_ifma) {
    EXPECT_TRUE(__builtin_cpu_supports("avx512ifma"));
    EXPECT_TRUE(__builtin_cpu_supports("avx512vbmi"));
    EXPECT_TRUE(__builtin_cpu_supports("bmi2"));
  }
#endif
}

}  // namespace
}  // namespace assay::simd
