#include "service/cli/sign_output.h"

#include "absl/strings/str_cat.h"

namespace assay::cli {

void AppendSigned(engine::SignOutcome outcome, absl::string_view why,
                  absl::string_view token, size_t i, Batch* batch) {
  ++batch->tally[static_cast<size_t>(outcome)];
  if (outcome == engine::SignOutcome::kSigned) {
    absl::StrAppend(&batch->output, token, "\n");
    return;
  }
  if (outcome == engine::SignOutcome::kTooLarge) {
    why = engine::SignOutcomeText(outcome);
  }
  absl::StrAppend(&batch->errors, "assay sign: ", batch->source, ":",
                  batch->line_numbers[i], ": ", why, "\n");
}

}  // namespace assay::cli
