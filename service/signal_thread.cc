#include "service/signal_thread.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace assay::service {
namespace {

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

void SignalThread::BlockSignals() {
  signal(SIGPIPE, SIG_IGN);
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
