#include "service/cli/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/match.h"

namespace assay::cli {
namespace {

constexpr size_t kCompressedChunk = 64 * 1024;

class FileSource : public ByteSource {
 public:
  FileSource(int fd, const StopSignal* stop, std::atomic<uint64_t>* bytes_read)
      : fd_(fd), stop_(*stop), bytes_read_(*bytes_read) {}
  ~FileSource() override {
    if (fd_ != STDIN_FILENO) close(fd_);
  }

  absl::StatusOr<size_t> Read(char* buffer, size_t len) override {
    while (true) {
      Poll(-1);
      if (stop_.requested()) return absl::CancelledError("stopped");
      const ssize_t num_read = read(fd_, buffer, len);
      if (num_read >= 0) {
        bytes_read_ += static_cast<uint64_t>(num_read);
        return static_cast<size_t>(num_read);
      }
      if (errno != EINTR && errno != EAGAIN) {
        return absl::ErrnoToStatus(errno, "cannot read");
      }
    }
  }

  bool ReadyWithin(absl::Duration patience) override {
    return Poll(static_cast<int>(absl::ToInt64Milliseconds(patience)));
  }

 private:
  bool Poll(int timeout_ms) {
    pollfd fds[] = {{fd_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
    return poll(fds, 2, timeout_ms) != 0;
  }

  const int fd_;
  const StopSignal& stop_;
  std::atomic<uint64_t>& bytes_read_;
};

// Undoes gzip (RFC 1952), members one behind the other included.
class GzipSource : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> compressed)
      : compressed_(std::move(compressed)), chunk_(kCompressedChunk) {
    // 16: expect gzip's header and trailer. Fails only without memory, and
    // then so does the first inflate.
    inflateInit2(&stream_, MAX_WBITS + 16);
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  absl::StatusOr<size_t> Read(char* buffer, size_t len) override {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer);
    stream_.avail_out = static_cast<uInt>(len);
    while (stream_.avail_out == len) {
      if (stream_.avail_in == 0) {
        const absl::StatusOr<size_t> more = Refill();
        if (!more.ok()) return more;
        if (*more == 0) break;
      }
      const absl::Status status = Inflate();
      if (!status.ok()) return status;
    }
    if (stream_.avail_out == len && !between_members_) {
      return absl::DataLossError("the gzip data ends too early");
    }
    return len - stream_.avail_out;
  }

  bool ReadyWithin(absl::Duration patience) override {
    return stream_.avail_in > 0 || compressed_->ReadyWithin(patience);
  }

 private:
  absl::StatusOr<size_t> Refill() {
    const absl::StatusOr<size_t> num_read =
        compressed_->Read(chunk_.data(), chunk_.size());
    if (num_read.ok()) {
      stream_.next_in = reinterpret_cast<Bytef*>(chunk_.data());
      stream_.avail_in = static_cast<uInt>(*num_read);
    }
    return num_read;
  }

  absl::Status Inflate() {
    between_members_ = false;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      between_members_ = true;
      inflateReset(&stream_);
      return absl::OkStatus();
    }
    if (result == Z_OK || result == Z_BUF_ERROR) return absl::OkStatus();
    return absl::DataLossError("the gzip data is broken");
  }

  std::unique_ptr<ByteSource> compressed_;
  std::vector<char> chunk_;
  z_stream stream_ = {};
  bool between_members_ = false;
};

// Gives back bytes that were read to look at them, then the rest.
class PeekedSource : public ByteSource {
 public:
  PeekedSource(std::string head, std::unique_ptr<ByteSource> rest)
      : head_(std::move(head)), rest_(std::move(rest)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t len) override {
    if (position_ == head_.size()) return rest_->Read(buffer, len);
    const size_t num = std::min(len, head_.size() - position_);
    std::memcpy(buffer, head_.data() + position_, num);
    position_ += num;
    return num;
  }
  bool ReadyWithin(absl::Duration patience) override {
    return position_ < head_.size() || rest_->ReadyWithin(patience);
  }

 private:
  const std::string head_;
  size_t position_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

// The first bytes, two at least where there are so many and the first could
// start gzip's magic number.
absl::StatusOr<std::string> Peek(ByteSource& source) {
  std::string head;
  char buffer[4096];
  do {
    const absl::StatusOr<size_t> num = source.Read(buffer, sizeof(buffer));
    if (!num.ok()) return num.status();
    if (*num == 0) break;
    head.append(buffer, *num);
  } while (head == "\x1f");
  return head;
}

absl::StatusOr<int> OpenForReading(const std::string& path) {
  if (path == "-") return STDIN_FILENO;
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, "cannot open");
  struct stat info;
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    close(fd);
    return absl::FailedPreconditionError("is a directory, not a file of lines");
  }
  return fd;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> OpenByteSource(
    const std::string& path, const StopSignal* stop,
    std::atomic<uint64_t>* bytes_read) {
  const absl::StatusOr<int> fd = OpenForReading(path);
  if (!fd.ok()) return fd.status();
  std::unique_ptr<ByteSource> file =
      std::make_unique<FileSource>(*fd, stop, bytes_read);
  absl::StatusOr<std::string> head = Peek(*file);
  if (!head.ok()) return head.status();
  const bool is_gzip = absl::StartsWith(*head, "\x1f\x8b");
  if (!is_gzip && absl::EndsWith(path, ".gz")) {
    return absl::DataLossError("is named .gz but is not gzip data");
  }
  std::unique_ptr<ByteSource> bytes =
      std::make_unique<PeekedSource>(*std::move(head), std::move(file));
  if (is_gzip) bytes = std::make_unique<GzipSource>(std::move(bytes));
  return bytes;
}

}  // namespace assay::cli
