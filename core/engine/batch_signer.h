// Signs batches: each payload becomes a compact token, in order.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_BATCH_SIGNER_H_
#define ASSAY_CORE_ENGINE_BATCH_SIGNER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"

namespace assay::engine {

class ScratchPool;

struct SignOptions {
  // kJwt: each payload must be a JSON object of claims and is signed exactly
  // as given unless something is stamped. kJws, and with JwsSigner kJwsJson:
  // any bytes.
  jose::Form form = jose::Form::kJwt;
  // The header's typ; absent: no typ.
  absl::optional<std::string> typ;
  // A JSON object of further protected header parameters. alg, kid, typ, crit
  // and b64 are refused in it. Empty: none.
  std::string extra_header;
  // Claims that the signer stamps into a JWT. A claim that is there already is
  // an error for that item, never overwritten. The stamped members are added
  // behind the others; the rest of the object keeps its bytes.
  bool stamp_iat = false;                    // now, whole seconds
  absl::optional<absl::Duration> stamp_nbf;  // now + this
  absl::optional<absl::Duration> stamp_exp;  // now + this
  bool stamp_jti = false;                    // 128 random bits, base64url
  // JwsSigner's alone. Without its payload, the token is verified together
  // with it (RFC 7515 appendix F).
  bool detached = false;
  // The payload is signed as it is: b64=false (RFC 7797).
  bool unencoded_payload = false;
};

// Whether JwsSigner alone can make such tokens.
bool NeedsJwsSigner(const SignOptions& options);

struct SignRequest {
  absl::string_view key_set;
  absl::optional<std::string> kid;
  jose::Algorithm alg = jose::Algorithm::kUnspecified;  // The key's.
  const SignOptions* options = nullptr;                 // Not null.
  absl::Span<const absl::string_view> payloads;
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
  int max_parallelism = 0;
};

// Why an item was not signed. Stable numbers: they equal assay.v1.SignOutcome.
enum class SignOutcome : uint8_t {
  kUnspecified = 0,
  kSigned = 1,
  kNotAnObject = 2,    // A JWT payload that is no strict JSON object.
  kClaimConflict = 3,  // A claim to be stamped is there already.
  kTooLarge = 4,       // The token would exceed max_token_bytes.
  kSigningFailed = 5,  // The library failed.
  kNotProcessed = 6,   // Deadline or cancellation.
  kNotPlain = 7,       // A payload that cannot stand in the token unencoded.
};
inline constexpr int kNumSignOutcomes = 8;
absl::string_view SignOutcomeText(SignOutcome outcome);  // For people.

struct SignResult {
  SignOutcome outcome = SignOutcome::kUnspecified;
  absl::string_view token;  // Empty unless kSigned; lives as long as its batch.
};

struct SignResults {
  absl::Time signed_at;
  uint64_t key_generation = 0;
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  absl::string_view kid;
  absl::Span<const SignResult> results;  // In the order of the payloads.
};

class BatchSigner {
 public:
  // All outlive the signer. `pool` may be null.
  BatchSigner(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
              const Clock* clock, const Limits& limits);
  ~BatchSigner();
  BatchSigner(const BatchSigner&) = delete;
  BatchSigner& operator=(const BatchSigner&) = delete;

  // Signs every payload, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns. NOT_FOUND if there is no such key
  // set or key, FAILED_PRECONDITION if it cannot sign, INVALID_ARGUMENT for
  // bad options or too many payloads: then `consume` is not called.
  absl::Status Sign(const SignRequest& request,
                    absl::FunctionRef<void(const SignResults&)> consume) const;

 private:
  const keys::KeyCache& key_cache_;
  exec::ThreadPool* const pool_;
  const Clock& clock_;
  const Limits limits_;
  const std::unique_ptr<ScratchPool> scratch_pool_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_BATCH_SIGNER_H_
