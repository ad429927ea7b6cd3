// A progress bar on stderr, for people: drawn only where stderr is a terminal,
// at most ten times a second, and wiped before anything else is said.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_CLI_PROGRESS_H_
#define ASSAY_SERVICE_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace assay::cli {

// One state of the bar, without line end. `total_bytes` 0: not known, then
// there are numbers but no bar.
std::string ProgressLine(uint64_t num_items, uint64_t bytes_read,
                         uint64_t total_bytes, absl::Duration elapsed);

class Progress {
 public:
  // Disabled, all methods do nothing.
  Progress(bool enabled, uint64_t total_bytes);
  ~Progress() { Wipe(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(uint64_t num_items, uint64_t bytes_read);
  // Removes the bar from the screen; the next Update draws it again.
  void Wipe();

 private:
  const bool enabled_;
  const uint64_t total_bytes_;
  const absl::Time start_;
  absl::Time next_draw_;
  bool drawn_ = false;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_PROGRESS_H_
