#include "service/process/server_process.h"

#include <signal.h>

#include <cerrno>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace assay::process {
namespace {

constexpr char kListens[] =
    R"(echo '{"event":"listening","address":"127.0.0.1:7"}' >&2; )";

// A shell that behaves as a server would.
ServerProcess::Options Shell(const std::string& script) {
  ServerProcess::Options options;
  options.program = "/bin/sh";
  options.args = {"-c", script};
  return options;
}

TEST(ServerProcessTest, TellsWhereTheServerListens) {
  auto server = ServerProcess::Start(Shell(
      std::string(R"(echo '{"event":"start"}' >&2; )") + kListens +
      R"(echo '{"event":"listening","address":"unix:/s"}' >&2; exec sleep 600)"));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->addresses()[0], "127.0.0.1:7");
}

TEST(ServerProcessTest, WaitsForEveryListener) {
  auto options = Shell(
      std::string(kListens) +
      R"(echo '{"event":"listening","address":"unix:/s"}' >&2; exec sleep 600)");
  options.num_listeners = 2;
  auto server = ServerProcess::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  ASSERT_EQ((*server)->addresses().size(), 2u);
  EXPECT_EQ((*server)->addresses()[1], "unix:/s");
}

TEST(ServerProcessTest, AServerThatFailsTellsWhy) {
  auto server = ServerProcess::Start(Shell("echo no such key >&2; exit 3"));
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(server.status().message(), "no such key"))
      << server.status();
  EXPECT_TRUE(absl::StrContains(server.status().message(), "exit code 3"))
      << server.status();
}

TEST(ServerProcessTest, AProgramThatIsNotThereIsAnError) {
  ServerProcess::Options options;
  options.program = "/nonexistent/assayd";
  EXPECT_FALSE(ServerProcess::Start(options).ok());
}

TEST(ServerProcessTest, AServerThatNeverListensIsKilled) {
  auto options = Shell("exec sleep 600");
  options.start_timeout = absl::Milliseconds(50);
  EXPECT_EQ(ServerProcess::Start(options).status().code(),
            absl::StatusCode::kDeadlineExceeded);
}

TEST(ServerProcessTest, StopAsksAndGivesTheExitCode) {
  auto server =
      ServerProcess::Start(Shell(std::string("trap 'exit 5' TERM; ") +
                                 kListens + "while :; do sleep 0.01; done"));
  ASSERT_TRUE(server.ok()) << server.status();
  auto exit = (*server)->Stop(absl::Seconds(60));
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(exit->code, 5);
}

TEST(ServerProcessTest, StopKillsAServerThatDoesNotListenToReason) {
  auto server = ServerProcess::Start(
      Shell(std::string("trap '' TERM; ") + kListens + "while :; do :; done"));
  ASSERT_TRUE(server.ok()) << server.status();
  auto exit = (*server)->Stop(absl::Milliseconds(50));
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_EQ(exit->code, 128 + SIGKILL);
  EXPECT_EQ((*server)->Stop(absl::ZeroDuration()).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(ServerProcessTest, CpuTimeGrowsWhileTheServerWorks) {
  auto server = ServerProcess::Start(
      Shell(std::string(kListens) + "while :; do :; done"));
  ASSERT_TRUE(server.ok()) << server.status();
  const absl::Duration first = (*server)->CpuTime();
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while ((*server)->CpuTime() <= first && absl::Now() < deadline) {
  }
  EXPECT_GT((*server)->CpuTime(), first);
  auto exit = (*server)->Stop(absl::Seconds(60));
  ASSERT_TRUE(exit.ok()) << exit.status();
  EXPECT_GT(exit->cpu, first);
  EXPECT_EQ((*server)->CpuTime(), absl::ZeroDuration());
}

TEST(ServerProcessTest, NoProcessIsLeftBehind) {
  auto server =
      ServerProcess::Start(Shell(std::string(kListens) + "exec sleep 600"));
  ASSERT_TRUE(server.ok()) << server.status();
  const pid_t pid = (*server)->pid();
  server->reset();
  EXPECT_EQ(kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(ListeningAddressTest, OtherLinesHaveNone) {
  for (const char* line : {
           "",
           "listening 127.0.0.1:1",
           R"({"event":"reload","address":"127.0.0.1:1"})",
           R"({"event":"listening"})",
           R"({"event":"listening","address":7})",
       }) {
    EXPECT_FALSE(ListeningAddress(line).has_value()) << line;
  }
}

}  // namespace
}  // namespace assay::process
