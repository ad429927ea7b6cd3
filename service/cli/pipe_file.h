// What comes through a pipe, as a file that can be read by name: key sources
// read regular files only, so that they can be read again, but `assay keygen |
// assay sign --keys -` is too good to miss. The bytes never touch a disk.
#ifndef ASSAY_SERVICE_CLI_PIPE_FILE_H_
#define ASSAY_SERVICE_CLI_PIPE_FILE_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace assay::cli {

class PipeFile {
 public:
  // Whether `path` can be opened but is neither a regular file nor a folder.
  static bool IsPipe(const std::string& path);

  // Waits until the other end is closed. Fails for more than `max_bytes`.
  static absl::StatusOr<std::unique_ptr<PipeFile>> ReadToEnd(
      const std::string& path, size_t max_bytes);
  ~PipeFile();
  PipeFile(const PipeFile&) = delete;
  PipeFile& operator=(const PipeFile&) = delete;

  // Where the bytes can be read while this object lives; for this user alone.
  const std::string& path() const { return path_; }
  // What it was, for messages.
  const std::string& name() const { return name_; }

 private:
  PipeFile(int fd, std::string name);

  const int fd_;
  const std::string path_;
  const std::string name_;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_PIPE_FILE_H_
