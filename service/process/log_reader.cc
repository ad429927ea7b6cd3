#include "service/process/log_reader.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_join.h"
#include "core/json/reader.h"

namespace assay::process {
namespace {

// Enough for a start that failed to say why.
constexpr size_t kTailLines = 20;
// A longer line is cut: a log that never ends its line must not fill memory.
constexpr size_t kMaxLineBytes = 64 * 1024;
// Log lines are flat objects.
constexpr size_t kMaxJsonDepth = 8;

bool IsText(const json::Object& object, const char* name, std::string* text) {
  std::string_view value;
  if (object.at_key(name).get_string().get(value) != simdjson::SUCCESS) {
    return false;
  }
  text->assign(value);
  return true;
}

}  // namespace

absl::optional<std::string> ListeningAddress(absl::string_view line) {
  json::Reader reader(kMaxJsonDepth);
  json::Object object;
  std::string event, address;
  if (reader.ParseObject(line, &object) != json::Error::kNone ||
      !IsText(object, "event", &event) || event != "listening" ||
      !IsText(object, "address", &address)) {
    return absl::nullopt;
  }
  return address;
}

LogReader::LogReader(int fd) : thread_([this, fd] { ReadAll(fd); }) {}

LogReader::~LogReader() { thread_.join(); }

bool LogReader::WaitForAddresses(size_t num, absl::Duration timeout) const {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout),
                    [this, num] { return ended_ || addresses_.size() >= num; });
  return addresses_.size() >= num;
}

std::vector<std::string> LogReader::addresses() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return addresses_;
}

bool LogReader::ended() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return ended_;
}

std::string LogReader::Tail() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return absl::StrJoin(tail_, "");
}

void LogReader::ReadAll(int fd) {
  std::string line;
  char buffer[4096];
  for (;;) {
    const ssize_t len = read(fd, buffer, sizeof(buffer));
    if (len < 0 && errno == EINTR) continue;
    if (len <= 0) break;
    for (const char c : absl::string_view(buffer, len)) {
      if (line.size() < kMaxLineBytes || c == '\n') line.push_back(c);
      if (c == '\n') TakeLine(std::exchange(line, {}));
    }
  }
  close(fd);
  if (!line.empty()) TakeLine(line + '\n');
  std::lock_guard<std::mutex> lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void LogReader::TakeLine(std::string line) {
  absl::optional<std::string> address = ListeningAddress(line);
  std::lock_guard<std::mutex> lock(mutex_);
  if (address.has_value()) addresses_.push_back(*std::move(address));
  tail_.push_back(std::move(line));
  if (tail_.size() > kTailLines) tail_.pop_front();
  changed_.notify_all();
}

}  // namespace assay::process
