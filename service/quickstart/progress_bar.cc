#include "service/quickstart/progress_bar.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace assay::quickstart {
namespace {

constexpr size_t kBarWidth = 40;
constexpr absl::Duration kDrawInterval = absl::Milliseconds(100);
// To the start of the line, and clear it.
constexpr char kWipe[] = "\r\x1b[K";

}  // namespace

std::string BarText(absl::string_view label, size_t done, size_t total) {
  const size_t filled = total == 0 ? kBarWidth : kBarWidth * done / total;
  return absl::StrFormat("[%s%s] %3d%%  %s", std::string(filled, '#'),
                         std::string(kBarWidth - filled, '.'),
                         total == 0 ? 100 : 100 * done / total, label);
}

ProgressBar::ProgressBar(bool enabled, size_t total)
    : enabled_(enabled), total_(total) {}

ProgressBar::~ProgressBar() {
  if (enabled_) std::fputs(kWipe, stderr);
}

void ProgressBar::SetLabel(absl::string_view label) {
  label_ = std::string(label);
  Draw();
}

void ProgressBar::Advance(size_t num) {
  done_ = std::min(total_, done_ + num);
  if (absl::Now() >= next_draw_) Draw();
}

void ProgressBar::Draw() {
  if (!enabled_) return;
  next_draw_ = absl::Now() + kDrawInterval;
  std::fprintf(stderr, "%s%s", kWipe, BarText(label_, done_, total_).c_str());
  std::fflush(stderr);
}

}  // namespace assay::quickstart
