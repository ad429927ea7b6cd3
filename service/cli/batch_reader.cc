#include "service/cli/batch_reader.h"

#include "service/cli/diagnostics.h"

namespace assay::cli {
namespace {

std::string DisplayName(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

}  // namespace

BatchReader::BatchReader(std::vector<std::string> paths, size_t max_line_bytes,
                         size_t max_batch_lines, const StopSignal* stop,
                         std::atomic<uint64_t>* bytes_read)
    : paths_(std::move(paths)),
      max_line_bytes_(max_line_bytes),
      max_batch_lines_(max_batch_lines),
      stop_(stop),
      bytes_read_(bytes_read) {}

absl::StatusOr<bool> BatchReader::Fill(Batch* batch) {
  extents_.clear();
  while (pending_error_.ok() && extents_.size() < max_batch_lines_ &&
         batch->text.size() < kMaxBatchBytes) {
    if (lines_ == nullptr) {
      if (next_path_ == paths_.size() || !extents_.empty()) break;
      pending_error_ = OpenNext();
      continue;
    }
    const absl::StatusOr<LineEvent> event = ReadLine(batch);
    if (!event.ok()) {
      pending_error_ =
          Annotate(DisplayName(paths_[next_path_ - 1]), event.status());
    } else if (*event == LineEvent::kNotReady) {
      break;
    } else if (*event == LineEvent::kEnd) {
      lines_.reset();
    }
  }
  if (extents_.empty()) {
    if (!pending_error_.ok()) return pending_error_;
    return false;
  }
  for (const auto& [offset, len] : extents_) {
    batch->lines.emplace_back(batch->text.data() + offset, len);
  }
  batch->source = DisplayName(paths_[next_path_ - 1]);
  batch->sequence = next_sequence_++;
  batch->first_index = next_index_;
  next_index_ += extents_.size();
  return true;
}

absl::Status BatchReader::OpenNext() {
  const std::string& path = paths_[next_path_++];
  absl::StatusOr<std::unique_ptr<ByteSource>> source =
      OpenByteSource(path, stop_, bytes_read_);
  if (!source.ok()) return Annotate(DisplayName(path), source.status());
  lines_ = std::make_unique<LineReader>(*std::move(source), max_line_bytes_);
  return absl::OkStatus();
}

absl::StatusOr<LineEvent> BatchReader::ReadLine(Batch* batch) {
  absl::string_view line;
  const bool wait = extents_.empty();
  const absl::StatusOr<LineEvent> event = lines_->Next(wait, &line);
  if (!event.ok()) return event;
  if (*event == LineEvent::kLine || *event == LineEvent::kTooLong) {
    extents_.emplace_back(batch->text.size(), line.size());
    batch->text.append(line.data(), line.size());
    batch->line_numbers.push_back(lines_->line_number());
    batch->too_long.push_back(*event == LineEvent::kTooLong);
  }
  return event;
}

}  // namespace assay::cli
