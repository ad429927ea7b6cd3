#include "service/cli/diagnostics.h"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/cli/exit_code.h"

namespace assay::cli {

void Say(absl::string_view command, absl::string_view message) {
  // Nothing is left to tell the user with if stderr itself is broken.
  WriteAll(STDERR_FILENO, absl::StrCat("assay ", command, ": ", message, "\n"))
      .IgnoreError();
}

int Fail(absl::string_view command, const absl::Status& status) {
  Say(command, status.message());
  return kExitError;
}

absl::Status Annotate(absl::string_view what, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(what, ": ", status.message()));
}

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::ErrnoToStatus(errno, "cannot write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace assay::cli
