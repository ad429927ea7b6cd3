// The time, injected: every component that judges time takes a Clock or an
// absl::Time, so that tests and jobs over old tokens choose the moment.
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_BASE_CLOCK_H_
#define ASSAY_CORE_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace assay {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;

  // The machine's clock. Never null, never destroyed.
  static const Clock* System();
};

// A clock that stands still until it is told otherwise. For tests.
class FakeClock : public Clock {
 public:
  explicit FakeClock(absl::Time now) { Set(now); }
  absl::Time Now() const override {
    return absl::FromUnixNanos(nanos_.load(std::memory_order_relaxed));
  }
  void Set(absl::Time now) {
    nanos_.store(absl::ToUnixNanos(now), std::memory_order_relaxed);
  }
  void Advance(absl::Duration by) { Set(Now() + by); }

 private:
  std::atomic<int64_t> nanos_{0};
};

}  // namespace assay

#endif  // ASSAY_CORE_BASE_CLOCK_H_
