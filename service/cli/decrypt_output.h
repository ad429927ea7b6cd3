// How `assay decrypt` writes its results to stdout. ndjson, per line:
//   {"index":0,"verdict":"VALID","alg":"ECDH-ES","enc":"A128GCM","kid":"k1",
//    "plaintext":"<base64url>"}
// For a token that is not valid, "reason" says why instead; alg, enc and kid
// are told if known. text: the plaintext and a line end; nothing for a token
// that is not valid.
#ifndef ASSAY_SERVICE_CLI_DECRYPT_OUTPUT_H_
#define ASSAY_SERVICE_CLI_DECRYPT_OUTPUT_H_

#include <cstdint>
#include <string>

#include "core/engine/batch_decrypter.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

// Appends the line, if the form has any, with its line end.
void AppendDecrypted(OutputForm output, uint64_t index,
                     const engine::DecryptResult& result, std::string* out);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_DECRYPT_OUTPUT_H_
