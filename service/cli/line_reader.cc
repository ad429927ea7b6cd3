#include "service/cli/line_reader.h"

#include <cstring>
#include <utility>

#include "absl/strings/strip.h"

namespace assay::cli {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;
// How long a producer may pause before what has come is worked on. A person
// does not notice; `cat FILE |` does not pause that long.
constexpr absl::Duration kPatience = absl::Milliseconds(3);

// A byte order mark: says how the file is encoded, and is no part of a line.
constexpr absl::string_view kUtf8Bom = "\xEF\xBB\xBF";

// A loop over a view that stays in registers: absl's find_first_not_of takes it
// through memory, stored by halves and loaded as one, which stalls.
bool IsBlank(absl::string_view line) {
  for (const char c : line) {
    if (c != ' ' && c != '\t') return false;
  }
  return true;
}

}  // namespace

LineReader::LineReader(std::unique_ptr<ByteSource> source,
                       size_t max_line_bytes)
    : source_(std::move(source)),
      max_line_bytes_(max_line_bytes),
      buffer_(kBufferBytes) {}

absl::StatusOr<LineEvent> LineReader::Next(bool wait, absl::string_view* line) {
  *line = absl::string_view();
  if (!has_line_) current_.clear();  // Else kNotReady came amid a line.
  while (true) {
    if (position_ == end_ && !at_end_) {
      if (!wait && !source_->ReadyWithin(kPatience))
        return LineEvent::kNotReady;
      const absl::StatusOr<size_t> num =
          source_->Read(buffer_.data(), buffer_.size());
      if (!num.ok()) return num.status();
      position_ = 0;
      end_ = *num;
      at_end_ = *num == 0;
    }
    if (position_ == end_ && at_end_ && !has_line_) return LineEvent::kEnd;
    const Piece piece = TakePiece();
    // Most lines lie in the buffer as a whole, and are not copied.
    const bool is_whole = piece.ends_line && !has_line_;
    if (!is_whole) Append(piece.bytes);
    if (!piece.ends_line && !at_end_) continue;
    const LineEvent event = FinishLine(is_whole ? piece.bytes : current_, line);
    if (event == LineEvent::kTooLong || !IsBlank(*line)) return event;
    current_.clear();
  }
}

LineReader::Piece LineReader::TakePiece() {
  const char* begin = buffer_.data() + position_;
  const size_t len = end_ - position_;
  const void* found = len == 0 ? nullptr : std::memchr(begin, '\n', len);
  if (found == nullptr) {
    position_ = end_;
    return {absl::string_view(begin, len), false};
  }
  const size_t line_len = static_cast<const char*>(found) - begin;
  position_ += line_len + 1;
  return {absl::string_view(begin, line_len), true};
}

void LineReader::Append(absl::string_view bytes) {
  has_line_ = true;
  if (current_.size() + bytes.size() > max_line_bytes_ + kUtf8Bom.size() + 1) {
    too_long_ = true;
    current_.clear();
  }
  if (!too_long_) current_.append(bytes.data(), bytes.size());
}

LineEvent LineReader::FinishLine(absl::string_view text,
                                 absl::string_view* line) {
  ++line_number_;
  has_line_ = false;
  if (line_number_ == 1) absl::ConsumePrefix(&text, kUtf8Bom);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  const bool too_long = too_long_ || text.size() > max_line_bytes_;
  too_long_ = false;
  *line = too_long ? absl::string_view() : text;
  return too_long ? LineEvent::kTooLong : LineEvent::kLine;
}

}  // namespace assay::cli
