#include "core/engine/batch_encrypter.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/engine/batch_size.h"
#include "core/engine/jwe_cost.h"
#include "core/engine/stop_signal.h"
#include "core/exec/for_each.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_json_encrypt.h"
#include "core/keys/key_set.h"
#include "core/keys/recipient_keys.h"

namespace assay::engine {
namespace {

using Recipients = std::vector<jose::JweRecipient>;

uint64_t CostNs(const Recipients& recipients) {
  uint64_t cost_ns = 0;
  for (const jose::JweRecipient& recipient : recipients) {
    cost_ns += JweCostNs(recipient.key->alg());
  }
  return cost_ns;
}

absl::Status AddRecipient(const keys::RecipientKeys& keys,
                          const absl::optional<std::string>& kid,
                          const EncryptRequest& request,
                          Recipients* recipients) {
  const auto choice = keys.FindForEncrypt(kid, request.alg);
  if (!choice.ok()) return choice.status();
  if (!choice->key->Serves(request.options.enc)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the secret has not the length that ",
        jose::AlgorithmName(request.options.enc),
        " needs under \"dir\": name the enc that it was made for"));
  }
  recipients->push_back({choice->key, choice->kid});
  return absl::OkStatus();
}

absl::StatusOr<Recipients> FindRecipients(const keys::RecipientKeys& keys,
                                          const EncryptRequest& request) {
  Recipients recipients;
  if (request.kids.empty()) {
    const absl::Status status =
        AddRecipient(keys, request.kid, request, &recipients);
    if (!status.ok()) return status;
  }
  for (const std::string& kid : request.kids) {
    const absl::Status status = AddRecipient(keys, kid, request, &recipients);
    if (!status.ok()) return status;
  }
  return recipients;
}

absl::Status CheckForm(const EncryptRequest& request) {
  if (request.form == EncryptForm::kCompact &&
      !(request.aad.empty() && request.unprotected.empty())) {
    return absl::InvalidArgumentError(
        "a compact token has no aad and no unprotected header: use JSON");
  }
  if (request.form != EncryptForm::kGeneralJson && !request.kids.empty()) {
    return absl::InvalidArgumentError(
        "only a token in general JSON has several recipients");
  }
  return absl::OkStatus();
}

// What the tokens in JSON have in common; `*unprotected` is what it views.
absl::StatusOr<jose::JweJsonOptions> JsonOptionsOf(
    const EncryptRequest& request, std::string* unprotected) {
  jose::JweJsonOptions json;
  if (request.form == EncryptForm::kGeneralJson) {
    json.shape = jose::JweJsonShape::kGeneral;
  }
  json.aad = request.aad;
  if (!request.unprotected.empty()) {
    auto compact = jose::CompactUnprotectedHeader(request.unprotected);
    if (!compact.ok()) return compact.status();
    *unprotected = *std::move(compact);
    json.unprotected = *unprotected;
  }
  return json;
}

// One batch under way; pool threads work on disjoint plaintexts.
class EncryptRun {
 public:
  EncryptRun(const EncryptRequest& request, const Recipients& recipients,
             const jose::JweJsonOptions& json, const Limits& limits)
      : request_(request),
        recipients_(recipients),
        json_(json),
        options_(request.options),
        limits_(limits),
        stop_(request.deadline, request.cancelled),
        budget_(limits.max_batch_pbes2_iterations),
        tokens_(request.plaintexts.size(), absl::CancelledError("")) {
    options_.kid = recipients[0].kid;
  }

  void Run(exec::ThreadPool* pool) {
    exec::ForEachChunk(pool, tokens_.size(), JwesPerChunk(CostNs(recipients_)),
                       request_.max_parallelism, [&](size_t begin, size_t end) {
                         EncryptChunk(begin, end);
                       });
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
    jose::EncryptScratch scratch;
    for (size_t i = begin; i < end; ++i) {
      if (stopped) {
        tokens_[i] = WhyStopped();
      } else {
        tokens_[i] = Encrypt(request_.plaintexts[i], &scratch);
      }
    }
  }

  absl::StatusOr<std::string> Encrypt(absl::string_view plaintext,
                                      jose::EncryptScratch* scratch) {
    if (request_.form == EncryptForm::kCompact) {
      return jose::EncryptCompact(options_, plaintext, *recipients_[0].key,
                                  limits_, &budget_, scratch);
    }
    return jose::EncryptJson(options_, json_, plaintext, recipients_, limits_,
                             &budget_);
  }

  const EncryptRequest& request_;
  const Recipients& recipients_;
  const jose::JweJsonOptions& json_;
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
  const absl::Status size =
      CheckBatchSize(request.plaintexts.size(), limits_, "plaintexts");
  if (!size.ok()) return size;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const auto found = guard.Get(request.key_set);
  if (!found.ok()) return found.status();
  const keys::KeySet* const key_set = *found;
  if (key_set->use() != keys::KeySetUse::kEncrypt) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the key set \"", request.key_set, "\" is not for encryption"));
  }
  absl::Status status = CheckForm(request);
  if (!status.ok()) return status;
  const auto recipients = FindRecipients(*key_set->recipients(), request);
  if (!recipients.ok()) return recipients.status();
  std::string unprotected;
  const auto json = JsonOptionsOf(request, &unprotected);
  if (!json.ok()) return json.status();
  status =
      jose::ValidateJweRecipients(request.options, *json, *recipients, limits_);
  if (!status.ok()) return status;

  EncryptRun run(request, *recipients, *json, limits_);
  run.Run(pool_);
  const jose::JweRecipient& first = (*recipients)[0];
  consume({key_set->generation(), first.key->alg(), first.kid, run.tokens()});
  return absl::OkStatus();
}

}  // namespace assay::engine
