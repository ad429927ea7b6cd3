// What the server does to its own process: hardening, signals.
#ifndef ASSAY_SERVICE_PROCESS_H_
#define ASSAY_SERVICE_PROCESS_H_

#include <functional>
#include <thread>

namespace assay::service {

// Keeps keys out of core dumps and away from other processes of the same user:
// no core file, not dumpable. Does nothing in a sanitizer's build, whose leak
// check traces its own process. Ignores SIGPIPE: a peer that closes is an
// error of its connection.
void HardenProcess();

struct SignalHandlers {
  std::function<void()> on_terminate;  // First SIGTERM or SIGINT.
  std::function<void()> on_force;      // Further ones.
  std::function<void()> on_reload;     // SIGHUP.
};

// Handles SIGTERM, SIGINT and SIGHUP on a thread of its own, where handlers
// may do anything that does not wait long.
class SignalThread {
 public:
  // Blocks the signals on this thread, and so on those that it starts later.
  // Called in main before any thread is started.
  static void BlockSignals();

  explicit SignalThread(SignalHandlers handlers);
  // Stops the thread.
  ~SignalThread();
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  void Run();

  const SignalHandlers handlers_;
  std::thread thread_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_PROCESS_H_
