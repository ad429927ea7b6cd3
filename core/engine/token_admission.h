// Admission of a batch's tokens: form, header, key (RFC 7515 5.2, steps 1 to
// 7). Nothing is verified here but the certificates of an x5c.
//
// Thread safety: one thread calls; pool threads work within.
#ifndef ASSAY_CORE_ENGINE_TOKEN_ADMISSION_H_
#define ASSAY_CORE_ENGINE_TOKEN_ADMISSION_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/scratch.h"
#include "core/engine/text_arena.h"
#include "core/engine/verify_batch.h"
#include "core/exec/thread_pool.h"
#include "core/jose/header.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jws_parts.h"
#include "core/keys/key_set.h"
#include "core/keys/prepared_key.h"

namespace assay::engine {

class TokenAdmission {
 public:
  // Both outlive it, and it the results, which view its texts and its keys.
  TokenAdmission(VerifyBatch* batch, ScratchPool* scratch_pool)
      : batch_(*batch), scratch_pool_(*scratch_pool) {}
  TokenAdmission(const TokenAdmission&) = delete;
  TokenAdmission& operator=(const TokenAdmission&) = delete;

  // Gives each item its key, or its result the reason why it has none; neither
  // where the batch is to stop. `pool` may be null.
  void AdmitAll(exec::ThreadPool* pool);

 private:
  void AdmitChunk(size_t begin, size_t end);
  void Admit(size_t index, Scratch* scratch);
  Reason AdmitToken(size_t index, Scratch* scratch);
  Reason AdmitParts(size_t index, Scratch* scratch);
  Reason WhyUnread(const jose::JwsParts& parts) const;
  Reason FindKey(size_t index, Scratch* scratch);
  Reason ReadHeader(size_t index, Scratch* scratch);
  bool MayBringKey(const jose::ProtectedHeader& header,
                   const keys::KeyCandidates& own) const;
  Reason FindCertificateKey(size_t index, absl::Span<const std::string> chain);
  Reason JudgeHeader(const jose::ProtectedHeader& header,
                     VerifyItem* item) const;

  VerifyBatch& batch_;
  ScratchPool& scratch_pool_;
  jose::IterationBudget new_chains_{kMaxBatchNewChains};
  // Headers whose chain was judged and refused: the next tokens of the same
  // signer cost nothing. No more than the budget lets in.
  std::mutex refused_mutex_;
  absl::flat_hash_map<absl::string_view, Reason> refused_chains_;
  // Kids of headers that no memo holds; one arena per chunk.
  std::vector<TextArena> kids_;
  // Keeps the keys alive that came with tokens, by chunk: the key set may
  // forget them meanwhile.
  std::vector<std::vector<std::shared_ptr<const keys::PreparedKey>>>
      certificate_keys_;
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_TOKEN_ADMISSION_H_
