// Where requests that encrypt and decrypt are worked on.
//
// A token under a password (PBES2) may cost half a second, where most cost
// microseconds; and what it costs is, when it is decrypted, the token's own
// word. So the key sets that hold a password have a lane, threads and an
// admission of their own, and a request there takes one thread at a time: what
// others ask for waits neither behind such tokens nor for a place among them.
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_JWE_LANES_H_
#define ASSAY_SERVICE_JWE_LANES_H_

#include "absl/strings/string_view.h"
#include "core/keys/key_cache.h"
#include "service/work_lane.h"

namespace assay::service {

// Of tokens that are encrypted or decrypted, so many are worked on where they
// arrive: in JSON one may be a dozen operations with private keys.
inline constexpr size_t kJweInlineItems = 1;

class JweLanes {
 public:
  // All outlive the lanes.
  JweLanes(const keys::KeyCache* key_cache, const WorkLane* quick,
           const WorkLane* slow)
      : key_cache_(*key_cache), quick_(*quick), slow_(*slow) {}

  const WorkLane& quick() const { return quick_; }

  // The lane of a key set; the quick one if there is no such set.
  const WorkLane& Of(absl::string_view key_set) const {
    return HasPassword(key_set) ? slow_ : quick_;
  }
  // How many threads a request may take there; 0: all.
  int MaxParallelism(absl::string_view key_set) const {
    return HasPassword(key_set) ? 1 : 0;
  }

 private:
  bool HasPassword(absl::string_view key_set) const;

  const keys::KeyCache& key_cache_;
  const WorkLane& quick_;
  const WorkLane& slow_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_JWE_LANES_H_
