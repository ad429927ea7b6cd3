#include "service/cli/summary.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "core/base/reason.h"

namespace assay::cli {

std::string VerdictSummary(const Tally& tally, uint64_t num_tokens,
                           absl::Duration elapsed) {
  const double seconds = std::max(1e-6, absl::ToDoubleSeconds(elapsed));
  std::string summary =
      absl::StrFormat("%d token%s in %.3f s, %.0f tokens/s", num_tokens,
                      num_tokens == 1 ? "" : "s", seconds,
                      static_cast<double>(num_tokens) / seconds);
  for (int i = 0; i < kNumVerdicts; ++i) {
    if (tally[i] == 0) continue;
    absl::StrAppendFormat(&summary, "\n  %-21s %10d",
                          VerdictName(static_cast<Verdict>(i)), tally[i]);
  }
  return summary;
}

}  // namespace assay::cli
