// Answers batches with a server: StreamVerify and StreamSign.
#ifndef ASSAY_SERVICE_CLI_REMOTE_WORKERS_H_
#define ASSAY_SERVICE_CLI_REMOTE_WORKERS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/jose/policy.h"
#include "service/cli/batch_worker.h"
#include "service/cli/engine_workers.h"
#include "service/cli/jws_workers.h"
#include "service/cli/server_flags.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

// Like MakeEngineVerifier and MakeEngineSigner, with the server's key set.
// What the server refuses as a whole is an error of Run.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteVerifier(
    const ServerFlags& server, const jose::Policy& policy, OutputForm output);
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteSigner(
    const ServerFlags& server, const SignSettings& settings);
// Like MakeJwsSigner, of what is not detached.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteJwsSigner(
    const ServerFlags& server, const JwsSignSettings& settings);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_REMOTE_WORKERS_H_
