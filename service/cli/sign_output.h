// What `assay sign` writes for a line: the token to stdout, or the reason why
// there is none, with the line's place, to stderr.
#ifndef ASSAY_SERVICE_CLI_SIGN_OUTPUT_H_
#define ASSAY_SERVICE_CLI_SIGN_OUTPUT_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "core/engine/batch_signer.h"
#include "service/cli/batch.h"

namespace assay::cli {

// Adds the outcome of line `i` of `*batch` to its output, errors and tally.
// `why` is for people; a line that was too long says so by itself.
void AppendSigned(engine::SignOutcome outcome, absl::string_view why,
                  absl::string_view token, size_t i, Batch* batch);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_SIGN_OUTPUT_H_
