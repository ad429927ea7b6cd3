#include "service/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"

namespace assay::service {
namespace {

constexpr size_t kFirstBufferBytes = 64 * 1024;

absl::Status CannotRead(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
}

// A buffer that grows wipes what it leaves behind.
absl::StatusOr<std::string> ReadToEnd(int fd, const std::string& path) {
  SecretBytes buffer(kFirstBufferBytes);
  size_t len = 0;
  for (;;) {
    if (len > kMaxTextFileBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot read ", path, ": it has more than ",
                       kMaxTextFileBytes, " bytes"));
    }
    if (len == buffer.size()) {
      SecretBytes larger(2 * len);
      std::memcpy(larger.data(), buffer.data(), len);
      buffer = std::move(larger);
    }
    const ssize_t num = read(fd, buffer.data() + len, buffer.size() - len);
    if (num < 0 && errno == EINTR) continue;
    if (num < 0) return CannotRead(path);
    if (num == 0) return std::string(buffer.view().substr(0, len));
    len += static_cast<size_t>(num);
  }
}

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return CannotRead(path);
  auto text = ReadToEnd(fd, path);
  close(fd);
  return text;
}

}  // namespace assay::service
