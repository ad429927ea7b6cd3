#include "service/cli/summary.h"

#include "core/base/reason.h"
#include "gtest/gtest.h"

namespace assay::cli {
namespace {

TEST(SummaryTest, TellsTheCountOfEachVerdictThatOccurred) {
  Tally tally = {};
  tally[static_cast<size_t>(Verdict::kValid)] = 3;
  tally[static_cast<size_t>(Verdict::kAlgorithmNotAllowed)] = 1;
  EXPECT_EQ(VerdictSummary(tally, 4, absl::Milliseconds(500)),
            "4 tokens in 0.500 s, 8 tokens/s\n"
            "  VALID                          3\n"
            "  ALGORITHM_NOT_ALLOWED          1");
}

TEST(SummaryTest, NothingIsZeroTokensAndNoDivisionByZero) {
  EXPECT_EQ(VerdictSummary({}, 0, absl::ZeroDuration()),
            "0 tokens in 0.000 s, 0 tokens/s");
}

}  // namespace
}  // namespace assay::cli
