// The file that --detached names: a payload that stands beside its tokens.
#ifndef ASSAY_SERVICE_CLI_PAYLOAD_FILE_H_
#define ASSAY_SERVICE_CLI_PAYLOAD_FILE_H_

#include <string>

#include "absl/status/statusor.h"

namespace assay::cli {

// All of the file's bytes, as they are. The error names --detached and the
// file: it cannot be read, or has more than kMaxDetachedPayloadBytes.
absl::StatusOr<std::string> ReadPayloadFile(const std::string& path);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_PAYLOAD_FILE_H_
