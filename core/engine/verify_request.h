// What a batch verifier is asked, and what it answers.
//
// Thread safety: const access from any thread.
#ifndef ASSAY_CORE_ENGINE_VERIFY_REQUEST_H_
#define ASSAY_CORE_ENGINE_VERIFY_REQUEST_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "core/jose/jws_parts.h"
#include "core/jose/policy.h"

namespace assay::engine {

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
  // Tokens not judged by then are NOT_PROCESSED. The caller's clock is not
  // consulted: this is real time (absl::Now).
  absl::Time deadline = absl::InfiniteFuture();
  // Becomes true when nobody wants the answer any more. May be null.
  const std::atomic<bool>* cancelled = nullptr;
  // Threads to use, the caller included. 0: as many as the pool has.
  int max_parallelism = 0;
  // The tokens have been decrypted: the verifier's copies of their payloads and
  // of their claims' texts are overwritten at the end.
  bool payloads_are_secret = false;
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
  friend class PayloadJudge;
  friend class TokenAdmission;
  friend class TokenJudge;
  friend class VerifyRun;

  Reason reason_ = Reason::kUnspecified;
  jose::Algorithm alg_ = jose::Algorithm::kUnspecified;
  absl::optional<bool> b64_;
  absl::string_view kid_;
  absl::string_view payload_;
};

// Whether JwsVerifier alone can judge the tokens of `policy`: those that are
// not compact, or whose payload is not encoded, or comes by itself
// (`is_detached`).
inline bool NeedsJwsVerifier(const jose::Policy& policy, bool is_detached) {
  return policy.form == jose::Form::kJwsJson || policy.unencoded_payload ||
         is_detached;
}

// The results of one batch, in the order of its tokens.
struct BatchResults {
  absl::Time evaluated_at;
  uint64_t key_generation = 0;
  absl::Span<const TokenResult> results;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_VERIFY_REQUEST_H_
