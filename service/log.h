// The server's log: one JSON object a line.
//
// Never holds a token, a payload or a secret: callers pass names, counts,
// addresses and errors about files.
// Thread safety: all methods may be called concurrently; lines do not mix.
#ifndef ASSAY_SERVICE_LOG_H_
#define ASSAY_SERVICE_LOG_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "absl/strings/string_view.h"

namespace assay::service {

enum class LogLevel { kInfo, kWarning, kError };

// One member of a line. Lives no longer than the call that it is passed to.
class LogField {
 public:
  LogField(absl::string_view name, absl::string_view value)
      : name_(name), kind_(Kind::kText), text_(value) {}
  LogField(absl::string_view name, const char* value)
      : LogField(name, absl::string_view(value)) {}
  LogField(absl::string_view name, const std::string& value)
      : LogField(name, absl::string_view(value)) {}
  template <typename T,
            typename = std::enable_if_t<std::is_arithmetic<T>::value>>
  LogField(absl::string_view name, T value)
      : name_(name),
        kind_(std::is_same<T, bool>::value ? Kind::kBool : Kind::kNumber),
        number_(static_cast<int64_t>(value)) {}

 private:
  friend class Log;
  enum class Kind { kText, kNumber, kBool };

  absl::string_view name_;
  Kind kind_;
  absl::string_view text_;
  int64_t number_ = 0;
};

class Log {
 public:
  // Takes one whole line with its newline. May be called concurrently.
  using Sink = std::function<void(absl::string_view line)>;

  explicit Log(Sink sink) : sink_(std::move(sink)) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Writes {"time":...,"level":...,"event":event,fields...}.
  void Write(LogLevel level, absl::string_view event,
             std::initializer_list<LogField> fields);
  void Info(absl::string_view event, std::initializer_list<LogField> fields) {
    Write(LogLevel::kInfo, event, fields);
  }
  void Warning(absl::string_view event,
               std::initializer_list<LogField> fields) {
    Write(LogLevel::kWarning, event, fields);
  }
  void Error(absl::string_view event, std::initializer_list<LogField> fields) {
    Write(LogLevel::kError, event, fields);
  }

 private:
  const Sink sink_;
};

// Writes a line to standard error with one system call, so that lines of
// several processes do not mix either. A closed standard error loses lines and
// stops nothing.
void WriteToStderr(absl::string_view line);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_LOG_H_
