// Fills batches with the lines of files, one file after the other.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_CLI_BATCH_READER_H_
#define ASSAY_SERVICE_CLI_BATCH_READER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "service/cli/batch.h"
#include "service/cli/line_reader.h"
#include "service/cli/stop_signal.h"

namespace assay::cli {

class BatchReader {
 public:
  // `stop` and `bytes_read` outlive the reader.
  BatchReader(std::vector<std::string> paths, size_t max_line_bytes,
              size_t max_batch_lines, const StopSignal* stop,
              std::atomic<uint64_t>* bytes_read);

  // Fills `*batch`, which is given cleared, with at least one line, and with
  // no more than what is there when the input pauses. A batch never spans
  // files. False at the end of the last file. An error names its file; lines
  // before it have been given. CANCELLED after a stop.
  absl::StatusOr<bool> Fill(Batch* batch);

 private:
  absl::Status OpenNext();
  absl::StatusOr<LineEvent> ReadLine(Batch* batch);

  const std::vector<std::string> paths_;
  const size_t max_line_bytes_;
  const size_t max_batch_lines_;
  const StopSignal* const stop_;
  std::atomic<uint64_t>* const bytes_read_;

  size_t next_path_ = 0;
  std::unique_ptr<LineReader> lines_;  // Of paths_[next_path_ - 1].
  std::vector<std::pair<size_t, size_t>> extents_;  // Of lines in the text.
  absl::Status pending_error_;
  uint64_t next_index_ = 0;
  uint64_t next_sequence_ = 0;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_BATCH_READER_H_
