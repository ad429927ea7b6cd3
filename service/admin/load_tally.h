// Counts how the loads of each key set ended.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_ADMIN_LOAD_TALLY_H_
#define ASSAY_SERVICE_ADMIN_LOAD_TALLY_H_

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/keys/key_reloader.h"

namespace assay::service {

struct LoadCounts {
  uint64_t changed = 0;    // A new snapshot came into use.
  uint64_t unchanged = 0;  // The files were what they had been.
  uint64_t failed = 0;     // The old snapshot was kept.
  bool last_failed = false;
};

// As many entries as there are key sets in the configuration.
class LoadTally {
 public:
  void Count(const keys::ReloadEvent& event);
  // All zero for a name that was never loaded.
  LoadCounts Of(absl::string_view key_set) const;

 private:
  mutable std::mutex mutex_;
  // Under mutex_:
  absl::flat_hash_map<std::string, LoadCounts> counts_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_LOAD_TALLY_H_
