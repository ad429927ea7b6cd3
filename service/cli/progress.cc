#include "service/cli/progress.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "service/cli/diagnostics.h"

namespace assay::cli {
namespace {

constexpr int kBarWidth = 30;
constexpr absl::Duration kDrawInterval = absl::Milliseconds(100);
// To the start of the line, and clear it.
constexpr absl::string_view kWipe = "\r\x1b[K";

std::string Bar(double fraction) {
  const int filled = static_cast<int>(fraction * kBarWidth);
  return absl::StrFormat("[%s%s] %3.0f%%  ", std::string(filled, '#'),
                         std::string(kBarWidth - filled, '.'), fraction * 100);
}

}  // namespace

std::string ProgressLine(uint64_t num_items, uint64_t bytes_read,
                         uint64_t total_bytes, absl::Duration elapsed) {
  std::string line;
  if (total_bytes > 0) {
    line = Bar(std::min(1.0, static_cast<double>(bytes_read) / total_bytes));
  }
  const double seconds = std::max(1e-3, absl::ToDoubleSeconds(elapsed));
  absl::StrAppendFormat(&line, "%d done  %.0f/s", num_items,
                        num_items / seconds);
  return line;
}

Progress::Progress(bool enabled, uint64_t total_bytes)
    : enabled_(enabled),
      total_bytes_(total_bytes),
      start_(absl::Now()),
      next_draw_(start_ + kDrawInterval) {}

void Progress::Update(uint64_t num_items, uint64_t bytes_read) {
  if (!enabled_) return;
  const absl::Time now = absl::Now();
  if (now < next_draw_) return;
  next_draw_ = now + kDrawInterval;
  drawn_ = true;
  const std::string line =
      ProgressLine(num_items, bytes_read, total_bytes_, now - start_);
  WriteAll(STDERR_FILENO, absl::StrCat(kWipe, line)).IgnoreError();
}

void Progress::Wipe() {
  if (drawn_) WriteAll(STDERR_FILENO, kWipe).IgnoreError();
  drawn_ = false;
}

}  // namespace assay::cli
