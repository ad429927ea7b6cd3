// Knows what is in flight, and brings it to an end when the server shuts down:
// first politely (long calls are told to finish), then by force.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_DRAIN_H_
#define ASSAY_SERVICE_DRAIN_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "absl/time/time.h"

namespace assay::service {

// A call that lives long enough to be told about a shutdown.
class Drainable {
 public:
  virtual ~Drainable() = default;
  // Finish soon: answer what the client has sent, take nothing more after it
  // half-closes. Called at most once.
  virtual void OnDrain() = 0;
  // Finish now, with UNAVAILABLE. Called at most once.
  virtual void OnForce() = 0;
};

class Drain {
 public:
  Drain() = default;
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  // Counts a call in. False once draining: the caller refuses the call. Each
  // success is matched by Leave.
  bool TryEnter();
  void Leave();

  // As TryEnter, for a call that wants to be told. `call` hears of the drain
  // only while it lives. Matched by LeaveTold with the same pointer.
  bool TryEnterTold(const std::shared_ptr<Drainable>& call);
  void LeaveTold(const Drainable* call);

  // From here on new calls are refused and the told ones are told to finish.
  void Begin();
  // Tells the told ones to end now, and ends WaitIdle.
  void Force();
  // Waits until nothing is in flight (true), or until `deadline` or Force.
  bool WaitIdle(absl::Time deadline);

  bool draining() const { return draining_.load(std::memory_order_seq_cst); }

 private:
  std::vector<std::shared_ptr<Drainable>> ToldCalls();

  // A call counts itself in before it looks at draining_; Begin sets draining_
  // before WaitIdle looks at the count. Both are seq_cst, so that one of the
  // two sees the other.
  std::atomic<bool> draining_{false};
  std::atomic<size_t> num_in_flight_{0};

  // std's, which ThreadSanitizer sees. Notified when WaitIdle may have ended.
  std::mutex mutex_;
  std::condition_variable settled_;
  // Under mutex_:
  bool forced_ = false;
  std::unordered_map<const Drainable*, std::weak_ptr<Drainable>> told_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_DRAIN_H_
