// What the command's exit status means, the same for every subcommand.
#ifndef ASSAY_SERVICE_CLI_EXIT_CODE_H_
#define ASSAY_SERVICE_CLI_EXIT_CODE_H_

namespace assay::cli {

// All tokens are valid, all lines are signed, or there was none.
inline constexpr int kExitOk = 0;
// The command did its work, and some token or line did not pass.
inline constexpr int kExitSomeFailed = 1;
// Usage, configuration or I/O: not everything was looked at.
inline constexpr int kExitError = 2;
// Added to the number of the signal that ended the work early (130: SIGINT).
inline constexpr int kExitSignalBase = 128;

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_EXIT_CODE_H_
