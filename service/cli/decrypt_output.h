// How `assay decrypt` writes its results to stdout. ndjson, per line:
//   {"index":0,"verdict":"VALID","alg":"ECDH-ES","enc":"A128GCM","kid":"k1",
//    "plaintext":"<base64url>"}
// For a token that is not valid, "reason" says why instead; alg, enc and kid
// are told if known. text: the plaintext and a line end; nothing for a token
// that is not valid.
#ifndef ASSAY_SERVICE_CLI_DECRYPT_OUTPUT_H_
#define ASSAY_SERVICE_CLI_DECRYPT_OUTPUT_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/decrypt_reason.h"
#include "core/engine/batch_decrypter.h"
#include "core/jose/encryption_algorithm.h"
#include "service/cli/batch.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

// What became of one token, wherever it was decrypted. Views.
struct DecryptedToken {
  DecryptVerdict verdict = DecryptVerdict::kUnspecified;
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;
  jose::ContentAlgorithm enc = jose::ContentAlgorithm::kUnspecified;
  absl::optional<absl::string_view> kid;
  absl::string_view reason;  // Unless the verdict is kValid.
  // If it is.
  absl::optional<absl::string_view> aad;
  absl::string_view plaintext;
};

DecryptedToken FromEngine(const engine::DecryptResult& result);
// Of a line that was not read whole.
DecryptedToken TooLargeJwe();

// Counts line `i` of the batch, and appends the line of its token, if the form
// has any, with its line end. text tells on stderr what is not valid.
void AppendDecrypted(OutputForm output, size_t i, const DecryptedToken& token,
                     Batch* batch);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_DECRYPT_OUTPUT_H_
