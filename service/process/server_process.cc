#include "service/process/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"

// Debian 12's header forgets to say that these are C.
extern "C" {
#include <sys/pidfd.h>
}

namespace assay::process {
namespace {

// How a shell reports a command that a signal killed, or that is not there.
constexpr int kKilledBySignal = 128;
constexpr int kNotStarted = 127;
// A process that has closed its standard error is about to end.
constexpr absl::Duration kEndAfterLog = absl::Seconds(5);

std::vector<char*> Arguments(const ServerProcess::Options& options) {
  std::vector<char*> argv;
  argv.push_back(const_cast<char*>(options.program.c_str()));
  for (const std::string& arg : options.args) {
    argv.push_back(const_cast<char*>(arg.c_str()));
  }
  argv.push_back(nullptr);
  return argv;
}

// In the child of a process with many threads: async-signal-safe calls only.
[[noreturn]] void BecomeServer(pid_t parent, int null_fd, int log_fd,
                               char* const* argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have gone before the line above.
  if (getppid() != parent) _exit(kNotStarted);
  // A terminal's Ctrl-C is for the parent, which then stops its server.
  setpgid(0, 0);
  dup2(null_fd, STDIN_FILENO);
  dup2(null_fd, STDOUT_FILENO);
  dup2(log_fd, STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execv(argv[0], argv);
  _exit(kNotStarted);
}

absl::Duration CpuOf(const rusage& usage) {
  return absl::DurationFromTimeval(usage.ru_utime) +
         absl::DurationFromTimeval(usage.ru_stime);
}

// Whether the process has ended; waits for at most `patience`.
bool WaitUntilEnded(pid_t pid, absl::Duration patience) {
  const int pid_fd = pidfd_open(pid, 0);
  if (pid_fd < 0) return false;
  pollfd ended = {pid_fd, POLLIN, 0};
  int ready = 0;
  do {
    ready = poll(&ended, 1, static_cast<int>(patience / absl::Milliseconds(1)));
  } while (ready < 0 && errno == EINTR);
  close(pid_fd);
  return ready > 0;
}

}  // namespace

ServerProcess::ServerProcess(pid_t pid, int log_fd) : pid_(pid), log_(log_fd) {}

ServerProcess::~ServerProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  Reap();
}

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(
    const Options& options) {
  int log_pipe[2];
  if (pipe2(log_pipe, O_CLOEXEC) != 0) {
    return absl::ErrnoToStatus(errno, "cannot make a pipe");
  }
  const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  const std::vector<char*> argv = Arguments(options);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) BecomeServer(parent, null_fd, log_pipe[1], argv.data());
  const int fork_errno = errno;
  close(null_fd);
  close(log_pipe[1]);
  if (pid < 0) {
    close(log_pipe[0]);
    return absl::ErrnoToStatus(fork_errno, "cannot start a process");
  }

  auto server =
      std::unique_ptr<ServerProcess>(new ServerProcess(pid, log_pipe[0]));
  if (server->log_.WaitForAddresses(options.num_listeners,
                                    options.start_timeout)) {
    server->addresses_ = server->log_.addresses();
    return server;
  }
  const std::string why =
      absl::StrCat(options.program, " does not listen: ", server->LogTail());
  if (!server->log_.ended()) return absl::DeadlineExceededError(why);
  if (!WaitUntilEnded(pid, kEndAfterLog)) kill(pid, SIGKILL);
  return absl::UnavailableError(
      absl::StrCat(why, "exit code ", server->Reap().code));
}

absl::Duration ServerProcess::CpuTime() const {
  clockid_t clock;
  timespec cpu;
  if (pid_ < 0 || clock_getcpuclockid(pid_, &clock) != 0 ||
      clock_gettime(clock, &cpu) != 0) {
    return absl::ZeroDuration();
  }
  return absl::DurationFromTimespec(cpu);
}

std::string ServerProcess::LogTail() const { return log_.Tail(); }

absl::StatusOr<ServerProcess::Exit> ServerProcess::Stop(
    absl::Duration patience) {
  if (pid_ < 0) return absl::FailedPreconditionError("stopped already");
  kill(pid_, SIGTERM);
  if (!WaitUntilEnded(pid_, patience)) kill(pid_, SIGKILL);
  return Reap();
}

ServerProcess::Exit ServerProcess::Reap() {
  int status = 0;
  rusage usage = {};
  while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  Exit exit;
  exit.code = WIFEXITED(status) ? WEXITSTATUS(status)
                                : kKilledBySignal + WTERMSIG(status);
  exit.cpu = CpuOf(usage);
  return exit;
}

}  // namespace assay::process
