// Reads a server's log from a pipe as it is written: finds the addresses it
// listens on, and keeps the last lines for error messages.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_PROCESS_LOG_READER_H_
#define ASSAY_SERVICE_PROCESS_LOG_READER_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace assay::process {

// The address in {"event":"listening","address":"..."}; nullopt for any other
// line.
absl::optional<std::string> ListeningAddress(absl::string_view line);

class LogReader {
 public:
  // Takes `fd` over and reads it until its end.
  explicit LogReader(int fd);
  // Waits for the end of the log: the writer has ended by then.
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  // Waits until `num` addresses are known (true), or until the log ends or
  // `timeout` has passed.
  bool WaitForAddresses(size_t num, absl::Duration timeout) const;
  std::vector<std::string> addresses() const;
  // Whether nothing more will come.
  bool ended() const;
  // The last lines, each with its newline.
  std::string Tail() const;

 private:
  void ReadAll(int fd);
  void TakeLine(std::string line);

  // std's, which ThreadSanitizer sees. Notified of every line and of the end.
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // Under mutex_:
  std::vector<std::string> addresses_;
  std::deque<std::string> tail_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace assay::process

#endif  // ASSAY_SERVICE_PROCESS_LOG_READER_H_
