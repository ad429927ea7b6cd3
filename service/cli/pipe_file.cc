#include "service/cli/pipe_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "service/cli/diagnostics.h"

namespace assay::cli {
namespace {

constexpr char kStandardInput[] = "/dev/stdin";

// Copies until the end of `from`; the buffer that secrets went through is
// wiped by its type.
absl::Status Copy(int from, int to, size_t max_bytes) {
  SecretBytes buffer(16 * 1024);
  size_t total = 0;
  while (true) {
    const ssize_t num = read(from, buffer.data(), buffer.size());
    if (num < 0 && errno == EINTR) continue;
    if (num < 0) return absl::ErrnoToStatus(errno, "cannot read");
    if (num == 0) return absl::OkStatus();
    total += static_cast<size_t>(num);
    if (total > max_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("more than ", max_bytes, " bytes are no key file"));
    }
    const absl::Status status =
        WriteAll(to, buffer.view().substr(0, static_cast<size_t>(num)));
    if (!status.ok()) return status;
  }
}

}  // namespace

bool PipeFile::IsPipe(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) &&
         !S_ISDIR(info.st_mode);
}

absl::StatusOr<std::unique_ptr<PipeFile>> PipeFile::ReadToEnd(
    const std::string& path, size_t max_bytes) {
  const bool is_stdin = path == kStandardInput;
  const std::string name = is_stdin ? "standard input" : path;
  const int from =
      is_stdin ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (from < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat(name, ": cannot open"));
  }
  std::unique_ptr<PipeFile> file(
      new PipeFile(memfd_create("assay-keys", MFD_CLOEXEC), name));
  absl::Status status;
  if (file->fd_ < 0 || fchmod(file->fd_, S_IRUSR | S_IWUSR) != 0) {
    status = absl::ErrnoToStatus(errno, "no memory to read it into");
  } else {
    status = Copy(from, file->fd_, max_bytes);
  }
  if (!is_stdin) close(from);
  if (!status.ok()) return Annotate(name, status);
  return file;
}

PipeFile::PipeFile(int fd, std::string name)
    : fd_(fd),
      path_(absl::StrCat("/proc/self/fd/", fd)),
      name_(std::move(name)) {}

PipeFile::~PipeFile() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace assay::cli
