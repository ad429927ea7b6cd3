#include "core/engine/batch_decrypter.h"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/engine/batch_size.h"
#include "core/engine/recipient_search.h"
#include "core/engine/stop_signal.h"
#include "core/exec/for_each.h"
#include "core/jose/deflate.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
#include "core/jose/jwe_json.h"
#include "core/keys/key_set.h"
#include "core/keys/recipient_keys.h"

namespace assay::engine {
namespace {

using R = DecryptReason;
using Part = RecipientSearch::Part;

// Tokens per chunk. Unlike in a batch of signatures, what a token costs is
// known only once its header is read; most cost between 2 and 700 us.
constexpr size_t kPerChunk = 8;

// A thread's own; the parser of the form that is not the request's is not made.
struct Tools {
  std::unique_ptr<jose::JweHeaderParser> compact;
  std::unique_ptr<jose::JweJsonParser> json;
  std::unique_ptr<jose::DecryptScratch> scratch;
};

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
        inflate_budget_(limits.max_batch_inflated_bytes),
        budgets_{&budget_, &inflate_budget_, limits.max_inflated_bytes,
                 uint64_t{limits.max_pbes2_iterations} * kMaxKeyCandidates},
        allowed_{request.algorithms, request.encryptions},
        search_(&keys, allowed_, budgets_, &stop_),
        results_(request.tokens.size()) {}

  ~DecryptRun() {
    for (DecryptResult& result : results_) WipeString(&result.plaintext);
  }
  DecryptRun(const DecryptRun&) = delete;
  DecryptRun& operator=(const DecryptRun&) = delete;

  void Run(exec::ThreadPool* pool) {
    exec::ForEachChunk(
        pool, results_.size(), kPerChunk, request_.max_parallelism,
        [&](size_t begin, size_t end) { DecryptChunk(begin, end); });
    // About as they came, so that the budget goes to the first ones.
    absl::c_sort(expensive_);
    exec::ForEach(pool, expensive_.size(), request_.max_parallelism,
                  [&](size_t i) { DecryptExpensive(expensive_[i]); });
  }

  absl::Span<const DecryptResult> results() const { return results_; }

 private:
  // Whether the batch goes on; if not, `*result` says so.
  bool GoesOn(DecryptResult* result) const {
    if (!stop_.ShouldStop()) return true;
    result->reason = stop_.IsCancelled() ? R::kCancelled : R::kDeadlineExceeded;
    return false;
  }

  // Tools for the caller's chunk; the run has as many as it had threads at
  // once, for making one costs more than most headers do.
  Tools TakeTools() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (!tools_.empty()) {
        Tools tools = std::move(tools_.back());
        tools_.pop_back();
        return tools;
      }
    }
    Tools tools;
    tools.scratch = std::make_unique<jose::DecryptScratch>();
    if (request_.form == DecryptForm::kJson) {
      tools.json = std::make_unique<jose::JweJsonParser>(limits_, request_.zip);
    } else {
      tools.compact =
          std::make_unique<jose::JweHeaderParser>(limits_, request_.zip);
    }
    return tools;
  }
  void GiveBack(Tools tools) {
    std::lock_guard<std::mutex> lock(mutex_);
    tools_.push_back(std::move(tools));
  }

  void DecryptChunk(size_t begin, size_t end) {
    Tools tools = TakeTools();
    for (size_t i = begin; i < end; ++i) {
      if (!GoesOn(&results_[i])) continue;
      results_[i].reason = DecryptPart(Part::kCheap, i, &tools);
      if (results_[i].reason != R::kUnspecified) continue;
      // Until it is its turn.
      std::lock_guard<std::mutex> lock(mutex_);
      expensive_.push_back(i);
    }
    GiveBack(std::move(tools));
  }

  void DecryptExpensive(size_t index) {
    if (!GoesOn(&results_[index])) return;
    Tools tools = TakeTools();
    results_[index].reason = DecryptPart(Part::kExpensive, index, &tools);
    GiveBack(std::move(tools));
  }

  // kUnspecified: it is expensive, and `part` is not.
  R DecryptPart(Part part, size_t index, Tools* tools) {
    return request_.form == DecryptForm::kJson
               ? DecryptJson(part, index, tools)
               : DecryptCompact(part, index, tools);
  }

  R DecryptJson(Part part, size_t index, Tools* tools) {
    jose::JweJsonParser* const parser = tools->json.get();
    DecryptResult& result = results_[index];
    R reason = parser->Parse(request_.tokens[index]);
    if (reason != R::kValid) return reason;
    SearchedRecipient recipient;
    reason = search_.Run(part, parser, tools->scratch.get(), &recipient,
                         &result.plaintext);
    result.recipient = recipient.index;
    result.alg = recipient.alg;
    result.enc = recipient.enc;
    result.kid = std::move(recipient.kid);
    if (reason == R::kValid) result.aad = parser->aad();
    return reason;
  }

  R DecryptCompact(Part part, size_t index, Tools* tools) {
    jose::UnverifiedJwe jwe;
    jose::JweHeader header;
    const R reason = Read(index, tools->compact.get(), &jwe, &header);
    if (reason != R::kValid) return reason;
    if (part == Part::kCheap && IsExpensive(header)) return R::kUnspecified;
    return Decrypt(jwe, header, tools->scratch.get(),
                   &results_[index].plaintext);
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
    return reason == R::kValid ? allowed_.Judge(*header) : reason;
  }

  // Tries the keys one by one: a key that is not the token's fails as every
  // other failure does.
  R Decrypt(const jose::UnverifiedJwe& jwe, const jose::JweHeader& header,
            jose::DecryptScratch* scratch, std::string* plaintext) {
    const keys::DecryptionCandidates candidates =
        keys_.FindForDecrypt(header.kid, header.alg, header.enc);
    R reason = candidates.reason;
    for (size_t i = 0; i < candidates.num_keys; ++i) {
      const R tried = jose::DecryptJwe(jwe, header, *candidates.keys[i],
                                       budgets_, plaintext, scratch);
      if (IsFinal(tried)) return tried;
      if (i == 0 || tried == R::kDecryptionFailed) reason = tried;
    }
    // One that was not tried may be the token's.
    if (candidates.has_more && reason == R::kDecryptionFailed) {
      return R::kRecipientTriesSpent;
    }
    return reason;
  }

  const DecryptRequest& request_;
  const keys::RecipientKeys& keys_;
  const Limits& limits_;
  const StopSignal stop_;
  jose::IterationBudget own_budget_;
  jose::IterationBudget& budget_;
  jose::InflateBudget inflate_budget_;
  const jose::DecryptBudgets budgets_;
  const AllowedEncryption allowed_;
  const RecipientSearch search_;
  std::vector<DecryptResult> results_;
  std::mutex mutex_;
  std::vector<Tools> tools_;       // Under mutex_.
  std::vector<size_t> expensive_;  // Under mutex_ while chunks are worked on.
};

}  // namespace

BatchDecrypter::BatchDecrypter(const keys::KeyCache* key_cache,
                               exec::ThreadPool* pool, const Limits& limits)
    : key_cache_(*key_cache), pool_(pool), limits_(limits) {}

absl::Status BatchDecrypter::Decrypt(
    const DecryptRequest& request,
    absl::FunctionRef<void(const DecryptResults&)> consume) const {
  const absl::Status size =
      CheckBatchSize(request.tokens.size(), limits_, "tokens");
  if (!size.ok()) return size;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const auto found = guard.Get(request.key_set);
  if (!found.ok()) return found.status();
  const keys::KeySet* const key_set = *found;
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
