#include "service/jwe_lanes.h"

#include "core/keys/key_set.h"
#include "core/keys/recipient_keys.h"

namespace assay::service {

bool JweLanes::HasPassword(absl::string_view key_set) const {
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const keys::KeySet* found = guard.Find(key_set);
  return found != nullptr && found->recipients() != nullptr &&
         found->recipients()->HasPassword();
}

}  // namespace assay::service
