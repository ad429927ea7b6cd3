#include "service/log.h"

#include <unistd.h>

#include <cerrno>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/json/writer.h"

namespace assay::service {
namespace {

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace

void Log::Write(LogLevel level, absl::string_view event,
                std::initializer_list<LogField> fields) {
  std::string line;
  json::Writer writer(&line);
  writer.BeginObject();
  writer.Member("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(),
                                         absl::UTCTimeZone()));
  writer.Member("level", LevelName(level));
  writer.Member("event", event);
  for (const LogField& field : fields) {
    writer.Key(field.name_);
    switch (field.kind_) {
      case LogField::Kind::kText:
        writer.String(field.text_);
        break;
      case LogField::Kind::kNumber:
        writer.Int(field.number_);
        break;
      case LogField::Kind::kBool:
        writer.Bool(field.number_ != 0);
        break;
    }
  }
  writer.EndObject();
  line.push_back('\n');
  sink_(line);
}

void WriteToStderr(absl::string_view line) {
  while (!line.empty()) {
    const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    line.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace assay::service
