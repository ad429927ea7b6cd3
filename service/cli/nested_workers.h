// Answers batches of nested tokens with the engine in this process.
#ifndef ASSAY_SERVICE_CLI_NESTED_WORKERS_H_
#define ASSAY_SERVICE_CLI_NESTED_WORKERS_H_

#include <memory>

#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/policy.h"
#include "core/keys/key_set.h"
#include "service/cli/batch_worker.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

struct NestedSettings {
  jose::Policy policy;  // Has been validated; of the form kJwt.
  OutputForm output = OutputForm::kNdjson;
  int max_layers = kDefaultNestedLayers;
};

// Judges each line as a nested token; Batch::tally counts verdicts.
// `num_threads` is at least 1; `decryption_keys` is a kDecrypt set of another
// name than `key_set`.
std::unique_ptr<BatchWorker> MakeNestedVerifier(
    std::unique_ptr<keys::KeySet> key_set,
    std::unique_ptr<keys::KeySet> decryption_keys, NestedSettings settings,
    int num_threads, const Limits& limits,
    const engine::KernelOptions& kernels);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_NESTED_WORKERS_H_
