#include "service/admission.h"

#include <utility>

namespace assay::service {

bool Admission::TryAcquire() {
  absl::MutexLock lock(&mutex_);
  if (pending_ >= max_pending_ || !waiters_.empty()) return false;
  ++pending_;
  return true;
}

void Admission::AcquireWhenFree(std::function<void()> granted) {
  {
    absl::MutexLock lock(&mutex_);
    if (pending_ >= max_pending_ || !waiters_.empty()) {
      waiters_.push_back(std::move(granted));
      return;
    }
    ++pending_;
  }
  granted();
}

void Admission::Release() {
  std::function<void()> next;
  {
    absl::MutexLock lock(&mutex_);
    if (waiters_.empty()) {
      --pending_;
      return;
    }
    // The place passes on: pending_ stays.
    next = std::move(waiters_.front());
    waiters_.pop_front();
  }
  next();
}

}  // namespace assay::service
