// Verifies batches of compact tokens: each gets its own verdict, in order.
// Signatures of other serializations come in parts, through JwsVerifier.
//
// One clock reading and one key snapshot serve the whole batch. The signature
// is checked before a payload is looked into. A bad token allocates nothing,
// but for its x5c where the key set trusts certificates.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_BATCH_VERIFIER_H_
#define ASSAY_CORE_ENGINE_BATCH_VERIFIER_H_

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
#include "core/base/reason.h"
#include "core/crypto/lane_verifier.h"
#include "core/engine/engine_choice.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/jws_parts.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "core/keys/table_keeper.h"
#include "core/simd/kernels.h"

namespace assay::engine {

class ScratchPool;

// How much of a valid token a result carries.
enum class ResultView : uint8_t {
  kVerdict,         // Verdict, alg and kid.
  kSelectedClaims,  // And a JSON object of the claims asked for.
  kPayload,         // And the payload's bytes, exactly as signed.
};

struct VerifyRequest {
  absl::string_view key_set;
  const jose::Policy* policy = nullptr;  // Not null; has been validated.
  absl::Span<const absl::string_view> tokens;
  // Instead of tokens: signatures out of other serializations than the compact
  // one with an encoded payload of its own. For kJws and kJwsJson, each for
  // itself: of several over one payload JwsVerifier makes one verdict.
  absl::Span<const jose::JwsParts> parts;
  ResultView view = ResultView::kVerdict;
  // For kSelectedClaims: names; those a token lacks are left out.
  absl::Span<const std::string> selected_claims;
  // Whether the tokens were encrypted: then nothing that is decoded of them
  // outlives the batch.
  bool payloads_are_secret = false;
  // Tokens not judged by then are NOT_PROCESSED. The caller's clock is not
  // consulted: this is real time (absl::Now).
  absl::Time deadline = absl::InfiniteFuture();
  // Becomes true when nobody wants the answer any more. May be null.
  const std::atomic<bool>* cancelled = nullptr;
  // Threads to use, the caller included. 0: as many as the pool has.
  int max_parallelism = 0;
};

// The result for one token. What it views lives as long as its batch.
class TokenResult {
 public:
  Reason reason() const { return reason_; }
  Verdict verdict() const { return VerdictOf(reason_); }
  bool valid() const { return reason_ == Reason::kValid; }
  // kUnspecified and absent where the token did not get that far. Taken from
  // the token: trustworthy only if valid(). Where the key came with the token
  // (x5c) and is trusted, kid is that key's thumbprint, whatever the token
  // says.
  jose::Algorithm alg() const { return alg_; }
  bool has_kid() const { return kid_.data() != nullptr; }
  absl::string_view kid() const { return kid_; }
  // By the view asked for: the payload's bytes or the selected claims as a
  // JSON object. Empty unless valid().
  absl::string_view payload() const { return payload_; }
  // What the protected header says of b64 (RFC 7797), true where it does not
  // name it. Told of parts alone, of those that are rejected unread too;
  // nothing where there is no such header or it could not be read.
  absl::optional<bool> b64() const { return b64_; }

 private:
  friend class BatchVerifier;
  friend class VerifyRun;

  Reason reason_ = Reason::kUnspecified;
  jose::Algorithm alg_ = jose::Algorithm::kUnspecified;
  absl::optional<bool> b64_;
  absl::string_view kid_;
  absl::string_view payload_;
};

// The results of one batch, in the order of its tokens.
struct BatchResults {
  absl::Time evaluated_at;
  uint64_t key_generation = 0;
  absl::Span<const TokenResult> results;
};

// How a verifier uses the batch kernels.
struct KernelOptions {
  // use_kernels is what ASSAY_ENGINE says, if nobody sets it.
  crypto::LaneOptions lanes = DefaultLaneOptions();
  // A test may pass a copy with other verify functions.
  simd::Kernels kernels = simd::BestKernels();
  // Memory for all keys' tables together; see keys::TableKeeper.
  size_t table_budget_bytes = kDefaultTableBudgetBytes;
  // Of a batch's signatures that a kernel rejects, so many are confirmed by
  // BoringSSL; a flood of bad signatures costs no more than this.
  int64_t max_confirmed_rejections = kDefaultMaxConfirmedRejections;
};

class BatchVerifier {
 public:
  // All outlive the verifier. `pool` may be null: then callers do all work.
  BatchVerifier(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
                const Clock* clock, const Limits& limits,
                const KernelOptions& kernel_options = KernelOptions());
  ~BatchVerifier();
  BatchVerifier(const BatchVerifier&) = delete;
  BatchVerifier& operator=(const BatchVerifier&) = delete;

  // Judges every token, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns. `consume` must not publish to the
  // key cache. NOT_FOUND if there is no such key set, FAILED_PRECONDITION if it
  // has issuers and the form is JWS or if several of its keys bear a required
  // kid, INVALID_ARGUMENT for more than max_batch_items tokens or parts or for
  // a policy that only parts can meet: then `consume` is not called. A single
  // token is judged on this thread.
  absl::Status Verify(
      const VerifyRequest& request,
      absl::FunctionRef<void(const BatchResults&)> consume) const;

  // For status pages and tests.
  const crypto::LaneVerifier& lanes() const { return lanes_; }
  keys::TableKeeper& tables() const { return tables_; }

 private:
  friend class VerifyRun;

  const keys::KeyCache& key_cache_;
  exec::ThreadPool* const pool_;
  const Clock& clock_;
  const Limits limits_;
  const KernelOptions kernel_options_;
  const crypto::LaneVerifier lanes_;
  mutable keys::TableKeeper tables_;
  const std::unique_ptr<ScratchPool> scratch_pool_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_BATCH_VERIFIER_H_
