#include "core/engine/batch_decrypter.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/engine/stop_signal.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
#include "core/keys/key_set.h"
#include "core/keys/recipient_keys.h"

namespace assay::engine {
namespace {

using R = DecryptReason;

// Tokens per chunk. Unlike in a batch of signatures, what a token costs is
// known only once its header is read; most cost between 2 and 700 us.
constexpr size_t kPerChunk = 8;

template <typename T>
bool IsAllowed(absl::Span<const T> allowed, T value) {
  return allowed.empty() || absl::c_linear_search(allowed, value);
}

bool IsExpensive(const jose::JweHeader& header) {
  return jose::InfoOf(header.alg).family == jose::KeyManagementFamily::kPbes2;
}

// One batch under way; pool threads work on disjoint tokens.
class DecryptRun {
 public:
  DecryptRun(const DecryptRequest& request, const keys::RecipientKeys& keys,
             const Limits& limits)
      : request_(request),
        keys_(keys),
        limits_(limits),
        stop_(request.deadline, request.cancelled),
        own_budget_(limits.max_batch_pbes2_iterations),
        budget_(request.budget != nullptr ? *request.budget : own_budget_),
        results_(request.tokens.size()) {}

  ~DecryptRun() {
    for (DecryptResult& result : results_) WipeString(&result.plaintext);
  }
  DecryptRun(const DecryptRun&) = delete;
  DecryptRun& operator=(const DecryptRun&) = delete;

  void Run(exec::ThreadPool* pool) {
    const size_t num_tokens = results_.size();
    Share(pool, (num_tokens + kPerChunk - 1) / kPerChunk, [&](size_t chunk) {
      const size_t begin = chunk * kPerChunk;
      DecryptChunk(begin, std::min(begin + kPerChunk, num_tokens));
    });
    // About as they came, so that the budget goes to the first ones.
    absl::c_sort(expensive_);
    Share(pool, expensive_.size(),
          [&](size_t i) { DecryptExpensive(expensive_[i]); });
  }

  absl::Span<const DecryptResult> results() const { return results_; }

 private:
  void Share(exec::ThreadPool* pool, size_t num,
             absl::FunctionRef<void(size_t)> body) const {
    if (pool != nullptr && num > 1 && request_.max_parallelism != 1) {
      pool->ParallelFor(num, request_.max_parallelism, body);
    } else {
      for (size_t i = 0; i < num; ++i) body(i);
    }
  }

  // Whether the batch goes on; if not, `*result` says so.
  bool GoesOn(DecryptResult* result) const {
    if (!stop_.ShouldStop()) return true;
    result->reason = stop_.IsCancelled() ? R::kCancelled : R::kDeadlineExceeded;
    return false;
  }

  // A parser for the caller's chunk; the run has as many as it had threads at
  // once, for making one costs more than most headers do.
  std::unique_ptr<jose::JweHeaderParser> TakeParser() {
    std::lock_guard<std::mutex> lock(mutex_);
    if (parsers_.empty())
      return std::make_unique<jose::JweHeaderParser>(limits_);
    auto parser = std::move(parsers_.back());
    parsers_.pop_back();
    return parser;
  }
  void GiveBack(std::unique_ptr<jose::JweHeaderParser> parser) {
    std::lock_guard<std::mutex> lock(mutex_);
    parsers_.push_back(std::move(parser));
  }

  void DecryptChunk(size_t begin, size_t end) {
    std::unique_ptr<jose::JweHeaderParser> parser = TakeParser();
    for (size_t i = begin; i < end; ++i) {
      if (!GoesOn(&results_[i])) continue;
      jose::UnverifiedJwe jwe;
      jose::JweHeader header;
      results_[i].reason = Read(i, parser.get(), &jwe, &header);
      if (results_[i].reason != R::kValid) continue;
      if (IsExpensive(header)) {
        results_[i].reason = R::kUnspecified;  // Until it is its turn.
        std::lock_guard<std::mutex> lock(mutex_);
        expensive_.push_back(i);
      } else {
        results_[i].reason = Decrypt(jwe, header, &results_[i].plaintext);
      }
    }
    GiveBack(std::move(parser));
  }

