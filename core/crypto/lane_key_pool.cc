#include "core/crypto/lane_key_pool.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace assay::crypto {
namespace {

constexpr size_t kFirstSweep = 1024;

class Pool {
 public:
  std::shared_ptr<LaneKey> Intern(std::shared_ptr<LaneKey> fresh) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::weak_ptr<LaneKey>& known = keys_[fresh->Fingerprint()];
    if (auto held = known.lock()) {
      // Two keys of one fingerprint, which nobody will meet, share nothing.
      return held->SameKeyAs(*fresh) ? held : fresh;
    }
    known = fresh;
    if (keys_.size() >= next_sweep_) Sweep();
    return fresh;
  }

 private:
  // Forgets keys that nobody holds any more. Between two sweeps the map at most
  // doubles, so keys that come and go cost a constant each.
  void Sweep() {
    for (auto it = keys_.begin(); it != keys_.end();) {
      const auto here = it++;
      if (here->second.expired()) keys_.erase(here);
    }
    next_sweep_ = std::max(kFirstSweep, 2 * keys_.size());
  }

  std::mutex mutex_;
  // By fingerprint. Under mutex_.
  absl::flat_hash_map<size_t, std::weak_ptr<LaneKey>> keys_;
  size_t next_sweep_ = kFirstSweep;  // Under mutex_.
};

}  // namespace

std::shared_ptr<LaneKey> InternLaneKey(std::shared_ptr<LaneKey> fresh) {
  static Pool* const pool = new Pool;
  return fresh == nullptr ? nullptr : pool->Intern(std::move(fresh));
}

}  // namespace assay::crypto
