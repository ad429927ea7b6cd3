#include "service/cli/engine_workers.h"

#include <utility>

#include "absl/functional/function_ref.h"
#include "core/base/clock.h"
#include "service/cli/engine_worker.h"
#include "service/cli/key_flags.h"
#include "service/cli/sign_output.h"

namespace assay::cli {
namespace {

JudgedToken FromEngine(const engine::TokenResult& result) {
  JudgedToken token;
  token.verdict = result.verdict();
  token.alg = result.alg();
  if (result.has_kid()) token.kid = result.kid();
  token.reason = ReasonText(result.reason());
  token.payload = result.payload();
  return token;
}

class EngineVerifier : public EngineWorker {
 public:
  EngineVerifier(std::unique_ptr<keys::KeySet> key_set, jose::Policy policy,
                 OutputForm output, int num_threads, const Limits& limits,
                 const engine::KernelOptions& kernels)
      : EngineWorker(std::move(key_set), num_threads),
        policy_(std::move(policy)),
        output_(output),
        verifier_(&key_cache_, &pool_, Clock::System(), limits, kernels) {}

 protected:
  absl::Status Answer(Batch& batch) override {
    engine::VerifyRequest request;
    request.key_set = kLocalKeySet;
    request.policy = &policy_;
    request.tokens = batch.lines;
    request.view = output_ == OutputForm::kNdjson
                       ? engine::ResultView::kPayload
                       : engine::ResultView::kVerdict;
    request.max_parallelism = num_threads_;
    return verifier_.Verify(request, [&](const engine::BatchResults& results) {
      for (size_t i = 0; i < results.results.size(); ++i) {
        AddVerdict(batch, i,
                   batch.too_long[i] ? TooLargeToken()
                                     : FromEngine(results.results[i]));
      }
    });
  }

 private:
  void AddVerdict(Batch& batch, size_t i, const JudgedToken& token) const {
    ++batch.tally[static_cast<size_t>(token.verdict)];
    AppendVerdict(output_, policy_.form, batch.first_index + i, token,
                  &batch.output);
  }

  const jose::Policy policy_;
  const OutputForm output_;
  const engine::BatchVerifier verifier_;
};

class EngineSigner : public EngineWorker {
 public:
  EngineSigner(std::unique_ptr<keys::KeySet> key_set, SignSettings settings,
               int num_threads, const Limits& limits)
      : EngineWorker(std::move(key_set), num_threads),
        settings_(std::move(settings)),
        signer_(&key_cache_, &pool_, Clock::System(), limits) {}

  // Whether the key, the algorithm and the options go together.
  absl::Status Check() const {
    return Sign({}, [](const engine::SignResults&) {});
  }

 protected:
  absl::Status Answer(Batch& batch) override {
    return Sign(batch.lines, [&](const engine::SignResults& results) {
      for (size_t i = 0; i < results.results.size(); ++i) {
        const engine::SignResult& result = results.results[i];
        AppendSigned(
            batch.too_long[i] ? engine::SignOutcome::kTooLarge : result.outcome,
            engine::SignOutcomeText(result.outcome), result.token, i, &batch);
      }
    });
  }

 private:
  absl::Status Sign(
      absl::Span<const absl::string_view> payloads,
      absl::FunctionRef<void(const engine::SignResults&)> consume) const {
    engine::SignRequest request;
    request.key_set = kLocalKeySet;
    request.kid = settings_.kid;
    request.alg = settings_.alg;
    request.options = &settings_.options;
    request.payloads = payloads;
    request.max_parallelism = num_threads_;
    return signer_.Sign(request, consume);
  }

  const SignSettings settings_;
  const engine::BatchSigner signer_;
};

}  // namespace

std::unique_ptr<BatchWorker> MakeEngineVerifier(
    std::unique_ptr<keys::KeySet> key_set, jose::Policy policy,
    OutputForm output, int num_threads, const Limits& limits,
    const engine::KernelOptions& kernels) {
  return std::make_unique<EngineVerifier>(std::move(key_set), std::move(policy),
                                          output, num_threads, limits, kernels);
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeEngineSigner(
    std::unique_ptr<keys::KeySet> key_set, SignSettings settings,
    int num_threads, const Limits& limits) {
  auto signer = std::make_unique<EngineSigner>(
      std::move(key_set), std::move(settings), num_threads, limits);
  const absl::Status status = signer->Check();
  if (!status.ok()) return status;
  return signer;
}

}  // namespace assay::cli
