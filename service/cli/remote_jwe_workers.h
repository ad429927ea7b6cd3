// Encrypts and decrypts batches of lines with a server: StreamEncrypt and
// StreamDecrypt.
#ifndef ASSAY_SERVICE_CLI_REMOTE_JWE_WORKERS_H_
#define ASSAY_SERVICE_CLI_REMOTE_JWE_WORKERS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "service/cli/batch_worker.h"
#include "service/cli/jwe_workers.h"
#include "service/cli/server_flags.h"

namespace assay::cli {

// Like MakeEngineEncrypter and MakeEngineDecrypter, with the server's key set
// and within its limits. What the server refuses as a whole is an error of Run.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteEncrypter(
    const ServerFlags& server, const EncryptSettings& settings);
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteDecrypter(
    const ServerFlags& server, const DecryptSettings& settings);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_REMOTE_JWE_WORKERS_H_
