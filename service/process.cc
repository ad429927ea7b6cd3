#include "service/process.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <utility>

namespace assay::service {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kTracesItself = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kTracesItself = true;
#else
constexpr bool kTracesItself = false;
#endif
#else
constexpr bool kTracesItself = false;
#endif

// Sent to the signal thread alone, to end it.
constexpr int kStopSignal = SIGUSR1;

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGHUP, kStopSignal}) {
    sigaddset(&signals, signal);
  }
  return signals;
}

}  // namespace

void HardenProcess() {
  signal(SIGPIPE, SIG_IGN);
  if (kTracesItself) return;
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void SignalThread::BlockSignals() {
  const sigset_t signals = HandledSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

SignalThread::SignalThread(SignalHandlers handlers)
    : handlers_(std::move(handlers)), thread_([this] { Run(); }) {}

SignalThread::~SignalThread() {
  pthread_kill(thread_.native_handle(), kStopSignal);
  thread_.join();
}

void SignalThread::Run() {
  const sigset_t signals = HandledSignals();
  bool terminating = false;
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == kStopSignal) return;
    if (signal == SIGHUP) {
      handlers_.on_reload();
    } else if (std::exchange(terminating, true)) {
      handlers_.on_force();
    } else {
      handlers_.on_terminate();
    }
  }
}

}  // namespace assay::service
