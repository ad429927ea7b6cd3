// The key sets that a process knows, by name: read without locks on every
// batch, replaced whole when a source changes.
//
// Concurrency contract
//  - Readers make a ReadGuard and look up names through it. What they get
//    lives at least as long as the guard. A reader takes no lock, touches no
//    reference count shared between threads and does no atomic
//    read-modify-write: an RCU read-side section (liburcu, "bulletproof"
//    flavour, which registers threads by itself) and one acquire load.
//  - A guard stays on the thread that made it. Other threads may use its key
//    sets while it lives (a batch's owner holds it for the workers). Guards
//    nest. A thread that holds one must not call Publish, which waits for it:
//    it aborts the process instead of hanging.
//  - Writers are serialised by a mutex, build a new directory, publish it by a
//    release store (pairs with the readers' acquire load), wait for a grace
//    period (every guard that might have seen the old directory is gone), and
//    free it. So at most one retired generation exists at a time, and memory
//    is bounded by writers' patience, not by luck.
#ifndef ASSAY_CORE_KEYS_KEY_CACHE_H_
#define ASSAY_CORE_KEYS_KEY_CACHE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/keys/key_set.h"

namespace assay::keys {

class KeyCache {
 private:
  struct Directory;

 public:
  KeyCache();
  // No guard may be alive.
  ~KeyCache();
  KeyCache(const KeyCache&) = delete;
  KeyCache& operator=(const KeyCache&) = delete;

  class ReadGuard {
   public:
    explicit ReadGuard(const KeyCache& cache);
    ~ReadGuard();
    ReadGuard(const ReadGuard&) = delete;
    ReadGuard& operator=(const ReadGuard&) = delete;

    // The current snapshot of the key set, or null if there is none of that
    // name. Two calls on one guard give the same answer.
    const KeySet* Find(absl::string_view name) const;
    // The same, never null: NOT_FOUND if there is none, in words for whoever
    // asked for it.
    absl::StatusOr<const KeySet*> Get(absl::string_view name) const;
    // All key sets, in the order of their names.
    std::vector<const KeySet*> All() const;

   private:
    const Directory* directory_;
  };

  // Makes `key_set` the current snapshot of its name and gives it the next
  // generation, which is returned. Returns after the grace period: the
  // snapshot it replaces, if any, has been freed.
  uint64_t Publish(std::unique_ptr<KeySet> key_set);

 private:
  // Both under writers_.
  const Directory* Current() const;
  void Replace(std::unique_ptr<Directory> next);

  std::atomic<const Directory*> current_;  // Owned.
  std::mutex writers_;
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_KEY_CACHE_H_
