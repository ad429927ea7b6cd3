#include "core/engine/batch_encrypter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/engine/jwe_cost.h"
#include "core/engine/stop_signal.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/keys/key_set.h"
#include "core/keys/recipient_keys.h"

namespace assay::engine {
namespace {

using Choice = keys::RecipientKeys::EncryptionChoice;

absl::StatusOr<const keys::RecipientKeys*> FindRecipients(
    const keys::KeySet* key_set, absl::string_view name) {
  if (key_set == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("there is no key set named \"", name, "\""));
  }
  if (key_set->use() != keys::KeySetUse::kEncrypt) {
    return absl::FailedPreconditionError(
        absl::StrCat("the key set \"", name, "\" is not for encryption"));
  }
  return key_set->recipients();
}

// One batch under way; pool threads work on disjoint plaintexts.
class EncryptRun {
 public:
  EncryptRun(const EncryptRequest& request, const Choice& choice,
             const Limits& limits)
      : request_(request),
        key_(*choice.key),
        options_(request.options),
        limits_(limits),
        stop_(request.deadline, request.cancelled),
        budget_(limits.max_batch_pbes2_iterations),
        tokens_(request.plaintexts.size(), absl::CancelledError("")) {
    options_.kid = choice.kid;
  }

  void Run(exec::ThreadPool* pool) {
    const size_t num_items = tokens_.size();
    const size_t per_chunk = JwesPerChunk(JweCostNs(key_.alg()));
    const size_t num_chunks = (num_items + per_chunk - 1) / per_chunk;
    const auto encrypt_chunk = [&](size_t chunk) {
      const size_t begin = chunk * per_chunk;
      EncryptChunk(begin, std::min(begin + per_chunk, num_items));
    };
    if (pool != nullptr && num_chunks > 1 && request_.max_parallelism != 1) {
      pool->ParallelFor(num_chunks, request_.max_parallelism, encrypt_chunk);
    } else {
      for (size_t chunk = 0; chunk < num_chunks; ++chunk) encrypt_chunk(chunk);
    }
  }

  absl::Span<const absl::StatusOr<std::string>> tokens() const {
    return tokens_;
  }

 private:
  absl::Status WhyStopped() const {
    if (stop_.IsCancelled()) {
      return absl::CancelledError(
          "the request was cancelled before it was encrypted");
    }
    return absl::DeadlineExceededError(
        "the deadline passed before it was encrypted");
  }

  void EncryptChunk(size_t begin, size_t end) {
    const bool stopped = stop_.ShouldStop();
    for (size_t i = begin; i < end; ++i) {
      if (stopped) {
        tokens_[i] = WhyStopped();
      } else {
        tokens_[i] = jose::EncryptCompact(options_, request_.plaintexts[i],
                                          key_, limits_, &budget_);
      }
    }
  }

  const EncryptRequest& request_;
  const jose::EncryptionKey& key_;
  jose::EncryptOptions options_;
  const Limits& limits_;
  const StopSignal stop_;
  jose::IterationBudget budget_;
  std::vector<absl::StatusOr<std::string>> tokens_;
};

}  // namespace

BatchEncrypter::BatchEncrypter(const keys::KeyCache* key_cache,
                               exec::ThreadPool* pool, const Limits& limits)
    : key_cache_(*key_cache), pool_(pool), limits_(limits) {}

absl::Status BatchEncrypter::Encrypt(
    const EncryptRequest& request,
    absl::FunctionRef<void(const EncryptResults&)> consume) const {
  if (request.plaintexts.size() > limits_.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch holds at most ", limits_.max_batch_items, " plaintexts, not ",
        request.plaintexts.size(), ": send it in parts"));
  }
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const keys::KeySet* key_set = guard.Find(request.key_set);
  const auto recipients = FindRecipients(key_set, request.key_set);
  if (!recipients.ok()) return recipients.status();
  const auto choice = (*recipients)->FindForEncrypt(request.kid, request.alg);
  if (!choice.ok()) return choice.status();
  const absl::Status valid = jose::ValidateEncryptOptions(
      request.options, choice->key->alg(), limits_);
  if (!valid.ok()) return valid;
  if (!choice->key->Serves(request.options.enc)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the secret has not the length that ",
        jose::AlgorithmName(request.options.enc),
        " needs under \"dir\": name the enc that it was made for"));
  }

  EncryptRun run(request, *choice, limits_);
  run.Run(pool_);
  consume(
      {key_set->generation(), choice->key->alg(), choice->kid, run.tokens()});
  return absl::OkStatus();
}

}  // namespace assay::engine
