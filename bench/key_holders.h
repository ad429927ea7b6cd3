// Three ways to hold key sets that are read on every token and replaced now and
// then: the product's KeyCache, and the two that one would write first.
#ifndef ASSAY_BENCH_KEY_HOLDERS_H_
#define ASSAY_BENCH_KEY_HOLDERS_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "core/keys/key_set.h"

namespace assay::bench {

// What a token's header asks for. All of it exists.
struct KeyLookup {
  std::string key_set;
  std::string kid;
};

// Thread safety: all methods may be called concurrently.
class KeyHolder {
 public:
  virtual ~KeyHolder() = default;
  // Replaces the key set of this name.
  virtual void Publish(std::unique_ptr<keys::KeySet> key_set) = 0;
  // Looks up `num` HS256 keys, beginning with lookups[first] and going round,
  // and enters and leaves anew for each. The number that found one key, which
  // bears the kid.
  virtual size_t LookUp(absl::Span<const KeyLookup> lookups, size_t first,
                        size_t num) const = 0;
};

// A ReadGuard per lookup.
std::unique_ptr<KeyHolder> MakeRcuHolder();
// A map under an absl::Mutex, and one under a std::shared_mutex that readers
// share. Both at their best: the key is used under the lock (so nothing is
// counted to keep it alive), and a writer prepares and frees sets outside.
std::unique_ptr<KeyHolder> MakeAbslMutexHolder();
std::unique_ptr<KeyHolder> MakeSharedMutexHolder();

}  // namespace assay::bench

#endif  // ASSAY_BENCH_KEY_HOLDERS_H_
