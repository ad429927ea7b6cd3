#include "bench/key_holders.h"

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "core/jose/algorithm.h"
#include "core/keys/key_cache.h"

namespace assay::bench {
namespace {

bool Finds(const keys::KeySet* key_set, const KeyLookup& lookup) {
  if (key_set == nullptr) return false;
  const keys::KeyCandidates found =
      key_set->FindForVerify(lookup.kid, jose::Algorithm::kHs256);
  return found.num_keys == 1 && found.keys[0]->kid() == lookup.kid;
}

// The loop, around `find(lookup)`.
template <typename Find>
size_t GoRound(absl::Span<const KeyLookup> lookups, size_t first, size_t num,
               const Find& find) {
  size_t num_found = 0;
  size_t next = first % lookups.size();
  for (size_t i = 0; i < num; ++i) {
    num_found += find(lookups[next]) ? 1 : 0;
    if (++next == lookups.size()) next = 0;
  }
  return num_found;
}

class RcuHolder final : public KeyHolder {
 public:
  void Publish(std::unique_ptr<keys::KeySet> key_set) override {
    cache_.Publish(std::move(key_set));
  }
  size_t LookUp(absl::Span<const KeyLookup> lookups, size_t first,
                size_t num) const override {
    return GoRound(lookups, first, num, [this](const KeyLookup& lookup) {
      const keys::KeyCache::ReadGuard guard(cache_);
      return Finds(guard.Find(lookup.key_set), lookup);
    });
  }

 private:
  keys::KeyCache cache_;
};

// `Mutex` with its locks for writers and for readers.
template <typename Mutex, typename WriterLock, typename ReaderLock>
class MutexHolder final : public KeyHolder {
 public:
  void Publish(std::unique_ptr<keys::KeySet> key_set) override {
    const std::string name = key_set->name();
    {
      const WriterLock lock(MutexArgument());
      key_sets_[name].swap(key_set);
    }
    // What was replaced is freed here, without the lock.
  }
  size_t LookUp(absl::Span<const KeyLookup> lookups, size_t first,
                size_t num) const override {
    return GoRound(lookups, first, num, [this](const KeyLookup& lookup) {
      const ReaderLock lock(MutexArgument());
      const auto it = key_sets_.find(lookup.key_set);
      return it != key_sets_.end() && Finds(it->second.get(), lookup);
    });
  }

 private:
  // absl's locks take a pointer, std's a reference.
  struct Argument {
    Mutex& mutex;
    operator Mutex*() const { return &mutex; }
    operator Mutex&() const { return mutex; }
  };
  Argument MutexArgument() const { return {mutex_}; }

  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<keys::KeySet>> key_sets_;
};

}  // namespace

std::unique_ptr<KeyHolder> MakeRcuHolder() {
  return std::make_unique<RcuHolder>();
}

std::unique_ptr<KeyHolder> MakeAbslMutexHolder() {
  return std::make_unique<
      MutexHolder<absl::Mutex, absl::MutexLock, absl::MutexLock>>();
}

std::unique_ptr<KeyHolder> MakeSharedMutexHolder() {
  return std::make_unique<
      MutexHolder<std::shared_mutex, std::unique_lock<std::shared_mutex>,
                  std::shared_lock<std::shared_mutex>>>();
}

}  // namespace assay::bench
