// How many PBKDF2 iterations the tokens of one batch may cost together. Each
// token says itself how many it wants (p2c), so a bound per token alone would
// let a batch take hours (CVE-2023-52428 and its kin).
//
// Thread safety: all threads of a batch may charge one budget. The count orders
// nothing else, so it is relaxed.
#ifndef ASSAY_CORE_JOSE_ITERATION_BUDGET_H_
#define ASSAY_CORE_JOSE_ITERATION_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace assay::jose {

class IterationBudget {
 public:
  explicit IterationBudget(uint64_t iterations) : left_(iterations) {}

  // Takes `iterations`, before they are made. False, and nothing is taken, if
  // fewer are left: a cheaper token may still fit.
  bool Charge(uint64_t iterations) {
    uint64_t left = left_.load(std::memory_order_relaxed);
    do {
      if (left < iterations) return false;
    } while (!left_.compare_exchange_weak(left, left - iterations,
                                          std::memory_order_relaxed));
    return true;
  }

  uint64_t left() const { return left_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> left_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_ITERATION_BUDGET_H_
