// Bounds how many batches are worked on or wait at once, so that overload is
// told early instead of eating memory.
//
// Thread safety: all methods may be called concurrently. `granted` callbacks
// run without a lock held.
#ifndef ASSAY_SERVICE_ADMISSION_H_
#define ASSAY_SERVICE_ADMISSION_H_

#include <cstddef>
#include <deque>
#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace assay::service {

class Admission {
 public:
  explicit Admission(size_t max_pending) : max_pending_(max_pending) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Takes a place; false if all are taken or somebody waits for one. The
  // caller releases it.
  bool TryAcquire();
  // Takes a place, now or when one is released, and then calls `granted`: on
  // this thread, or on the one that releases. For streams, whose number of
  // waiting batches is bounded by their back-pressure. First come, first
  // served.
  void AcquireWhenFree(std::function<void()> granted);
  // Gives a place back; may call the next waiter's `granted`.
  void Release();

 private:
  const size_t max_pending_;
  absl::Mutex mutex_;
  size_t pending_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<std::function<void()>> waiters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMISSION_H_
