// The quickstart's server: the real assayd on a free loopback port, with fresh
// keys for every algorithm.
#ifndef ASSAY_SERVICE_QUICKSTART_DEMO_SERVER_H_
#define ASSAY_SERVICE_QUICKSTART_DEMO_SERVER_H_

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "service/process/server_process.h"
#include "service/quickstart/encryption_case.h"

namespace assay::quickstart {

// The key set whose only key is for `algorithm`. (Secrets and public keys may
// not share a set that verifies.)
std::string KeySetName(jose::Algorithm algorithm);
// A key set with another key under the same kid.
std::string WrongKeySetName(jose::Algorithm algorithm);
// The key sets that encrypt for the case's only key, and decrypt with it.
std::string EncryptKeySetName(const EncryptionCase& encryption);
std::string DecryptKeySetName(const EncryptionCase& encryption);

// Makes the keys and starts `program` with them. `on_key` is told what is being
// made. The key files are in a private folder, and gone when this returns: the
// server has read them.
absl::StatusOr<std::unique_ptr<process::ServerProcess>> StartDemoServer(
    absl::string_view program,
    absl::FunctionRef<void(absl::string_view)> on_key);

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_DEMO_SERVER_H_
