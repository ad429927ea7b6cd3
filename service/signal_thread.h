// The signals that a server is told by.
#ifndef ASSAY_SERVICE_SIGNAL_THREAD_H_
#define ASSAY_SERVICE_SIGNAL_THREAD_H_

#include <functional>
#include <thread>

namespace assay::service {

struct SignalHandlers {
  std::function<void()> on_terminate;  // First SIGTERM or SIGINT.
  std::function<void()> on_force;      // Further ones.
  std::function<void()> on_reload;     // SIGHUP.
};

// Handles SIGTERM, SIGINT and SIGHUP on a thread of its own, where handlers
// may do anything that does not wait long.
class SignalThread {
 public:
  // Blocks the signals on this thread, and so on those that it starts later,
  // and ignores SIGPIPE: a peer that closes is an error of its connection.
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

#endif  // ASSAY_SERVICE_SIGNAL_THREAD_H_
