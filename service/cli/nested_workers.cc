#include "service/cli/nested_workers.h"

#include <cstddef>
#include <utility>

#include "core/base/clock.h"
#include "core/base/reason.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/nested_verifier.h"
#include "core/jose/iteration_budget.h"
#include "service/cli/batch.h"
#include "service/cli/engine_worker.h"
#include "service/cli/jwe_flags.h"
#include "service/cli/key_flags.h"
#include "service/cli/nested_output.h"

namespace assay::cli {
namespace {

JudgedNested FromEngine(const engine::NestedResult& result) {
  JudgedNested judged;
  judged.token.verdict = result.verdict();
  judged.token.reason = ReasonText(result.reason);
  if (!result.valid()) return judged;
  judged.token.alg = result.path.back().alg;
  judged.token.kid = result.path.back().kid;
  judged.token.payload = result.payload;
  judged.path = result.path;
  return judged;
}

class NestedWorker : public EngineWorker {
 public:
  NestedWorker(std::unique_ptr<keys::KeySet> key_set,
               std::unique_ptr<keys::KeySet> decryption_keys,
               NestedSettings settings, int num_threads, const Limits& limits,
               const engine::KernelOptions& kernels)
      : EngineWorker(std::move(key_set), num_threads),
        settings_(std::move(settings)),
        verifier_(&key_cache_, &pool_, Clock::System(), limits, kernels),
        decrypter_(&key_cache_, &pool_, limits),
        nested_(&verifier_, &decrypter_, Clock::System(), limits),
        budget_(kDefaultPbes2Budget) {
    key_cache_.Publish(std::move(decryption_keys));
  }

 protected:
  absl::Status Answer(Batch& batch) override {
    engine::NestedRequest request;
    request.key_set = kLocalKeySet;
    request.decryption_key_set = kLocalDecryptionKeySet;
    request.policy = &settings_.policy;
    request.tokens = batch.lines;
    request.view = settings_.output == OutputForm::kNdjson
                       ? engine::ResultView::kPayload
                       : engine::ResultView::kVerdict;
    request.max_layers = settings_.max_layers;
    request.max_parallelism = num_threads_;
    request.budget = &budget_;
    return nested_.Verify(request, [&](const engine::NestedResults& results) {
      for (size_t i = 0; i < results.results.size(); ++i) {
        AddVerdict(results.results[i], i, &batch);
      }
    });
  }

 private:
  void AddVerdict(const engine::NestedResult& result, size_t i,
                  Batch* batch) const {
    const JudgedNested judged = batch->too_long[i]
                                    ? JudgedNested{TooLargeToken(), {}}
                                    : FromEngine(result);
    ++batch->tally[static_cast<size_t>(judged.token.verdict)];
    AppendNestedVerdict(settings_.output, batch->first_index + i, judged,
                        &batch->output);
  }

  const NestedSettings settings_;
  const engine::BatchVerifier verifier_;
  const engine::BatchDecrypter decrypter_;
  const engine::NestedVerifier nested_;
  jose::IterationBudget budget_;  // Of the whole run.
};

}  // namespace

std::unique_ptr<BatchWorker> MakeNestedVerifier(
    std::unique_ptr<keys::KeySet> key_set,
    std::unique_ptr<keys::KeySet> decryption_keys, NestedSettings settings,
    int num_threads, const Limits& limits,
    const engine::KernelOptions& kernels) {
  return std::make_unique<NestedWorker>(
      std::move(key_set), std::move(decryption_keys), std::move(settings),
      num_threads, limits, kernels);
}

}  // namespace assay::cli
