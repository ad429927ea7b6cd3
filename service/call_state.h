// What the engine must know of the call that it works for.
#ifndef ASSAY_SERVICE_CALL_STATE_H_
#define ASSAY_SERVICE_CALL_STATE_H_

#include <atomic>

#include "absl/time/time.h"

namespace assay::service {

struct CallState {
  absl::Time deadline = absl::InfiniteFuture();
  // Becomes true when nobody waits for the answer any more. May be null.
  const std::atomic<bool>* cancelled = nullptr;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_CALL_STATE_H_
