#include "service/process/program_path.h"

#include <unistd.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "tools/cpp/runfiles/runfiles.h"

namespace assay::process {

absl::StatusOr<std::string> FindProgram(const std::string& argv0,
                                        absl::string_view program) {
  using bazel::tools::cpp::runfiles::Runfiles;
  std::string error;
  const std::unique_ptr<Runfiles> runfiles(Runfiles::Create(argv0, &error));
  if (runfiles == nullptr) return absl::NotFoundError(error);
  // The first part is the name of the workspace.
  std::string path = runfiles->Rlocation(absl::StrCat("assay/", program));
  if (access(path.c_str(), X_OK) != 0) {
    return absl::NotFoundError(
        absl::StrCat("cannot find ", program, ": start ", argv0,
                     " with ./bazelw run, or from where Bazel built it"));
  }
  return path;
}

}  // namespace assay::process
