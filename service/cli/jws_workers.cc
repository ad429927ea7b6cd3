#include "service/cli/jws_workers.h"

#include <utility>

#include "absl/functional/function_ref.h"
#include "core/base/clock.h"
#include "core/engine/jws_signer.h"
#include "core/engine/jws_verifier.h"
#include "core/keys/key_cache.h"
#include "service/cli/engine_worker.h"
#include "service/cli/jws_output.h"
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
  return token;
}

JudgedJws FromEngine(const engine::JwsResult& result) {
  JudgedJws jws;
  jws.token.verdict = result.verdict();
  jws.token.alg = result.alg;
  jws.token.kid = result.kid;
  jws.token.reason = ReasonText(result.reason);
  jws.token.payload = result.payload;
  for (const engine::TokenResult& signature : result.signatures) {
    jws.signatures.push_back(FromEngine(signature));
  }
  return jws;
}

class JwsVerifier : public EngineWorker {
 public:
  JwsVerifier(std::unique_ptr<keys::KeySet> key_set, jose::Policy policy,
              absl::optional<std::string> detached_payload, OutputForm output,
              int num_threads, const Limits& limits,
              const engine::KernelOptions& kernels)
      : EngineWorker(std::move(key_set), num_threads),
        policy_(std::move(policy)),
        detached_payload_(std::move(detached_payload)),
        batch_verifier_(&key_cache_, &pool_, Clock::System(), limits, kernels),
        verifier_(&batch_verifier_, &pool_, limits) {
    output_.output = output;
    output_.has_signatures = policy_.form == jose::Form::kJwsJson;
    output_.has_payload = !detached_payload_.has_value();
  }

 protected:
  absl::Status Answer(Batch& batch) override {
    std::vector<absl::string_view> detached;
    if (detached_payload_.has_value()) {
      detached.assign(batch.lines.size(), *detached_payload_);
    }
    engine::JwsVerifyRequest request;
    request.key_set = kLocalKeySet;
    request.policy = &policy_;
    request.tokens = batch.lines;
    request.detached_payloads = detached;
    request.view = output_.output == OutputForm::kNdjson && output_.has_payload
                       ? engine::ResultView::kPayload
                       : engine::ResultView::kVerdict;
    request.max_parallelism = num_threads_;
    return verifier_.Verify(request, [&](const engine::JwsResults& results) {
      for (size_t i = 0; i < results.results.size(); ++i) {
        AddVerdict(batch, i,
                   batch.too_long[i] ? JudgedJws{TooLargeToken(), {}}
                                     : FromEngine(results.results[i]));
      }
    });
  }

 private:
  void AddVerdict(Batch& batch, size_t i, const JudgedJws& jws) const {
    ++batch.tally[static_cast<size_t>(jws.token.verdict)];
    AppendJwsVerdict(output_, batch.first_index + i, jws, &batch.output);
  }

  const jose::Policy policy_;
  const absl::optional<std::string> detached_payload_;
  JwsOutputOptions output_;
  const engine::BatchVerifier batch_verifier_;
  const engine::JwsVerifier verifier_;
};

// Signs with the keys of kLocalKeySet.
absl::Status Sign(const engine::JwsSigner& signer,
                  const JwsSignSettings& settings,
                  absl::Span<const absl::string_view> payloads, int num_threads,
                  absl::FunctionRef<void(const engine::SignResults&)> consume) {
  engine::JwsSignRequest request;
  request.key_set = kLocalKeySet;
  request.kids = settings.kids;
  request.alg = settings.alg;
  request.options = &settings.options;
  request.payloads = payloads;
  request.max_parallelism = num_threads;
  return signer.Sign(request, consume);
}

class JwsSigner : public EngineWorker {
 public:
  JwsSigner(std::unique_ptr<keys::KeySet> key_set, JwsSignSettings settings,
            int num_threads, const Limits& limits)
      : EngineWorker(std::move(key_set), num_threads),
        settings_(std::move(settings)),
        signer_(&key_cache_, &pool_, Clock::System(), limits) {}

  // Whether the keys, the algorithm and the options go together.
  absl::Status Check() const {
    return Sign(signer_, settings_, {}, 1, [](const engine::SignResults&) {});
  }

 protected:
  absl::Status Answer(Batch& batch) override {
    return Sign(signer_, settings_, batch.lines, num_threads_,
                [&](const engine::SignResults& results) {
                  for (size_t i = 0; i < results.results.size(); ++i) {
                    AddResult(results.results[i], i, &batch);
                  }
                });
  }

 private:
  static void AddResult(const engine::SignResult& result, size_t i,
                        Batch* batch) {
    const engine::SignOutcome outcome =
        batch->too_long[i] ? engine::SignOutcome::kTooLarge : result.outcome;
    AppendSigned(outcome, engine::SignOutcomeText(result.outcome), result.token,
                 i, batch);
  }

  const JwsSignSettings settings_;
  const engine::JwsSigner signer_;
};

}  // namespace

std::unique_ptr<BatchWorker> MakeJwsVerifier(
    std::unique_ptr<keys::KeySet> key_set, jose::Policy policy,
    absl::optional<std::string> detached_payload, OutputForm output,
    int num_threads, const Limits& limits,
    const engine::KernelOptions& kernels) {
  return std::make_unique<JwsVerifier>(std::move(key_set), std::move(policy),
                                       std::move(detached_payload), output,
                                       num_threads, limits, kernels);
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeJwsSigner(
    std::unique_ptr<keys::KeySet> key_set, JwsSignSettings settings,
    int num_threads, const Limits& limits) {
  auto signer = std::make_unique<JwsSigner>(
      std::move(key_set), std::move(settings), num_threads, limits);
  const absl::Status status = signer->Check();
  if (!status.ok()) return status;
  return signer;
}

absl::StatusOr<std::string> SignDetached(std::unique_ptr<keys::KeySet> key_set,
                                         const JwsSignSettings& settings,
                                         absl::string_view payload,
                                         const Limits& limits) {
  keys::KeyCache key_cache;
  key_cache.Publish(std::move(key_set));
  const engine::JwsSigner signer(&key_cache, /*pool=*/nullptr, Clock::System(),
                                 limits);
  absl::StatusOr<std::string> token;
  const absl::Status status = Sign(
      signer, settings, absl::MakeConstSpan(&payload, 1), 1,
      [&](const engine::SignResults& results) {
        const engine::SignResult& result = results.results[0];
        if (result.outcome == engine::SignOutcome::kSigned) {
          token = std::string(result.token);
        } else {
          token = absl::InternalError(engine::SignOutcomeText(result.outcome));
        }
      });
  if (!status.ok()) return status;
  return token;
}

}  // namespace assay::cli
