// Encrypts batches: each plaintext becomes a JWE (RFC 7516), in order.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_BATCH_ENCRYPTER_H_
#define ASSAY_CORE_ENGINE_BATCH_ENCRYPTER_H_

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/exec/thread_pool.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"
#include "core/keys/key_cache.h"

namespace assay::engine {

// What the tokens become (RFC 7516 7).
enum class EncryptForm : uint8_t { kCompact, kFlattenedJson, kGeneralJson };

struct EncryptRequest {
  absl::string_view key_set;  // Of use kEncrypt.
  EncryptForm form = EncryptForm::kCompact;
  absl::optional<std::string> kid;
  // The recipients of kGeneralJson: a key for each. Empty: one, by `kid`.
  absl::Span<const std::string> kids;
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;  // The key's.
  // kid in it is ignored: the key's is written.
  jose::EncryptOptions options;
  // Of the JSON forms: additional authenticated data of every token, and a JSON
  // object, their shared unprotected header. Empty: none.
  absl::string_view aad;
  absl::string_view unprotected;
  absl::Span<const absl::string_view> plaintexts;
  absl::Time deadline = absl::InfiniteFuture();
  const std::atomic<bool>* cancelled = nullptr;
  int max_parallelism = 0;
};

struct EncryptResults {
  uint64_t key_generation = 0;
  // Of the first recipient; kid is what the headers name, if they do.
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;
  absl::optional<absl::string_view> kid;
  // Tokens in the order of the plaintexts, or why there is none: OUT_OF_RANGE
  // (too large), RESOURCE_EXHAUSTED (the batch's budget of PBES2 iterations, a
  // secret used too often), CANCELLED or DEADLINE_EXCEEDED (not looked at),
  // INTERNAL.
  absl::Span<const absl::StatusOr<std::string>> tokens;
};

class BatchEncrypter {
 public:
  // All outlive the encrypter. `pool` may be null.
  BatchEncrypter(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
                 const Limits& limits);

  // Encrypts every plaintext for the keys, which are prepared already, then
  // calls `consume` once, on this thread, with the results, which are gone when
  // it returns. NOT_FOUND if there is no such key set or key,
  // FAILED_PRECONDITION if it does not encrypt with the alg, INVALID_ARGUMENT
  // for bad options or too many plaintexts: then `consume` is not called.
  absl::Status Encrypt(
      const EncryptRequest& request,
      absl::FunctionRef<void(const EncryptResults&)> consume) const;

 private:
  const keys::KeyCache& key_cache_;
  exec::ThreadPool* const pool_;
  const Limits limits_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_BATCH_ENCRYPTER_H_
