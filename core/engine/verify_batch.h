// One batch under verification: what all who work on it know, and what they
// leave for those who come after them.
//
// Thread safety: there is an item and a result for each token (or part), and
// threads work on disjoint ones; all else is only read.
#ifndef ASSAY_CORE_ENGINE_VERIFY_BATCH_H_
#define ASSAY_CORE_ENGINE_VERIFY_BATCH_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/stop_signal.h"
#include "core/engine/verify_request.h"
#include "core/jose/compact.h"
#include "core/jose/policy.h"
#include "core/keys/key_set.h"
#include "core/keys/prepared_key.h"

namespace assay::engine {

// What is known of a token between its admission and its verdict.
struct VerifyItem {
  jose::UnverifiedCompact compact;
  const keys::PreparedKey* key = nullptr;  // Null: the verdict is known.
  uint8_t* payload = nullptr;  // Where it is decoded to; null: scratch.
  Reason type_reason = Reason::kValid;  // Told only after the signature.
  bool from_memo = false;
  bool has_other_candidates = false;
  bool from_certificate = false;  // The key came with the token (x5c).
  bool kid_is_keys = false;  // The token had none, so its result tells that.
  // Only of parts: compact.payload is the payload itself. Of all parts, the
  // signing input is yet to be composed.
  bool payload_is_raw = false;
};

struct VerifyBatch {
  // All but the times outlive the batch.
  VerifyBatch(const VerifyRequest& of, const keys::KeySet& keys,
              const Limits& bounds, absl::Time clock_now, absl::Time judged_at)
      : request(of),
        policy(*of.policy),
        key_set(keys),
        limits(bounds),
        real_now(clock_now),
        now(judged_at),
        stop(of.deadline, of.cancelled),
        in_parts(!of.parts.empty()),
        items(in_parts ? of.parts.size() : of.tokens.size()),
        results(items.size()) {}

  const VerifyRequest& request;
  const jose::Policy& policy;
  const keys::KeySet& key_set;
  const Limits& limits;
  const absl::Time real_now;  // The clock's.
  const absl::Time now;       // What claims and certificates are judged by.
  const StopSignal stop;
  const bool in_parts;
  std::vector<VerifyItem> items;
  std::vector<TokenResult> results;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_VERIFY_BATCH_H_
