// A server as a child process: started, listened to, measured, stopped.
//
// The child's standard input and output are /dev/null. Its standard error is
// read here, to learn where it listens and, should it fail, why; nothing of it
// is shown. The kernel kills the child if the thread that started it ends
// first, so that no orphan is left behind, whatever happens to the parent.
//
// Thread safety: const methods may be called concurrently; Stop and the
// destructor not beside anything else.
#ifndef ASSAY_SERVICE_PROCESS_SERVER_PROCESS_H_
#define ASSAY_SERVICE_PROCESS_SERVER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/process/log_reader.h"

namespace assay::process {

class ServerProcess {
 public:
  struct Options {
    // The program, and its arguments behind its own name.
    std::string program;
    std::vector<std::string> args;
    // How many {"event":"listening"} lines to wait for, and how long.
    size_t num_listeners = 1;
    absl::Duration start_timeout = absl::Seconds(60);
  };

  // What became of a child that ended.
  struct Exit {
    int code = 0;        // The exit code, or 128 and the signal that killed it.
    absl::Duration cpu;  // All that it used, user and system.
  };

  // Returns when the server listens. UNAVAILABLE with the end of its log if it
  // ends before, DEADLINE_EXCEEDED if it takes too long. The calling thread
  // outlives the server.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(
      const Options& options);
  // Kills the child if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  pid_t pid() const { return pid_; }
  // Where it listens, in the order of its log: "127.0.0.1:1234", "unix:/path".
  const std::vector<std::string>& addresses() const { return addresses_; }
  // The CPU time of all its threads so far, in nanoseconds' resolution. Zero
  // once it has ended.
  absl::Duration CpuTime() const;
  // The last lines that it wrote to standard error.
  std::string LogTail() const;

  // Asks it to end (SIGTERM) and waits for at most `patience`; then it is
  // killed. FAILED_PRECONDITION if it has been stopped before.
  absl::StatusOr<Exit> Stop(absl::Duration patience);

 private:
  ServerProcess(pid_t pid, int log_fd);
  Exit Reap();

  pid_t pid_;  // -1 once reaped.
  LogReader log_;
  std::vector<std::string> addresses_;
};

}  // namespace assay::process

#endif  // ASSAY_SERVICE_PROCESS_SERVER_PROCESS_H_
