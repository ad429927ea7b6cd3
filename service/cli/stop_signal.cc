#include "service/cli/stop_signal.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace assay::cli {
namespace {

std::atomic<StopSignal*> catcher{nullptr};
static_assert(std::atomic<StopSignal*>::is_always_lock_free &&
                  std::atomic<int>::is_always_lock_free,
              "used in a signal handler");

void OnSignal(int signal) { catcher.load()->Request(signal); }

}  // namespace

StopSignal::StopSignal() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSignal::~StopSignal() { close(fd_); }

void StopSignal::CatchSignals() {
  catcher.store(this);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  // Once: whoever asks again does not want to wait for a clean end.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void StopSignal::Request(int signal) {
  const int saved_errno = errno;
  int none = 0;
  if (!requested_.load()) signal_.compare_exchange_strong(none, signal);
  requested_.store(true);
  const uint64_t one = 1;
  // Fails only when the counter is full, and then the descriptor is readable.
  [[maybe_unused]] const ssize_t written = write(fd_, &one, sizeof(one));
  errno = saved_errno;
}

}  // namespace assay::cli
