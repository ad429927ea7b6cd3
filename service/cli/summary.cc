#include "service/cli/summary.h"

#include <algorithm>
#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_format.h"
#include "core/base/decrypt_reason.h"
#include "core/base/reason.h"

namespace assay::cli {
namespace {

std::string Summary(const Tally& tally, uint64_t num_tokens,
                    absl::Duration elapsed,
                    absl::FunctionRef<absl::string_view(size_t)> name) {
  const double seconds = std::max(1e-6, absl::ToDoubleSeconds(elapsed));
  std::string summary =
      absl::StrFormat("%d token%s in %.3f s, %.0f tokens/s", num_tokens,
                      num_tokens == 1 ? "" : "s", seconds,
                      static_cast<double>(num_tokens) / seconds);
  for (size_t i = 0; i < tally.size(); ++i) {
    if (tally[i] == 0) continue;
    absl::StrAppendFormat(&summary, "\n  %-21s %10d", name(i), tally[i]);
  }
  return summary;
}

}  // namespace

std::string VerdictSummary(const Tally& tally, uint64_t num_tokens,
                           absl::Duration elapsed) {
  return Summary(tally, num_tokens, elapsed, [](size_t verdict) {
    return VerdictName(static_cast<Verdict>(verdict));
  });
}

std::string DecryptSummary(const Tally& tally, uint64_t num_tokens,
                           absl::Duration elapsed) {
  return Summary(tally, num_tokens, elapsed, [](size_t verdict) {
    return VerdictName(static_cast<DecryptVerdict>(verdict));
  });
}

}  // namespace assay::cli
