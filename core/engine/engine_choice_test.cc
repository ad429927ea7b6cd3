#include "core/engine/engine_choice.h"

#include <cstdlib>
#include <string>

#include "core/engine/batch_verifier.h"
#include "gtest/gtest.h"

namespace assay::engine {
namespace {

class EngineChoiceTest : public ::testing::Test {
 protected:
  void TearDown() override { unsetenv("ASSAY_ENGINE"); }
};

TEST_F(EngineChoiceTest, ChoicesAreNamedAndParsed) {
  for (EngineChoice choice : {EngineChoice::kAuto, EngineChoice::kBoringSsl}) {
    EXPECT_EQ(ParseEngineChoice(EngineChoiceName(choice)), choice);
  }
  EXPECT_FALSE(ParseEngineChoice("").has_value());
  EXPECT_FALSE(ParseEngineChoice("BoringSSL").has_value());
  EXPECT_FALSE(ParseEngineChoice("openssl").has_value());
}

TEST_F(EngineChoiceTest, KernelsAreUsedUnlessTheVariableSaysOtherwise) {
  unsetenv("ASSAY_ENGINE");
  EXPECT_TRUE(KernelOptions().lanes.use_kernels);
  setenv("ASSAY_ENGINE", "", 1);
  EXPECT_TRUE(KernelOptions().lanes.use_kernels);
  setenv("ASSAY_ENGINE", "auto", 1);
  EXPECT_TRUE(KernelOptions().lanes.use_kernels);
  EXPECT_EQ(DefaultEngineProblem(), "");
  setenv("ASSAY_ENGINE", "boringssl", 1);
  EXPECT_FALSE(KernelOptions().lanes.use_kernels);
  EXPECT_EQ(DefaultEngineProblem(), "");
}

TEST_F(EngineChoiceTest, AVariableThatIsNoChoiceIsReportedAndMeansBoringSsl) {
  setenv("ASSAY_ENGINE", "fast", 1);
  EXPECT_EQ(DefaultEngineProblem(),
            "ASSAY_ENGINE is \"fast\"; it may be auto or boringssl");
  EXPECT_EQ(CheckEnvironment().message(), DefaultEngineProblem());
  EXPECT_FALSE(KernelOptions().lanes.use_kernels);
}

}  // namespace
}  // namespace assay::engine
