// Answers batches with the engine in this process.
#ifndef ASSAY_SERVICE_CLI_ENGINE_WORKERS_H_
#define ASSAY_SERVICE_CLI_ENGINE_WORKERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/keys/key_set.h"
#include "service/cli/batch_worker.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

// Judges each line as a token; Batch::tally counts verdicts. `num_threads` is
// at least 1; `policy` has been validated.
std::unique_ptr<BatchWorker> MakeEngineVerifier(
    std::unique_ptr<keys::KeySet> key_set, jose::Policy policy,
    OutputForm output, int num_threads, const Limits& limits,
    const engine::KernelOptions& kernels);

// Which key signs, and how.
struct SignSettings {
  absl::optional<std::string> kid;
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  engine::SignOptions options;
};

// Signs each line; Batch::tally counts sign outcomes. An error says why
// nothing can be signed like this at all.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeEngineSigner(
    std::unique_ptr<keys::KeySet> key_set, SignSettings settings,
    int num_threads, const Limits& limits);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_ENGINE_WORKERS_H_
