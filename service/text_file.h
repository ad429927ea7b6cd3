// Whole files of text: configurations, certificates.
#ifndef ASSAY_SERVICE_TEXT_FILE_H_
#define ASSAY_SERVICE_TEXT_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace assay::service {

// No file that a person or a certificate authority writes is larger.
inline constexpr size_t kMaxTextFileBytes = 16 * 1024 * 1024;

// Reads a file to its end. The error is errno's, and says "cannot read PATH:
// why"; a folder is one, and so is a file above kMaxTextFileBytes. No copy of
// the text is left behind in memory, for it may hold a private key; the caller
// wipes the string.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_TEXT_FILE_H_
