// What the engine must know of the call that it works for.
#ifndef ASSAY_SERVICE_CALL_STATE_H_
#define ASSAY_SERVICE_CALL_STATE_H_

#include <algorithm>
#include <atomic>

#include "absl/time/time.h"

namespace assay::service {

struct CallState {
  // See WorkDeadline.
  absl::Time deadline = absl::InfiniteFuture();
  // Becomes true when nobody waits for the answer any more. May be null.
  const std::atomic<bool>* cancelled = nullptr;
};

// Until when to work for a client that gives up at `deadline`: some of the time
// that is left at `now` is for the answer to travel, so that the client gets
// what was done by then, and not nothing at all.
inline absl::Time WorkDeadline(absl::Time deadline, absl::Time now) {
  constexpr absl::Duration kMostForTheWay = absl::Seconds(1);
  if (deadline == absl::InfiniteFuture() || deadline <= now) return deadline;
  return deadline - std::min((deadline - now) / 8, kMostForTheWay);
}

}  // namespace assay::service

#endif  // ASSAY_SERVICE_CALL_STATE_H_
