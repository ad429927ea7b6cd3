#include "service/cli/payload_file.h"

#include <cerrno>
#include <cstdio>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace assay::cli {
namespace {

struct FileCloser {
  void operator()(FILE* file) const { std::fclose(file); }
};

absl::Status ErrnoStatus(const std::string& path) {
  return absl::ErrnoToStatus(
      errno, absl::StrCat("--detached ", path, ": cannot read it"));
}

}  // namespace

absl::StatusOr<std::string> ReadPayloadFile(const std::string& path) {
  const std::unique_ptr<FILE, FileCloser> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return ErrnoStatus(path);
  std::string payload;
  char buffer[64 * 1024];
  size_t len = 0;
  while ((len = std::fread(buffer, 1, sizeof(buffer), file.get())) > 0) {
    payload.append(buffer, len);
    if (payload.size() > kMaxDetachedPayloadBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("--detached ", path, ": has more than ",
                       kMaxDetachedPayloadBytes, " bytes, which is the limit"));
    }
  }
  if (std::ferror(file.get()) != 0) return ErrnoStatus(path);
  return payload;
}

}  // namespace assay::cli
