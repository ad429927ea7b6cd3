// A progress bar on standard error, where that is a terminal; nothing
// elsewhere.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_QUICKSTART_PROGRESS_BAR_H_
#define ASSAY_SERVICE_QUICKSTART_PROGRESS_BAR_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace assay::quickstart {

// One state of the bar, without line end. `done` is at most `total`.
std::string BarText(absl::string_view label, size_t done, size_t total);

class ProgressBar {
 public:
  // `total` steps in all; with `enabled` false nothing is drawn.
  ProgressBar(bool enabled, size_t total);
  // Wipes the bar.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // What is being done now, drawn at once.
  void SetLabel(absl::string_view label);
  // Counts `num` steps; drawn at most ten times a second.
  void Advance(size_t num);

 private:
  void Draw();

  const bool enabled_;
  const size_t total_;
  size_t done_ = 0;
  std::string label_;
  absl::Time next_draw_ = absl::InfinitePast();
};

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_PROGRESS_BAR_H_
