#include "core/engine/recipient_search.h"

#include "absl/algorithm/container.h"
#include "core/base/limits.h"

namespace assay::engine {
namespace {

using R = DecryptReason;

template <typename T>
bool IsAllowed(absl::Span<const T> allowed, T value) {
  return allowed.empty() || absl::c_linear_search(allowed, value);
}

void Describe(size_t index, const jose::JweHeader& header,
              SearchedRecipient* recipient) {
  recipient->index = index;
  recipient->alg = header.alg;
  recipient->enc = header.enc;
  recipient->kid.reset();
  if (header.kid.has_value()) recipient->kid.emplace(*header.kid);
}

}  // namespace

R AllowedEncryption::Judge(const jose::JweHeader& header) const {
  if (!IsAllowed(algs, header.alg)) return R::kAlgorithmNotAllowedByPolicy;
  return IsAllowed(encs, header.enc) ? R::kValid : R::kEncNotAllowedByPolicy;
}

bool IsExpensive(const jose::JweHeader& header) {
  return jose::InfoOf(header.alg).family == jose::KeyManagementFamily::kPbes2;
}

bool IsFinal(R reason) {
  switch (VerdictOf(reason)) {
    case DecryptVerdict::kValid:
    case DecryptVerdict::kTooExpensive:
    case DecryptVerdict::kTooLarge:
    case DecryptVerdict::kNotProcessed:
      return true;
    default:
      return reason == R::kContentNotDeflate;
  }
}

// The answer so far: of those that got furthest, the first one's. Never kValid.
class RecipientSearch::BestReason {
 public:
  void Offer(Stage stage, R reason) {
    if (has_any_ && stage <= stage_) return;
    has_any_ = true;
    stage_ = stage;
    reason_ = reason;
  }
  R reason() const { return reason_; }

 private:
  bool has_any_ = false;
  Stage stage_ = Stage::kHeader;
  R reason_ = R::kNoCompatibleKey;
};

RecipientSearch::Judgement RecipientSearch::Judge(
    const jose::JweHeader& header) const {
  Judgement judgement;
  judgement.reason = header.reason;
  if (judgement.reason != R::kValid) return judgement;
  judgement.stage = Stage::kPolicy;
  judgement.reason = allowed_.Judge(header);
  if (judgement.reason != R::kValid) return judgement;
  judgement.stage = Stage::kKeys;
  judgement.candidates =
      keys_.FindForDecrypt(header.kid, header.alg, header.enc);
  judgement.reason = judgement.candidates.reason;
  return judgement;
}

bool RecipientSearch::Spent::Add(const jose::JweHeader& header,
                                 const jose::DecryptBudgets& budgets) {
  ++num_tries;
  if (IsExpensive(header)) num_iterations += header.p2c;
  return num_tries <= kMaxRecipientTries &&
         num_iterations <= budgets.max_token_iterations;
}

R RecipientSearch::Try(const jose::UnverifiedJwe& jwe,
                       const jose::JweHeader& header,
                       const keys::DecryptionCandidates& candidates,
                       jose::DecryptScratch* scratch, Spent* spent,
                       std::string* plaintext) const {
  R reason = R::kDecryptionFailed;
  for (size_t i = 0; i < candidates.num_keys; ++i) {
    if (!spent->Add(header, budgets_)) return R::kRecipientTriesSpent;
    if (stop_.ShouldStop()) {
      return stop_.IsCancelled() ? R::kCancelled : R::kDeadlineExceeded;
    }
    const R tried = jose::DecryptJwe(jwe, header, *candidates.keys[i], budgets_,
                                     plaintext, scratch);
    if (IsFinal(tried)) return tried;
    if (i == 0 || tried == R::kDecryptionFailed) reason = tried;
  }
  return reason;
}

R RecipientSearch::Run(Part part, jose::JweJsonParser* parser,
                       jose::DecryptScratch* scratch,
                       SearchedRecipient* recipient,
                       std::string* plaintext) const {
  BestReason best;
  Spent spent;
  bool is_other_part_left = false;
  bool is_any_key_left = false;
  for (size_t i = 0; i < parser->num_recipients(); ++i) {
    jose::UnverifiedJwe jwe;
    jose::JweHeader header;
    parser->ReadRecipient(i, &jwe, &header);
    if (i == 0) Describe(i, header, recipient);
    const Judgement judgement = Judge(header);
    if (judgement.candidates.has_more) is_any_key_left = true;
    if (judgement.reason != R::kValid) {
      best.Offer(judgement.stage, judgement.reason);
    } else if (IsExpensive(header) != (part == Part::kExpensive)) {
      is_other_part_left = true;
    } else {
      const R reason =
          Try(jwe, header, judgement.candidates, scratch, &spent, plaintext);
      if (IsFinal(reason)) {
        Describe(i, header, recipient);
        return reason;
      }
      best.Offer(Stage::kTried, reason);
    }
  }
  if (part == Part::kCheap && is_other_part_left) return R::kUnspecified;
  // One that was not tried may be the token's.
  return is_any_key_left && best.reason() == R::kDecryptionFailed
             ? R::kRecipientTriesSpent
             : best.reason();
}

}  // namespace assay::engine
