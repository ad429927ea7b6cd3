// Whether a lane has been tested, and what happened in it. Part of
// LaneVerifier.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_LANE_STATE_H_
#define ASSAY_CORE_CRYPTO_LANE_STATE_H_

#include <atomic>
#include <cstdint>
#include <mutex>

#include "core/crypto/lane_verifier.h"

namespace assay::crypto {

struct LaneVerifier::LaneState {
  // Release when it changes, acquire when it is read: who sees that a lane has
  // been tested sees what its test has built, and whether it failed.
  std::atomic<bool> is_tested{false};
  std::atomic<uint32_t> checks_seen{0};  // Before the test.
  std::mutex testing;  // One thread tests; the others wait for it.

  // The LaneFault that switched the lane off, or kNoFault. Set before the
  // lane's bit in off_lanes_, which orders it: who sees the bit sees this.
  static constexpr int kNoFault = -1;
  std::atomic<int> fault{kNoFault};

  // Counts are for people: each is exact, together they may be of different
  // moments.
  std::atomic<uint64_t> checks{0}, undecided{0}, confirmed{0}, rechecked{0},
      mismatches{0};

  void Add(const LaneCounts& counts) {
    Add(&checks, counts.checks);
    Add(&undecided, counts.undecided);
    Add(&confirmed, counts.confirmed);
    Add(&rechecked, counts.rechecked);
    Add(&mismatches, counts.mismatches);
  }

 private:
  static void Add(std::atomic<uint64_t>* total, uint64_t num) {
    if (num > 0) total->fetch_add(num, std::memory_order_relaxed);
  }
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_LANE_STATE_H_
