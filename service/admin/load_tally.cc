#include "service/admin/load_tally.h"

namespace assay::service {

void LoadTally::Count(const keys::ReloadEvent& event) {
  const std::lock_guard<std::mutex> lock(mutex_);
  LoadCounts& counts = counts_[event.key_set];
  counts.last_failed = !event.status.ok();
  if (counts.last_failed) {
    ++counts.failed;
  } else if (event.changed) {
    ++counts.changed;
  } else {
    ++counts.unchanged;
  }
}

LoadCounts LoadTally::Of(absl::string_view key_set) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = counts_.find(key_set);
  return found == counts_.end() ? LoadCounts() : found->second;
}

}  // namespace assay::service
