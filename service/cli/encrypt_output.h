// How `assay encrypt` writes its results: a line for each token to stdout, a
// line to stderr for each plaintext that has none.
#ifndef ASSAY_SERVICE_CLI_ENCRYPT_OUTPUT_H_
#define ASSAY_SERVICE_CLI_ENCRYPT_OUTPUT_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "service/cli/batch.h"

namespace assay::cli {

// Where the tally of an encrypter counts lines that became tokens; others count
// at 0.
inline constexpr size_t kEncryptedTally = 1;

// What a line may be wrong about before anybody encrypts it.
inline constexpr absl::string_view kLineTooLarge =
    "the line is larger than the limit";
inline constexpr absl::string_view kLineNotBase64Url =
    "the line is not unpadded base64url";

// The next line of the batch has become `token`.
void AppendToken(absl::string_view token, Batch* batch);
// Line `i` of the batch has no token: `why`.
void AppendUnencrypted(absl::string_view why, size_t i, Batch* batch);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_ENCRYPT_OUTPUT_H_
