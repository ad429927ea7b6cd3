// How verdicts on nested tokens are written to stdout: as verdict_output.h
// says, and in ndjson for a valid token with its layers, outermost first,
//   "path":[{"alg":"ECDH-ES","enc":"A256GCM","kid":"e"},
//           {"alg":"ES256","kid":"s"}]
// alg and kid of the line are those of the last one, which signs the claims. Of
// a token that is not valid, nothing of its headers is told.
#ifndef ASSAY_SERVICE_CLI_NESTED_OUTPUT_H_
#define ASSAY_SERVICE_CLI_NESTED_OUTPUT_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "core/engine/nested_verifier.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

// A nested token's result, wherever it was judged. Views.
struct JudgedNested {
  JudgedToken token;  // alg and kid only if it is valid, as the path.
  absl::Span<const engine::NestedLayer> path;
};

// Appends the line, if the form has any, with its line end.
void AppendNestedVerdict(OutputForm output, uint64_t index,
                         const JudgedNested& judged, std::string* out);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_NESTED_OUTPUT_H_
