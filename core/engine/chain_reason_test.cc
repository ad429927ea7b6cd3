#include "core/engine/chain_reason.h"

#include <vector>

#include "absl/algorithm/container.h"
#include "gtest/gtest.h"

namespace assay::engine {
namespace {

TEST(ChainReasonTest, IsAnotherForEveryFaultAndNeverValid) {
  std::vector<Reason> seen;
  for (int i = 1; i < crypto::kNumChainFaults; ++i) {
    const Reason reason = ReasonOf(static_cast<crypto::ChainFault>(i));
    EXPECT_NE(VerdictOf(reason), Verdict::kValid) << i;
    EXPECT_NE(VerdictOf(reason), Verdict::kUnspecified) << i;
    EXPECT_FALSE(absl::c_linear_search(seen, reason)) << ReasonText(reason);
    seen.push_back(reason);
  }
}

TEST(ChainReasonTest, IsARejectionWhereThereIsNoFault) {
  EXPECT_EQ(ReasonOf(crypto::ChainFault::kNone), Reason::kX5cOther);
}

}  // namespace
}  // namespace assay::engine
