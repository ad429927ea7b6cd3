// Keeps a key cache in step with its sources: loads all at the start, and
// again when a file changes (inotify) or when asked (SIGHUP).
//
// A source that fails to load keeps its last good snapshot; the failure is
// reported and tried again at the next change. A source whose files are what
// they were keeps its snapshot too, and with it the generation and the headers
// that it remembers. Bursts of changes within
// kSettleTime are one reload. Renames over a file, symlink swaps (the way
// Kubernetes mounts secrets) and files that appear later are noticed: the
// folders are watched, not the files.
//
// Thread safety: all methods may be called concurrently. Events are called
// from the thread that reloads, one at a time, with no lock held that a caller
// could need.
#ifndef ASSAY_CORE_KEYS_KEY_RELOADER_H_
#define ASSAY_CORE_KEYS_KEY_RELOADER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/base/limits.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_source.h"

namespace assay::keys {

inline constexpr absl::Duration kSettleTime = absl::Milliseconds(50);

// One attempt to load one key set.
struct ReloadEvent {
  std::string key_set;
  absl::Status status;      // OK, or why the old snapshot is kept.
  uint64_t generation = 0;  // Of the snapshot in use; 0 on failure.
  bool changed = false;     // Whether it is a new one.
  size_t num_keys = 0;
  std::vector<jose::SkippedKey> skipped;
};

class KeyReloader {
 public:
  // `cache` outlives the reloader. `on_event` may be null.
  KeyReloader(KeyCache* cache, std::vector<KeySource> sources, Limits limits,
              std::function<void(const ReloadEvent&)> on_event);
  // Stops watching and joins the thread.
  ~KeyReloader();
  KeyReloader(const KeyReloader&) = delete;
  KeyReloader& operator=(const KeyReloader&) = delete;

  // Loads every source once. The first failure is returned; the others load.
  absl::Status LoadAll();
  // Starts the thread that watches. FAILED_PRECONDITION if inotify is not to
  // be had; Reload works all the same.
  absl::Status Watch();
  // Asks for a reload of every source, now, on the watching thread (or on this
  // one if Watch has not succeeded). Does not wait.
  void Reload();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_KEY_RELOADER_H_
