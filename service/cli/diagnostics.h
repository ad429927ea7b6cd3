// Messages for people, on stderr, each line with the subcommand's name in
// front ("assay verify: ..."), so that stages of a pipe can be told apart.
//
// Thread safety: each call is one write, so lines of threads do not mix.
#ifndef ASSAY_SERVICE_CLI_DIAGNOSTICS_H_
#define ASSAY_SERVICE_CLI_DIAGNOSTICS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace assay::cli {

// Says `message`, which has no full stop and no line end.
void Say(absl::string_view command, absl::string_view message);
// Says the message of `status` (its code is for programs) and returns
// kExitError.
int Fail(absl::string_view command, const absl::Status& status);

// `status` with the name of what it is about in front.
absl::Status Annotate(absl::string_view what, const absl::Status& status);

// Writes all of `bytes` to a file descriptor; interrupted and short writes are
// resumed. The error has errno's text; FAILED_PRECONDITION means
// that the other end of a pipe is closed.
absl::Status WriteAll(int fd, absl::string_view bytes);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_DIAGNOSTICS_H_
