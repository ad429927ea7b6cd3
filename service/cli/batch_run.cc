#include "service/cli/batch_run.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/cli/batch_reader.h"
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/progress.h"
#include "service/cli/stop_signal.h"

namespace assay::cli {
namespace {

// Bytes of all files; 0 if one is not a regular file.
uint64_t TotalBytes(const std::vector<std::string>& paths) {
  uint64_t total = 0;
  for (const std::string& path : paths) {
    struct stat info;
    const int result =
        path == "-" ? fstat(STDIN_FILENO, &info) : stat(path.c_str(), &info);
    if (result != 0 || !S_ISREG(info.st_mode)) return 0;
    total += static_cast<uint64_t>(info.st_size);
  }
  return total;
}

// A bar is in the way where lines go to the same screen, and where somebody
// types them.
bool WantsProgress(const BatchRunOptions& options,
                   const std::vector<std::string>& paths) {
  const bool reads_stdin =
      std::find(paths.begin(), paths.end(), "-") != paths.end();
  return isatty(STDERR_FILENO) &&
         !(options.writes_lines && isatty(STDOUT_FILENO)) &&
         !(reads_stdin && isatty(STDIN_FILENO));
}

absl::Status ReadAll(BatchReader& reader, const StopSignal& stop,
                     BatchPipeline& pipeline) {
  while (std::unique_ptr<Batch> batch = pipeline.TakeEmpty()) {
    if (stop.requested()) return absl::CancelledError("stopped");
    const absl::StatusOr<bool> filled = reader.Fill(batch.get());
    if (!filled.ok() || !*filled) {
      pipeline.EndOfInput();
      return filled.status();
    }
    pipeline.PutRead(std::move(batch));
  }
  return absl::OkStatus();
}

class Writer {
 public:
  Writer(Progress* progress, BatchRunReport* report)
      : progress_(*progress), report_(*report) {}

  absl::Status Write(const Batch& batch, uint64_t bytes_read) {
    if (!batch.errors.empty()) {
      progress_.Wipe();
      WriteAll(STDERR_FILENO, batch.errors).IgnoreError();
    }
    const absl::Status status = WriteAll(STDOUT_FILENO, batch.output);
    if (!status.ok()) return status;
    report_.num_lines += batch.lines.size();
    for (size_t i = 0; i < batch.tally.size(); ++i) {
      report_.tally[i] += batch.tally[i];
    }
    progress_.Update(report_.num_lines, bytes_read);
    return absl::OkStatus();
  }

 private:
  Progress& progress_;
  BatchRunReport& report_;
};

}  // namespace

BatchRunReport RunBatches(const BatchRunOptions& options, BatchWorker& worker) {
  // Never freed: a signal may come until the very end.
  static StopSignal* const stop = new StopSignal;
  stop->CatchSignals();
  signal(SIGPIPE, SIG_IGN);

  std::vector<std::string> paths = options.paths;
  if (paths.empty()) paths.push_back("-");
  std::atomic<uint64_t> bytes_read{0};
  Progress progress(WantsProgress(options, paths), TotalBytes(paths));
  BatchReader reader(std::move(paths), options.max_line_bytes,
                     worker.max_batch_lines(), stop, &bytes_read);
  // One being read and one being written, beside those worked on.
  BatchPipeline pipeline(worker.num_batches() + 2);
  BatchRunReport report;
  const absl::Time start = absl::Now();

  std::thread read_thread([&] {
    report.input = ReadAll(reader, *stop, pipeline);
    // After a signal, only what is under way is finished.
    if (absl::IsCancelled(report.input)) pipeline.StopWork();
  });
  std::thread work_thread([&] {
    report.work = worker.Run(pipeline);
    pipeline.StopWork();
    if (!report.work.ok()) stop->Request(0);  // The reader may wait for input.
    pipeline.EndOfWork();
  });
  Writer writer(&progress, &report);
  while (std::unique_ptr<Batch> batch = pipeline.TakeAnswered()) {
    if (report.output.ok()) report.output = writer.Write(*batch, bytes_read);
    if (!report.output.ok()) {
      pipeline.StopWork();
      stop->Request(0);
    }
    pipeline.PutEmpty(std::move(batch));
  }
  read_thread.join();
  work_thread.join();
  report.elapsed = absl::Now() - start;
  report.signal = stop->signal();
  if (absl::IsCancelled(report.input)) report.input = absl::OkStatus();
  return report;
}

int FinishRun(const BatchRunOptions& options, const BatchRunReport& report,
              bool all_passed) {
  for (const absl::Status& status : {report.input, report.work}) {
    if (!status.ok()) Say(options.command, status.message());
  }
  // Whoever closed the pipe (head, less) knows, and wants no comment.
  if (!report.output.ok() && !absl::IsFailedPrecondition(report.output)) {
    Say(options.command,
        absl::StrCat("standard output: ", report.output.message()));
  }
  if (report.signal != 0) {
    Say(options.command, "stopped by a signal; the rest was not looked at");
    return kExitSignalBase + report.signal;
  }
  if (!report.complete()) return kExitError;
  return all_passed ? kExitOk : kExitSomeFailed;
}

absl::Status CheckInputs(const std::vector<std::string>& paths,
                         bool stdin_taken) {
  const auto num_stdin =
      paths.empty() ? 1 : std::count(paths.begin(), paths.end(), "-");
  if (num_stdin + (stdin_taken ? 1 : 0) > 1) {
    return absl::InvalidArgumentError(
        stdin_taken ? "keys come from standard input, so lines cannot: name a "
                      "file of lines"
                    : "- (standard input) is given twice");
  }
  for (const std::string& path : paths) {
    if (path != "-" && access(path.c_str(), R_OK) != 0) {
      return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot open"));
    }
  }
  return absl::OkStatus();
}

}  // namespace assay::cli
