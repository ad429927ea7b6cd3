// Tells whether a batch should stop: its deadline has passed or nobody waits
// for the answer. Looked at between chunks.
//
// Thread safety: immutable; any thread may ask.
#ifndef ASSAY_CORE_ENGINE_STOP_SIGNAL_H_
#define ASSAY_CORE_ENGINE_STOP_SIGNAL_H_

#include <atomic>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace assay::engine {

class StopSignal {
 public:
  // `cancelled` may be null and outlives the signal.
  StopSignal(absl::Time deadline, const std::atomic<bool>* cancelled)
      : deadline_(deadline), cancelled_(cancelled) {}

  bool IsCancelled() const {
    return cancelled_ != nullptr && cancelled_->load(std::memory_order_relaxed);
  }
  bool ShouldStop() const {
    return IsCancelled() ||
           (deadline_ != absl::InfiniteFuture() && absl::Now() >= deadline_);
  }

 private:
  const absl::Time deadline_;
  const std::atomic<bool>* const cancelled_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_STOP_SIGNAL_H_
