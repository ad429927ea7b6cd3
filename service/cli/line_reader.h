// Lines out of a byte source: LF or CRLF, the last one with or without its
// end; blank lines (nothing but spaces and tabs) are skipped, and a byte order
// mark before the first line. A line above the limit is told about but never
// stored, so memory is bounded by the limit.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_CLI_LINE_READER_H_
#define ASSAY_SERVICE_CLI_LINE_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "service/cli/byte_source.h"

namespace assay::cli {

enum class LineEvent {
  kLine,      // `*line` is the line without its end.
  kTooLong,   // A line above the limit; `*line` is empty.
  kNotReady,  // The source is slow and the caller does not want to wait.
  kEnd,
};

class LineReader {
 public:
  // `max_line_bytes` does not count the line's end.
  LineReader(std::unique_ptr<ByteSource> source, size_t max_line_bytes);

  // The next line that is not blank; `*line` is valid until the next call.
  // Without `wait`, gives up with kNotReady if nothing comes within
  // milliseconds. Errors are the source's.
  absl::StatusOr<LineEvent> Next(bool wait, absl::string_view* line);

  // The number of the line that Next gave last, from 1, blank lines counted.
  uint64_t line_number() const { return line_number_; }

 private:
  // Bytes up to a line's end, or up to the end of what is buffered.
  struct Piece {
    absl::string_view bytes;
    bool ends_line;
  };

  Piece TakePiece();
  void Append(absl::string_view bytes);
  // `text` is the line as it was read.
  LineEvent FinishLine(absl::string_view text, absl::string_view* line);

  std::unique_ptr<ByteSource> source_;
  const size_t max_line_bytes_;
  std::vector<char> buffer_;
  size_t position_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;
  // The line so far, which may hold a CR and a byte order mark more than the
  // limit.
  std::string current_;
  bool has_line_ = false;  // Bytes of a line that has not ended.
  bool too_long_ = false;
  uint64_t line_number_ = 0;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_LINE_READER_H_
