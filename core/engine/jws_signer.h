// Signs batches into JWS beyond the compact token with an encoded payload of
// its own: in JSON by one key (flattened) or several (general, RFC 7515 7.2),
// with a detached payload (appendix F), with an unencoded one (RFC 7797).
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_JWS_SIGNER_H_
#define ASSAY_CORE_ENGINE_JWS_SIGNER_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/engine/batch_signer.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/keys/key_cache.h"

namespace assay::engine {

struct JwsSignRequest {
  absl::string_view key_set;
  // The keys that sign, in this order; none: the only one that fits. More than
  // one for kJwsJson alone, which then is general, else flattened.
  std::vector<std::string> kids;
  jose::Algorithm alg = jose::Algorithm::kUnspecified;  // Each key's.
  const SignOptions* options = nullptr;  // Not null; kJws or kJwsJson.
  absl::Span<const absl::string_view> payloads;
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
  int max_parallelism = 0;
};

class JwsSigner {
 public:
  // All outlive the signer. `pool` may be null.
  JwsSigner(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
            const Clock* clock, const Limits& limits);
  ~JwsSigner();
  JwsSigner(const JwsSigner&) = delete;
  JwsSigner& operator=(const JwsSigner&) = delete;

  // Signs every payload, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns; their alg and kid are those of the
  // first key. Errors are as in BatchSigner::Sign.
  absl::Status Sign(const JwsSignRequest& request,
                    absl::FunctionRef<void(const SignResults&)> consume) const;

 private:
  const keys::KeyCache& key_cache_;
  exec::ThreadPool* const pool_;
  const Clock& clock_;
  const Limits limits_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_JWS_SIGNER_H_
