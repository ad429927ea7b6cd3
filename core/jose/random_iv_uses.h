// How often a secret may be used for AES-GCM with IVs that are drawn at random:
// two tokens with one IV tell what authenticates all tokens of the secret (NIST
// SP 800-38D 8.3 allows 2^32 uses, by which that has a chance of 2^-32).
//
// What other processes and earlier runs did with the secret is not counted.
//
// Thread safety: all methods may be called concurrently. The count orders
// nothing else, so it is relaxed.
#ifndef ASSAY_CORE_JOSE_RANDOM_IV_USES_H_
#define ASSAY_CORE_JOSE_RANDOM_IV_USES_H_

#include <atomic>
#include <cstdint>

namespace assay::jose {

class RandomIvUses {
 public:
  static constexpr uint64_t kMost = uint64_t{1} << 32;

  explicit RandomIvUses(uint64_t most = kMost) : most_(most) {}

  // Counts one use, before it is made. False if there were enough of them.
  bool Take() { return uses_.fetch_add(1, std::memory_order_relaxed) < most_; }

 private:
  const uint64_t most_;
  std::atomic<uint64_t> uses_{0};
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_RANDOM_IV_USES_H_
