// Decrypts a JWE in JSON for whichever of its recipients a key is there: the
// recipients name keys and algorithms, and what they name is anybody's word, so
// the search has bounds.
#ifndef ASSAY_CORE_ENGINE_RECIPIENT_SEARCH_H_
#define ASSAY_CORE_ENGINE_RECIPIENT_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/decrypt_reason.h"
#include "core/engine/stop_signal.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
#include "core/jose/jwe_json.h"
#include "core/keys/recipient_keys.h"

namespace assay::engine {

// What a header may name; empty: whatever the keys serve.
struct AllowedEncryption {
  absl::Span<const jose::KeyManagement> algs;
  absl::Span<const jose::ContentAlgorithm> encs;

  // kValid or why not.
  DecryptReason Judge(const jose::JweHeader& header) const;
};

// Whether finding the content's key derives one from a password (PBES2).
bool IsExpensive(const jose::JweHeader& header);

// Whether another key could do no better than `reason`: the content is
// authentic, or a key that could not be tried might have been the one.
bool IsFinal(DecryptReason reason);

// The recipient that was found, or the first one.
struct SearchedRecipient {
  size_t index = 0;
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;
  jose::ContentAlgorithm enc = jose::ContentAlgorithm::kUnspecified;
  absl::optional<std::string> kid;
};

// Thread safety: const methods may be called concurrently, with parsers of the
// caller's own.
class RecipientSearch {
 public:
  // Which recipients are tried.
  enum class Part : uint8_t { kCheap, kExpensive };

  // All outlive the search.
  RecipientSearch(const keys::RecipientKeys* keys,
                  const AllowedEncryption& allowed,
                  const jose::DecryptBudgets& budgets, const StopSignal* stop)
      : keys_(*keys), allowed_(allowed), budgets_(budgets), stop_(*stop) {}

  // Decrypts the token that `parser` has parsed. kUnspecified: no cheap
  // recipient decrypts, and an expensive one is to be tried, in a second run.
  // If none decrypts, the reason is of the recipient that got furthest, or
  // kRecipientTriesSpent if not all could be tried. `*plaintext` as in
  // jose::DecryptJwe.
  DecryptReason Run(Part part, jose::JweJsonParser* parser,
                    jose::DecryptScratch* scratch, SearchedRecipient* recipient,
                    std::string* plaintext) const;

 private:
  // How far a recipient got.
  enum class Stage : uint8_t { kHeader, kPolicy, kKeys, kTried };
  class BestReason;

  // By one run, for one token.
  struct Spent {
    size_t num_tries = 0;
    uint64_t num_iterations = 0;

    // Adds a try; false if it is one too many.
    bool Add(const jose::JweHeader& header,
             const jose::DecryptBudgets& budgets);
  };
  // What is said of a recipient before any key is tried.
  struct Judgement {
    Stage stage = Stage::kHeader;
    DecryptReason reason = DecryptReason::kUnspecified;
    keys::DecryptionCandidates candidates;  // If the reason is kValid.
  };
  Judgement Judge(const jose::JweHeader& header) const;
  DecryptReason Try(const jose::UnverifiedJwe& jwe,
                    const jose::JweHeader& header,
                    const keys::DecryptionCandidates& candidates,
                    jose::DecryptScratch* scratch, Spent* spent,
                    std::string* plaintext) const;

  const keys::RecipientKeys& keys_;
  const AllowedEncryption allowed_;
  const jose::DecryptBudgets budgets_;
  const StopSignal& stop_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_RECIPIENT_SEARCH_H_
