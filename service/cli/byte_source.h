// Bytes of a file, of standard input or of a pipe, with gzip undone.
//
// Thread safety: one thread reads; the counter of bytes may be read by others.
#ifndef ASSAY_SERVICE_CLI_BYTE_SOURCE_H_
#define ASSAY_SERVICE_CLI_BYTE_SOURCE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/cli/stop_signal.h"

namespace assay::cli {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Waits for at least one byte and reads at most `len`. 0 at the end.
  // CANCELLED once the stop signal asks; DATA_LOSS for broken gzip data.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t len) = 0;

  // Whether Read has something to do at once or within `patience`: bytes, the
  // end, or a stop.
  virtual bool ReadyWithin(absl::Duration patience) = 0;
};

// Opens a file; "-" is standard input. What starts with gzip's magic number is
// decompressed (no token and no JSON does); a file whose name ends with ".gz"
// must. Adds the bytes that are read from the file, before decompression, to
// `*bytes_read`. `stop` and `bytes_read` outlive the source.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(
    const std::string& path, const StopSignal* stop,
    std::atomic<uint64_t>* bytes_read);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_BYTE_SOURCE_H_
