#include "core/keys/key_cache.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/keys/rcu.h"

namespace assay::keys {
namespace {

// A writer that holds a guard would wait for itself for ever: a programmer's
// error that is better seen at once than found as a hang.
void RequireNoGuardOnThisThread() {
  if (!rcu::IsReading()) return;
  std::fprintf(stderr,
               "KeyCache: written to by a thread that holds a ReadGuard\n");
  std::abort();
}

}  // namespace

// Immutable once published. The reference counts belong to the writers, who
// share key sets between the old and the new directory; readers never touch
// them.
struct KeyCache::Directory {
  absl::flat_hash_map<std::string, std::shared_ptr<const KeySet>> key_sets;
};

KeyCache::KeyCache() : current_(new Directory) {}

KeyCache::~KeyCache() { delete current_.load(std::memory_order_acquire); }

uint64_t KeyCache::Publish(std::unique_ptr<KeySet> key_set) {
  RequireNoGuardOnThisThread();
  std::lock_guard<std::mutex> lock(writers_);
  auto next = std::make_unique<Directory>(*Current());
  std::shared_ptr<const KeySet>& place = next->key_sets[key_set->name()];
  const uint64_t generation = place == nullptr ? 1 : place->generation() + 1;
  key_set->generation_ = generation;
  place = std::move(key_set);
  Replace(std::move(next));
  return generation;
}

const KeyCache::Directory* KeyCache::Current() const {
  // Relaxed: only writers store, and the mutex orders them.
  return current_.load(std::memory_order_relaxed);
}

void KeyCache::Replace(std::unique_ptr<Directory> next) {
  const Directory* const old = Current();
  // Release pairs with the acquire in ReadGuard's constructor.
  current_.store(next.release(), std::memory_order_release);
  rcu::Synchronize();
  delete old;
}

KeyCache::ReadGuard::ReadGuard(const KeyCache& cache) {
  rcu::BeginRead();
  // Acquire pairs with the release in Replace.
  directory_ = cache.current_.load(std::memory_order_acquire);
}

KeyCache::ReadGuard::~ReadGuard() { rcu::EndRead(); }

const KeySet* KeyCache::ReadGuard::Find(absl::string_view name) const {
  const auto it = directory_->key_sets.find(name);
  return it == directory_->key_sets.end() ? nullptr : it->second.get();
}

absl::StatusOr<const KeySet*> KeyCache::ReadGuard::Get(
    absl::string_view name) const {
  const KeySet* const found = Find(name);
  if (found != nullptr) return found;
  return absl::NotFoundError(
      absl::StrCat("there is no key set named \"", name, "\""));
}

std::vector<const KeySet*> KeyCache::ReadGuard::All() const {
  std::vector<const KeySet*> all;
  all.reserve(directory_->key_sets.size());
  for (const auto& entry : directory_->key_sets) {
    all.push_back(entry.second.get());
  }
  std::sort(all.begin(), all.end(), [](const KeySet* a, const KeySet* b) {
    return a->name() < b->name();
  });
  return all;
}

}  // namespace assay::keys
