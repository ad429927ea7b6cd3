// How verdicts on JWS with several signatures, or without a payload of their
// own, are written to stdout: as verdict_output.h says, and in ndjson with
//   "signatures":[{"verdict":"VALID","alg":"ES256","kid":"k1"},
//                 {"verdict":"INVALID_SIGNATURE","reason":"..."}]
// for a JWS in JSON, in the order of the token. Of a signature that is not
// valid, nothing of its header is told.
#ifndef ASSAY_SERVICE_CLI_JWS_OUTPUT_H_
#define ASSAY_SERVICE_CLI_JWS_OUTPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "service/cli/verdict_output.h"

namespace assay::cli {

struct JudgedJws {
  JudgedToken token;
  std::vector<JudgedToken> signatures;
};

// What a line holds beyond the verdict.
struct JwsOutputOptions {
  OutputForm output = OutputForm::kNdjson;
  bool has_signatures = false;  // A list of them, whatever its length.
  bool has_payload = true;      // Not of a detached one: who asks has it.
};

// Appends the line, if the form has any, with its line end.
void AppendJwsVerdict(const JwsOutputOptions& options, uint64_t index,
                      const JudgedJws& jws, std::string* out);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_JWS_OUTPUT_H_
