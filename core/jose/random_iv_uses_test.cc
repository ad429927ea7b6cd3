#include "core/jose/random_iv_uses.h"

#include "gtest/gtest.h"

namespace assay::jose {
namespace {

TEST(RandomIvUsesTest, RefusesAllUsesAfterTheLast) {
  RandomIvUses uses(2);
  EXPECT_TRUE(uses.Take());
  EXPECT_TRUE(uses.Take());
  EXPECT_FALSE(uses.Take());
  EXPECT_FALSE(uses.Take());
}

TEST(RandomIvUsesTest, AllowsWhatNistAllows) {
  EXPECT_EQ(RandomIvUses::kMost, 4'294'967'296u);
}

}  // namespace
}  // namespace assay::jose
