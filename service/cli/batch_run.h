// Runs a worker over the lines of files: a thread reads, the worker answers,
// and this thread writes the answers in order to stdout and stderr.
#ifndef ASSAY_SERVICE_CLI_BATCH_RUN_H_
#define ASSAY_SERVICE_CLI_BATCH_RUN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/cli/batch.h"
#include "service/cli/batch_worker.h"

namespace assay::cli {

struct BatchRunOptions {
  std::string command;             // For messages: "verify".
  std::vector<std::string> paths;  // Empty: standard input.
  size_t max_line_bytes = 0;
  bool writes_lines = true;  // Whether lines go to stdout while it runs.
};

// What was done.
struct BatchRunReport {
  Tally tally = {};
  uint64_t num_lines = 0;  // That were answered; blank ones do not count.
  absl::Duration elapsed;
  // Why not everything was done; everything was if all are OK.
  absl::Status input;
  absl::Status work;
  absl::Status output;
  int signal = 0;  // That ended it early, or 0.

  bool complete() const {
    return signal == 0 && input.ok() && work.ok() && output.ok();
  }
};

// Catches SIGINT and SIGTERM: reading stops, what has been read is answered
// and written. A closed stdout is an output error.
BatchRunReport RunBatches(const BatchRunOptions& options, BatchWorker& worker);

// Says on stderr why a run was not complete, if so, and returns the exit code.
// `all_passed` says whether every answered line passed.
int FinishRun(const BatchRunOptions& options, const BatchRunReport& report,
              bool all_passed);

// Whether all files can be opened, before any work starts; the error names the
// first that cannot. Standard input is read at most once: not at all (which is
// the case for no paths) where `stdin_taken` says that keys come from it.
absl::Status CheckInputs(const std::vector<std::string>& paths,
                         bool stdin_taken);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_BATCH_RUN_H_
