// One LaneKey per public key in the process: a key that stands in several key
// sets, or in a set that was reloaded, has one use count and one table. So a
// reload does not make hot keys cold.
//
// Thread safety: may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_LANE_KEY_POOL_H_
#define ASSAY_CORE_CRYPTO_LANE_KEY_POOL_H_

#include <cstddef>
#include <memory>

#include "core/crypto/lane_key.h"

namespace assay::crypto {

// The LaneKey of the same key that somebody holds already or, if nobody does,
// `fresh` itself. Null stays null. The pool holds no key alive.
std::shared_ptr<LaneKey> InternLaneKey(std::shared_ptr<LaneKey> fresh);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_LANE_KEY_POOL_H_
