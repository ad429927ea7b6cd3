// Logs the calls that the server refuses for its own state (overload, a
// shutdown), at most once a second for each reason: a flood of calls must not
// become a flood of lines.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_REFUSAL_LOG_H_
#define ASSAY_SERVICE_REFUSAL_LOG_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"
#include "service/log.h"

namespace assay::service {

class RefusalLog {
 public:
  static constexpr absl::Duration kInterval = absl::Seconds(1);

  // `log` outlives it.
  explicit RefusalLog(Log* log) : log_(*log) {}
  RefusalLog(const RefusalLog&) = delete;
  RefusalLog& operator=(const RefusalLog&) = delete;

  // Counts one call that is refused with `status`, whose message is the reason
  // and one of a few fixed ones. Returns `status`, for the answer.
  grpc::Status Refuse(grpc::Status status, absl::Time now = absl::Now());

  // Tells what has not been told: for the end.
  void Flush();

 private:
  struct Tally {
    uint64_t num_untold = 0;
    absl::Time told = absl::InfinitePast();
  };

  // Counts one more. Returns how many are to be told now, 0 for none.
  uint64_t Count(const std::string& reason, absl::Time now);
  void Tell(const std::string& reason, uint64_t num_calls);

  Log& log_;
  absl::Mutex mutex_;
  std::map<std::string, Tally> tallies_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_REFUSAL_LOG_H_
