// The server's configuration: read from a text-format AssaydConfig, checked
// whole, defaults filled in.
#ifndef ASSAY_SERVICE_CONFIG_H_
#define ASSAY_SERVICE_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "assay/v1/config.pb.h"
#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "core/keys/key_source.h"
#include "service/admin/admin_address.h"
#include "service/listener.h"

namespace assay::service {

// More than any machine has cores, and few enough to be started.
inline constexpr uint32_t kMaxWorkerThreads = 1024;

struct ServerConfig {
  std::vector<ListenerConfig> listeners;
  std::vector<keys::KeySource> key_sources;
  Limits limits;
  int max_request_bytes = 64 * 1024 * 1024;
  size_t max_pending_batches = 1024;
  int worker_threads = 0;  // Set to the number of cores by the reader.
  absl::Duration drain_timeout = absl::Seconds(30);
  engine::KernelOptions kernels;
  absl::optional<AdminConfig> admin;
};

// Reads and checks `text`. `file_name` is for messages alone. INVALID_ARGUMENT
// with a line "file:line:column: message" for every error; unknown fields are
// errors.
absl::StatusOr<ServerConfig> ParseConfig(absl::string_view text,
                                         absl::string_view file_name);

// Reads a file. NOT_FOUND and the like, as ReadTextFile, if it cannot be read.
absl::StatusOr<ServerConfig> LoadConfig(const std::string& path);

// Checks a message that came from elsewhere (flags, tests). INVALID_ARGUMENT
// with a line "field.path: message" for every error.
absl::StatusOr<ServerConfig> MakeConfig(const v1::AssaydConfig& proto);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_CONFIG_H_
