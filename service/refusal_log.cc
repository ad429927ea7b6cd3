#include "service/refusal_log.h"

#include <utility>

namespace assay::service {

grpc::Status RefusalLog::Refuse(grpc::Status status, absl::Time now) {
  const uint64_t num_to_tell = Count(status.error_message(), now);
  if (num_to_tell > 0) Tell(status.error_message(), num_to_tell);
  return status;
}

uint64_t RefusalLog::Count(const std::string& reason, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  Tally& tally = tallies_[reason];
  ++tally.num_untold;
  if (now - tally.told < kInterval) return 0;
  tally.told = now;
  return std::exchange(tally.num_untold, 0);
}

void RefusalLog::Flush() {
  std::map<std::string, Tally> tallies;
  {
    absl::MutexLock lock(&mutex_);
    tallies.swap(tallies_);
  }
  for (const auto& [reason, tally] : tallies) {
    if (tally.num_untold > 0) Tell(reason, tally.num_untold);
  }
}

// Not under the lock: standard error may be slow.
void RefusalLog::Tell(const std::string& reason, uint64_t num_calls) {
  log_.Warning("calls_refused", {{"reason", reason}, {"num_calls", num_calls}});
}

}  // namespace assay::service
