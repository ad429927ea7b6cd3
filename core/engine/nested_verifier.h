// Verifies batches of nested tokens (RFC 7519 5.2, 7.2, 11.2): a signed JWT
// within a JWE, or a JWE with a signed JWT within a JWS, and so on to a bounded
// depth.
//
// One layer of the whole batch is taken off at a time, by BatchDecrypter and
// BatchVerifier, so that each layer is a batch as any other. What is within the
// last layer has to be a signed JWT: anybody can encrypt claims to a public
// key, so claims that are merely encrypted are never valid.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_NESTED_VERIFIER_H_
#define ASSAY_CORE_ENGINE_NESTED_VERIFIER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
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
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/algorithm.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/policy.h"

namespace assay::engine {

struct NestedRequest {
  absl::string_view key_set;             // Of use kVerify.
  absl::string_view decryption_key_set;  // Of use kDecrypt.
  // Judges the claims within. Its algorithms hold for outer signatures too; its
  // typ, claims and profile for the innermost token alone. Not null; has been
  // validated, and its form is kJwt.
  const jose::Policy* policy = nullptr;
  absl::Span<const absl::string_view> tokens;
  ResultView view = ResultView::kVerdict;
  absl::Span<const std::string> selected_claims;  // For kSelectedClaims.
  // Signatures and encryptions of one token together: from 2 to
  // kMaxNestedLayers.
  int max_layers = kDefaultNestedLayers;
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
  int max_parallelism = 0;
  // See DecryptRequest; shared by all layers.
  jose::IterationBudget* budget = nullptr;
};

// One layer of a token, from its header.
struct NestedLayer {
  bool encrypted = false;
  // If it is encrypted.
  jose::KeyManagement key_management = jose::KeyManagement::kUnspecified;
  jose::ContentAlgorithm enc = jose::ContentAlgorithm::kUnspecified;
  // If it is signed.
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  absl::optional<std::string> kid;
};

struct NestedResult {
  Reason reason = Reason::kUnspecified;
  // From the outermost layer to as far as the token was taken apart; to the
  // signed claims if it is valid. Trustworthy only then.
  std::vector<NestedLayer> path;
  // By the view asked for; see TokenResult. A secret until somebody has seen
  // it: wiped with its batch. Empty unless the token is valid.
  std::string payload;

  Verdict verdict() const { return VerdictOf(reason); }
  bool valid() const { return reason == Reason::kValid; }
};

struct NestedResults {
  // One moment for all claims of the batch. Each layer is judged by one
  // generation of each key set; a reload may come between two.
  absl::Time evaluated_at;
  // Of the key set that verifies; 0 if a reload came between two layers.
  uint64_t key_generation = 0;
  absl::Span<const NestedResult> results;  // In the order of the tokens.
};

class NestedVerifier {
 public:
  // All outlive this; they share their keys' cache.
  NestedVerifier(const BatchVerifier* verifier, const BatchDecrypter* decrypter,
                 const Clock* clock, const Limits& limits);

  // Judges every token, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns. A token of one layer is not nested
  // and so not valid, whatever it holds. The errors are BatchVerifier's and
  // BatchDecrypter's, and INVALID_ARGUMENT for max_layers out of range or a
  // form that is not kJwt: then `consume` is not called.
  absl::Status Verify(
      const NestedRequest& request,
      absl::FunctionRef<void(const NestedResults&)> consume) const;

 private:
  const BatchVerifier& verifier_;
  const BatchDecrypter& decrypter_;
  const Clock& clock_;
  const Limits limits_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_NESTED_VERIFIER_H_
