// What is said on stderr at the end of `assay verify` and `assay decrypt`.
#ifndef ASSAY_SERVICE_CLI_SUMMARY_H_
#define ASSAY_SERVICE_CLI_SUMMARY_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "service/cli/batch.h"

namespace assay::cli {

// "5 tokens in 0.002 s, 2500 tokens/s", and a line per verdict that occurred,
// in the order of their numbers. No line end at the end.
std::string VerdictSummary(const Tally& tally, uint64_t num_tokens,
                           absl::Duration elapsed);
// The same of a tally of DecryptVerdicts.
std::string DecryptSummary(const Tally& tally, uint64_t num_tokens,
                           absl::Duration elapsed);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_SUMMARY_H_
