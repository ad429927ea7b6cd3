// A request to stop early: by SIGINT or SIGTERM, or by a stage of the work
// that cannot go on. Waiting readers are woken through a file descriptor.
//
// Thread safety: all methods may be called concurrently, and Request also from
// a signal handler.
#ifndef ASSAY_SERVICE_CLI_STOP_SIGNAL_H_
#define ASSAY_SERVICE_CLI_STOP_SIGNAL_H_

#include <atomic>

namespace assay::cli {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // SIGINT and SIGTERM become requests to this object, which lives from then
  // on as long as the process; a second signal ends the process as usual.
  // Called at most once in a process.
  void CatchSignals();

  // `signal` is the signal's number, 0 where there was none. The first counts.
  void Request(int signal);
  bool requested() const { return requested_.load(); }
  // The signal that asked, or 0.
  int signal() const { return signal_.load(); }
  // Readable from the first request on.
  int fd() const { return fd_; }

 private:
  int fd_;  // An eventfd.
  std::atomic<bool> requested_{false};
  std::atomic<int> signal_{0};
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_STOP_SIGNAL_H_
