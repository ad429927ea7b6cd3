// Answers batches with a server: StreamVerify and StreamSign.
#ifndef ASSAY_SERVICE_CLI_REMOTE_WORKERS_H_
#define ASSAY_SERVICE_CLI_REMOTE_WORKERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/jose/policy.h"
#include "service/cli/batch_worker.h"
#include "service/cli/engine_workers.h"
#include "service/cli/jws_workers.h"
#include "service/cli/server_flags.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

struct RemoteVerifySettings {
  jose::Policy policy;  // Has been validated.
  OutputForm output = OutputForm::kNdjson;
  // Of a JWS: the payload of every token, of which each goes there with a copy.
  absl::optional<std::string> detached_payload;
};

struct RemoteNestedSettings {
  jose::Policy policy;  // Has been validated; of the form kJwt.
  OutputForm output = OutputForm::kNdjson;
  std::string decryption_key_set;  // The server's.
  int max_layers = kDefaultNestedLayers;
};

// Like MakeEngineVerifier or MakeJwsVerifier, MakeNestedVerifier and
// MakeEngineSigner, with the server's key set. What the server refuses as a
// whole is an error of Run.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteVerifier(
    const ServerFlags& server, RemoteVerifySettings settings);
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteNestedVerifier(
    const ServerFlags& server, const RemoteNestedSettings& settings);
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteSigner(
    const ServerFlags& server, const SignSettings& settings);
// Like MakeJwsSigner, of what is not detached.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteJwsSigner(
    const ServerFlags& server, const JwsSignSettings& settings);
// Like SignDetached. Sends the payload there.
absl::StatusOr<std::string> RemoteSignDetached(const ServerFlags& server,
                                               const JwsSignSettings& settings,
                                               absl::string_view payload);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_REMOTE_WORKERS_H_
