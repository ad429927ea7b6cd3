// Answers batches of JWS beyond the compact token with an encoded payload of
// its own, with the engine in this process.
#ifndef ASSAY_SERVICE_CLI_JWS_WORKERS_H_
#define ASSAY_SERVICE_CLI_JWS_WORKERS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
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
// at least 1; `policy` has been validated and is of the form kJws or kJwsJson.
// With a detached payload, it is that of every token.
std::unique_ptr<BatchWorker> MakeJwsVerifier(
    std::unique_ptr<keys::KeySet> key_set, jose::Policy policy,
    absl::optional<std::string> detached_payload, OutputForm output,
    int num_threads, const Limits& limits,
    const engine::KernelOptions& kernels);

// Which keys sign, and how.
struct JwsSignSettings {
  std::vector<std::string> kids;  // Empty: the only one that fits.
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  engine::SignOptions options;  // kJws or kJwsJson.
};

// Signs each line; Batch::tally counts sign outcomes. An error says why
// nothing can be signed like this at all.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeJwsSigner(
    std::unique_ptr<keys::KeySet> key_set, JwsSignSettings settings,
    int num_threads, const Limits& limits);

// The one token of one detached payload.
absl::StatusOr<std::string> SignDetached(std::unique_ptr<keys::KeySet> key_set,
                                         const JwsSignSettings& settings,
                                         absl::string_view payload,
                                         const Limits& limits);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_JWS_WORKERS_H_