  void DecryptExpensive(size_t index) {
    DecryptResult& result = results_[index];
    if (!GoesOn(&result)) return;
    std::unique_ptr<jose::JweHeaderParser> parser = TakeParser();
    jose::UnverifiedJwe jwe;
    jose::JweHeader header;
    result.reason = Read(index, parser.get(), &jwe, &header);
    if (result.reason == R::kValid) {
      result.reason = Decrypt(jwe, header, &result.plaintext);
    }
    GiveBack(std::move(parser));
  }

  // Everything before the first key.
  R Read(size_t index, jose::JweHeaderParser* parser, jose::UnverifiedJwe* jwe,
         jose::JweHeader* header) {
    DecryptResult& result = results_[index];
    R reason = jose::SplitJwe(request_.tokens[index], limits_, jwe);
    if (reason != R::kValid) return reason;
    reason = parser->Parse(jwe->header, header);
    result.alg = header->alg;
    result.enc = header->enc;
    result.kid.reset();
    if (header->kid.has_value()) result.kid.emplace(*header->kid);
    if (reason != R::kValid) return reason;
    if (!IsAllowed(request_.algorithms, header->alg)) {
      return R::kAlgorithmNotAllowedByPolicy;
    }
    if (!IsAllowed(request_.encryptions, header->enc)) {
      return R::kEncNotAllowedByPolicy;
    }
    return R::kValid;
  }

  // Tries the keys one by one: a key that is not the token's fails as every
  // other failure does.
  R Decrypt(const jose::UnverifiedJwe& jwe, const jose::JweHeader& header,
            std::string* plaintext) {
    const keys::DecryptionCandidates candidates =
        keys_.FindForDecrypt(header.kid, header.alg, header.enc);
    R reason = candidates.reason;
    for (size_t i = 0; i < candidates.num_keys; ++i) {
      const R tried = jose::DecryptCompact(jwe, header, *candidates.keys[i],
                                           &budget_, plaintext);
      // A key that could not be tried might have been the one.
      if (tried == R::kValid || tried == R::kIterationBudgetSpent) return tried;
      if (i == 0 || tried == R::kDecryptionFailed) reason = tried;
    }
    return reason;
  }

  const DecryptRequest& request_;
  const keys::RecipientKeys& keys_;
  const Limits& limits_;
  const StopSignal stop_;
  jose::IterationBudget own_budget_;
  jose::IterationBudget& budget_;
  std::vector<DecryptResult> results_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<jose::JweHeaderParser>>
      parsers_;                    // Under mutex_.
  std::vector<size_t> expensive_;  // Under mutex_ while chunks are worked on.
};

}  // namespace

BatchDecrypter::BatchDecrypter(const keys::KeyCache* key_cache,
                               exec::ThreadPool* pool, const Limits& limits)
    : key_cache_(*key_cache), pool_(pool), limits_(limits) {}

absl::Status BatchDecrypter::Decrypt(
    const DecryptRequest& request,
    absl::FunctionRef<void(const DecryptResults&)> consume) const {
  if (request.tokens.size() > limits_.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch holds at most ", limits_.max_batch_items, " tokens, not ",
        request.tokens.size(), ": send it in parts"));
  }
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const keys::KeySet* key_set = guard.Find(request.key_set);
  if (key_set == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("there is no key set named \"", request.key_set, "\""));
  }
  if (key_set->use() != keys::KeySetUse::kDecrypt) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the key set \"", request.key_set, "\" is not for decryption"));
  }
  DecryptRun run(request, *key_set->recipients(), limits_);
  run.Run(pool_);
  consume({key_set->generation(), run.results()});
  return absl::OkStatus();
}

}  // namespace assay::engine
