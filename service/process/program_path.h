// Finds programs of this workspace at run time, among a program's runfiles.
#ifndef ASSAY_SERVICE_PROCESS_PROGRAM_PATH_H_
#define ASSAY_SERVICE_PROCESS_PROGRAM_PATH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace assay::process {

// The path of `program` ("service/assayd"), which is in `data` of the caller's
// target. `argv0` is the caller's own. NOT_FOUND if it is not there.
absl::StatusOr<std::string> FindProgram(const std::string& argv0,
                                        absl::string_view program);

}  // namespace assay::process

#endif  // ASSAY_SERVICE_PROCESS_PROGRAM_PATH_H_
