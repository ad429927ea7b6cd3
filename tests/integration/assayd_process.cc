#include "tests/integration/assayd_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

extern char** environ;

namespace assay::testing {
namespace {

std::string ProgramPath() {
  const char* runfiles = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  if (runfiles == nullptr || workspace == nullptr) return "service/assayd";
  return absl::StrCat(runfiles, "/", workspace, "/service/assayd");
}

pid_t Spawn(const std::vector<std::string>& args, int stderr_fd) {
  std::string program = ProgramPath();
  std::vector<char*> argv = {program.data()};
  std::vector<std::string> copies = args;
  for (std::string& arg : copies) argv.push_back(arg.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, stderr_fd, STDERR_FILENO);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), &actions, nullptr,
                                argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(error, 0) << "cannot start " << program;
  return error == 0 ? pid : -1;
}

}  // namespace

AssaydProcess::AssaydProcess(const std::vector<std::string>& args) {
  int fds[2];
  EXPECT_EQ(pipe2(fds, O_CLOEXEC), 0);
  pid_ = Spawn(args, fds[1]);
  close(fds[1]);
  reader_ = std::thread([this, fd = fds[0]] { ReadStderr(fd); });
}

AssaydProcess::~AssaydProcess() {
  if (!exit_code_) {
    Signal(SIGKILL);
    AwaitExit();
  }
  reader_.join();
}

std::string AssaydProcess::AwaitAddress() {
  constexpr absl::string_view kBefore = R"("event":"listening","address":")";
  EXPECT_TRUE(AwaitStderr(kBefore)) << Stderr();
  const std::string log = Stderr();
  const size_t found = log.find(std::string(kBefore));
  if (found == std::string::npos) return "";
  const size_t begin = found + kBefore.size();
  return log.substr(begin, log.find('"', begin) - begin);
}

bool AssaydProcess::AwaitStderr(absl::string_view text) {
  absl::MutexLock lock(&mutex_);
  const auto holds = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return absl::StrContains(stderr_, text);
  };
  const auto settled = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stderr_closed_ || holds();
  };
  mutex_.Await(absl::Condition(&settled));
  return holds();
}

std::string AssaydProcess::Stderr() const {
  absl::MutexLock lock(&mutex_);
  return stderr_;
}

void AssaydProcess::Signal(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

int AssaydProcess::AwaitExit() {
  if (!exit_code_ && pid_ > 0) {
    int status = 0;
    waitpid(pid_, &status, 0);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    // What it wrote last has been read then.
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&stderr_closed_));
  }
  return exit_code_.value_or(-1);
}

void AssaydProcess::ReadStderr(int fd) {
  char buffer[4096];
  for (;;) {
    const ssize_t len = read(fd, buffer, sizeof(buffer));
    absl::MutexLock lock(&mutex_);
    if (len <= 0) {
      stderr_closed_ = true;
      break;
    }
    stderr_.append(buffer, static_cast<size_t>(len));
  }
  close(fd);
}

}  // namespace assay::testing
