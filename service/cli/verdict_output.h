// How verdicts are written to stdout.
//
// ndjson: one JSON object per line,
//   {"index":0,"verdict":"VALID","alg":"ES256","kid":"k1","claims":{...}}
// where claims is the payload byte for byte, but for line ends between its
// tokens, which become spaces so that a line stays a line. With --form jws,
// "payload" holds the payload in base64url instead. For a token that is not
// valid, "reason" says why, and alg and kid are told if known.
#ifndef ASSAY_SERVICE_CLI_VERDICT_OUTPUT_H_
#define ASSAY_SERVICE_CLI_VERDICT_OUTPUT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"

namespace assay::cli {

enum class OutputForm {
  kNdjson,
  kVerdicts,  // One verdict word per line.
  kSummary,   // Nothing.
  kText,      // `assay decrypt`: plaintexts as they are.
};

// One token's result, wherever it was judged.
struct JudgedToken {
  Verdict verdict = Verdict::kUnspecified;
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  absl::optional<absl::string_view> kid;
  absl::string_view reason;   // Unless valid.
  absl::string_view payload;  // If valid.
};

// The result for a line that was too long to be kept.
JudgedToken TooLargeToken();

// Appends the line, if the form has any, with its line end.
void AppendVerdict(OutputForm output, jose::Form form, uint64_t index,
                   const JudgedToken& token, std::string* out);

// Appends JSON that has been parsed, on one line.
void AppendOneLineJson(absl::string_view json, std::string* out);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_VERDICT_OUTPUT_H_
