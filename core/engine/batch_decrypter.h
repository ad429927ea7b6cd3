// Decrypts batches of JWEs (RFC 7516), in order.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_BATCH_DECRYPTER_H_
#define ASSAY_CORE_ENGINE_BATCH_DECRYPTER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/exec/thread_pool.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe_header.h"
#include "core/keys/key_cache.h"

namespace assay::engine {

// What the tokens are. Never guessed: a token of another form is MALFORMED.
enum class DecryptForm : uint8_t {
  kCompact,
  kJson,  // One JSON object each, flattened or general.
};

struct DecryptRequest {
  absl::string_view key_set;  // Of use kDecrypt.
  DecryptForm form = DecryptForm::kCompact;
  // Whether compressed content is inflated; what that may cost, the limits say.
  jose::Zip zip = jose::Zip::kRefuse;
  // What headers may name; empty: whatever the keys serve.
  absl::Span<const jose::KeyManagement> algorithms;
  absl::Span<const jose::ContentAlgorithm> encryptions;
  absl::Span<const absl::string_view> tokens;
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
  int max_parallelism = 0;
  // What PBES2 may cost, if it is to be shared with other batches; null: the
  // limits' max_batch_pbes2_iterations, for this one.
  jose::IterationBudget* budget = nullptr;
};

// Of one token. alg, enc and kid are the header's, as far as it could be read:
// of a token that is not kValid they are anybody's word. Of several recipients
// they are those of the one that it was decrypted for, or of the first.
struct DecryptResult {
  DecryptReason reason = DecryptReason::kUnspecified;
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;
  jose::ContentAlgorithm enc = jose::ContentAlgorithm::kUnspecified;
  absl::optional<std::string> kid;
  size_t recipient = 0;
  // The token's additional authenticated data, if the reason is kValid.
  absl::optional<std::string> aad;
  // A secret; wiped with its batch. Empty unless the reason is kValid, and then
  // no proof of who wrote it (see jose::DecryptCompact).
  std::string plaintext;
};

struct DecryptResults {
  uint64_t key_generation = 0;
  absl::Span<const DecryptResult> results;  // In the order of the tokens.
};

class BatchDecrypter {
 public:
  // All outlive the decrypter. `pool` may be null.
  BatchDecrypter(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
                 const Limits& limits);

  // Decrypts every token, then calls `consume` once, on this thread, with the
  // results, which are gone when it returns. Tokens that derive a key from a
  // password (PBES2) come after all others, each by itself, in about their
  // order, and share the budget of iterations. Of a token with several
  // recipients, those that are cheap are tried first; the recipients that are
  // tried, and the bytes that contents inflate to, have bounds. NOT_FOUND if
  // there is no such key set, FAILED_PRECONDITION if it is not for decryption,
  // INVALID_ARGUMENT for too many tokens: then `consume` is not called.
  absl::Status Decrypt(
      const DecryptRequest& request,
      absl::FunctionRef<void(const DecryptResults&)> consume) const;

 private:
  const keys::KeyCache& key_cache_;
  exec::ThreadPool* const pool_;
  const Limits limits_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_BATCH_DECRYPTER_H_
