// A public key in the form that its kernel wants and, once it is hot, a table
// of its multiples, with which a signature costs a third or less.
//
// Concurrency contract
//  - The key itself is immutable.
//  - The table comes and goes while others verify. Readers load its pointer
//    (acquire, paired with the release in ExchangeTable) inside of a read-side
//    section of the key cache (core/keys/rcu.h) and use it to the end of that
//    section. keys::TableKeeper exchanges it, and frees what it got back after
//    a grace period.
//  - The uses are counted by plain loads and stores of one atomic: a count that
//    is lost to a race costs a table that comes a moment later.
#ifndef ASSAY_CORE_CRYPTO_LANE_KEY_H_
#define ASSAY_CORE_CRYPTO_LANE_KEY_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/crypto/key_material.h"
#include "core/crypto/lane.h"
#include "core/simd/kernels.h"

namespace assay::crypto {

// Memory for kernels: aligned to 64 bytes, to a page and huge pages where it is
// large.
struct KernelMemoryDeleter {
  void operator()(void* memory) const;
};
using KernelMemory = std::unique_ptr<void, KernelMemoryDeleter>;
KernelMemory AllocateKernelMemory(size_t len);

class LaneKey;

// Immutable once built.
class KeyTable {
 public:
  // Null if the kernel cannot build one, or memory is short. Takes a fraction
  // of a millisecond to some milliseconds.
  static std::unique_ptr<const KeyTable> Build(const LaneKey& key,
                                               int window_bits);

  int window_bits() const { return window_bits_; }
  const void* data() const { return memory_.get(); }
  size_t len() const { return len_; }

 private:
  KeyTable() = default;

  int window_bits_ = 0;
  size_t len_ = 0;
  KernelMemory memory_;
};

class LaneKey {
 public:
  // Null if no kernel takes the key: another kind, size or exponent.
  static std::shared_ptr<LaneKey> Create(const KeyMaterial& key,
                                         const simd::Kernels& kernels);
  ~LaneKey();
  LaneKey(const LaneKey&) = delete;
  LaneKey& operator=(const LaneKey&) = delete;

  Lane lane() const { return lane_; }
  const void* prepared() const { return prepared_.get(); }
  // The 32 bytes of an Ed25519 key as they are hashed (RFC 8032 5.1.2).
  const uint8_t* encoded_ed25519() const { return encoded_ed25519_; }
  // Whether both are of one public key and one kernel, so that a table of one
  // is a table of the other.
  bool SameKeyAs(const LaneKey& other) const;
  // Equal for the same key.
  size_t Fingerprint() const;

  // Window sizes that tables may have, smallest first, ended by 0; null if the
  // kernel has no tables (RSA).
  const int* window_sizes() const;
  size_t TableLen(int window_bits) const;

  // Null while there is none. See the contract above.
  const KeyTable* table() const {
    return table_.load(std::memory_order_acquire);
  }
  // For TableKeeper alone: the caller owns what comes back, which readers may
  // still be using.
  std::unique_ptr<const KeyTable> ExchangeTable(
      std::unique_ptr<const KeyTable> table);

  // How often the key was used lately; keys::TableKeeper says what it means.
  std::atomic<uint64_t>& use_counter() const { return use_counter_; }
  // Whether a table has been asked for and not come yet.
  std::atomic<bool>& table_requested() const { return table_requested_; }

 private:
  friend class KeyTable;
  LaneKey() = default;

  Lane lane_ = Lane::kNone;
  const simd::Ed25519Kernel* ed25519_ = nullptr;  // For its lane.
  const simd::EcdsaKernel* ecdsa_ = nullptr;      // For its lanes.
  KernelMemory prepared_;
  size_t prepared_len_ = 0;
  uint8_t encoded_ed25519_[32] = {};
  std::atomic<const KeyTable*> table_{nullptr};  // Owned.
  mutable std::atomic<uint64_t> use_counter_{0};
  mutable std::atomic<bool> table_requested_{false};
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_LANE_KEY_H_
