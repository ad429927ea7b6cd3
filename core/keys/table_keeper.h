// Gives hot keys tables, within one memory budget for all of them.
//
// A table makes a signature three to ten times cheaper and costs 10 KiB to some
// MiB, and a fraction of a millisecond or more to build: worth it for a key
// that is used again and again, a loss for one that is seen once. So uses are
// counted; a key that was used often lately gets a small table, one that is
// used more a larger one; when the budget is full, a table goes that is worth
// clearly less per byte than the one that comes.
//
// Concurrency contract
//  - Used may be called concurrently, inside of the key cache's read-side
//    sections: it takes a lock only when it asks for a table, at most once per
//    key and size.
//  - One thread of the keeper's own builds, publishes and retires tables.
//    Verifications never wait for it. It frees what it retires after a grace
//    period (rcu.h), and holds no section itself.
//  - The keeper owns no table: they belong to their keys, and go with them.
//  - A process has one keeper as a rule. Where there are several, they may
//  serve
//    the same key: who replaces a table retires it, whoever built it.
#ifndef ASSAY_CORE_KEYS_TABLE_KEEPER_H_
#define ASSAY_CORE_KEYS_TABLE_KEEPER_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "core/crypto/lane_key.h"

namespace assay::keys {

class TableKeeper {
 public:
  // `budget_bytes` bounds the tables of all keys together; 0: no tables.
  explicit TableKeeper(size_t budget_bytes);
  // Tables stay with their keys.
  ~TableKeeper();
  TableKeeper(const TableKeeper&) = delete;
  TableKeeper& operator=(const TableKeeper&) = delete;

  // `num_uses` more signatures were checked under `key` at about `now`.
  void Used(const std::shared_ptr<crypto::LaneKey>& key, uint32_t num_uses,
            absl::Time now);

  struct Counts {
    size_t tables = 0;  // That exist now, and their bytes.
    size_t bytes = 0;
    uint64_t built = 0;    // Since the start.
    uint64_t retired = 0;  // For others, or for a larger one of the same key.
    uint64_t refused = 0;  // For want of room.
  };
  Counts counts() const;

  // Waits until every table asked for so far has been built or refused.
  void WaitUntilIdleForTest();

  // How many uses within the memory of the counters ask for the smallest table,
  // the next, and so on. The first pays for itself after some 12 to 44 uses
  // against the kernels' path without tables (//bench:kernels).
  static constexpr uint32_t kUsesForTable[] = {32, 256, 2048};
  // Counts halve with every period.
  static constexpr absl::Duration kHalfLife = absl::Seconds(8);

 private:
  // A key that has a table.
  struct Holder {
    std::weak_ptr<crypto::LaneKey> key;
    size_t bytes;
  };
  // A table that could make room, and what it is worth per byte.
  struct Candidate {
    double worth;
    size_t holder;
  };
  using Retired = std::vector<std::unique_ptr<const crypto::KeyTable>>;

  bool Ask(const std::shared_ptr<crypto::LaneKey>& key);
  void Run();
  void Serve(const std::shared_ptr<crypto::LaneKey>& key);
  bool GiveTable(const std::shared_ptr<crypto::LaneKey>& key, int window_bits);
  bool MakeRoom(const crypto::LaneKey& key, size_t needed);
  std::vector<Candidate> CandidatesBelow(double worth,
                                         const crypto::LaneKey& but) const;
  void Refuse(const std::shared_ptr<crypto::LaneKey>& key);
  void ForgiveRefused();
  void DropDeadHolders();
  void Retire(Retired tables);
  void CountTables();
  size_t BytesInUse() const;
  uint32_t Period() const;

  const size_t budget_bytes_;
  // The latest period that Used was told of: the keeper has no clock.
  std::atomic<uint32_t> period_{0};

  // Touched by the keeper's thread alone, but for counts_.
  std::vector<Holder> holders_;
  // Keys that were refused in refusal_period_: they may ask again in the next.
  std::vector<std::weak_ptr<crypto::LaneKey>> refused_;
  uint32_t refusal_period_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable work_arrived_;
  std::condition_variable became_idle_;
  // Under mutex_:
  std::deque<std::weak_ptr<crypto::LaneKey>> asked_;
  Counts counts_;
  bool is_busy_ = false;
  bool is_stopping_ = false;

  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_TABLE_KEEPER_H_
