// Verifies batches of JWS beyond the compact token with an encoded payload of
// its own: in JSON with one or several signatures (RFC 7515 7.2), with a
// detached payload (appendix F), with an unencoded one (RFC 7797). All
// signatures of a batch go through the batch verifier together.
//
// Only what has been verified is told: of a signature that is not good, the
// verdict and no word of its header.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_JWS_VERIFIER_H_
#define ASSAY_CORE_ENGINE_JWS_VERIFIER_H_

#include <atomic>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/batch_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"

namespace assay::engine {

struct JwsVerifyRequest {
  absl::string_view key_set;
  // Not null; has been validated. Its form is kJwsJson, and each token one JSON
  // object, or kJws, and each token is compact.
  const jose::Policy* policy = nullptr;
  absl::Span<const absl::string_view> tokens;
  // Empty: the tokens hold their payloads. Otherwise one for each token, which
  // must then hold none.
  absl::Span<const absl::string_view> detached_payloads;
  // kVerdict or kPayload.
  ResultView view = ResultView::kVerdict;
  // As in VerifyRequest.
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
  int max_parallelism = 0;
};

// The result for one token. What it views lives as long as its batch.
struct JwsResult {
  Reason reason = Reason::kUnspecified;
  // Of the first good signature; unspecified and absent unless valid().
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  absl::optional<absl::string_view> kid;
  // As signed, if the view is kPayload. Empty unless valid().
  absl::string_view payload;
  // In the order of the token; empty where its form was bad or nobody has
  // looked at it. alg and kid of those that are not valid are not to be told.
  absl::Span<const TokenResult> signatures;

  Verdict verdict() const { return VerdictOf(reason); }
  bool valid() const { return reason == Reason::kValid; }
};

// The results of one batch, in the order of its tokens.
struct JwsResults {
  absl::Time evaluated_at;
  uint64_t key_generation = 0;
  absl::Span<const JwsResult> results;
};

class JwsVerifier {
 public:
  // All outlive the verifier; `pool`, which may be null, is the batch
  // verifier's.
  JwsVerifier(const BatchVerifier* verifier, exec::ThreadPool* pool,
              const Limits& limits);
  ~JwsVerifier();
  JwsVerifier(const JwsVerifier&) = delete;
  JwsVerifier& operator=(const JwsVerifier&) = delete;

  // Judges every token, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns. Errors are those of
  // BatchVerifier::Verify, whose max_batch_items holds for the signatures of
  // all tokens too, and INVALID_ARGUMENT for a form that is no JWS or another
  // number of detached payloads than of tokens.
  absl::Status Verify(const JwsVerifyRequest& request,
                      absl::FunctionRef<void(const JwsResults&)> consume) const;

 private:
  const BatchVerifier& verifier_;
  exec::ThreadPool* const pool_;
  const Limits limits_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_JWS_VERIFIER_H_
