#include "service/cli/encrypt_output.h"

#include "absl/strings/str_cat.h"

namespace assay::cli {

void AppendToken(absl::string_view token, Batch* batch) {
  ++batch->tally[kEncryptedTally];
  absl::StrAppend(&batch->output, token, "\n");
}

void AppendUnencrypted(absl::string_view why, size_t i, Batch* batch) {
  ++batch->tally[0];
  absl::StrAppend(&batch->errors, "assay encrypt: ", batch->source, ":",
                  batch->line_numbers[i], ": ", why, "\n");
}

}  // namespace assay::cli
