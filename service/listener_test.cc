#include "service/listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::HasSubstr;

TEST(ListenerTest, ReadsTheFormsOfAnAddress) {
  EXPECT_EQ(ParseListenAddress("127.0.0.1:80")->ToString(80), "127.0.0.1:80");
  EXPECT_EQ(ParseListenAddress("[::1]:0")->ToString(77), "[::1]:77");
  EXPECT_EQ(ParseListenAddress("unix:/tmp/x")->ToString(1), "unix:/tmp/x");
  EXPECT_EQ(ParseListenAddress("localhost:65535")->port, 65535);
}

TEST(ListenerTest, RefusesOtherFormsAndShowsTheRightOnes) {
  for (absl::string_view text :
       {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:+1",
        "127.0.0.1: 1", "::1:80", "[::1:80", "[x]:80", "[]:80",
        "unix:", "http://127.0.0.1:80", "127.0.0.1:080000"}) {
    const auto address = ParseListenAddress(text);
    EXPECT_FALSE(address.ok()) << text;
    EXPECT_THAT(std::string(address.status().message()), HasSubstr("host:port"))
        << text;
  }
  EXPECT_FALSE(
      ParseListenAddress(absl::StrCat("unix:/", std::string(120, 'x'))).ok());
}

TEST(ListenerTest, AllowsPlaintextOnlyWhereNobodyElseListensIn) {
  for (const char* local : {"127.0.0.1:1", "127.1.2.3:1", "[::1]:1",
                            "localhost:1", "unix:/x", "[::ffff:127.0.0.1]:1"}) {
    EXPECT_TRUE(CheckPlaintext({local, absl::nullopt, false}).ok()) << local;
  }
  for (const char* open : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "128.0.0.1:1",
                           "localhost.example:1", "[::ffff:10.0.0.1]:1"}) {
    const absl::Status status = CheckPlaintext({open, absl::nullopt, false});
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << open;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("--allow-plaintext-from-network"));
    EXPECT_TRUE(CheckPlaintext({open, absl::nullopt, true}).ok()) << open;
    EXPECT_TRUE(CheckPlaintext({open, TlsFiles{}, false}).ok()) << open;
  }
}

TEST(ListenerTest, NamesTheTlsFileThatCannotBeUsed) {
  const ListenerConfig listener = {
      "127.0.0.1:0", TlsFiles{"/nonexistent/cert", "/nonexistent/key", ""},
      false};
  const auto credentials = MakeCredentials(listener);
  ASSERT_FALSE(credentials.ok());
  EXPECT_THAT(
      std::string(credentials.status().message()),
      HasSubstr("certificate_chain_file: cannot read /nonexistent/cert"));
}

class StaleSocketTest : public ::testing::Test {
 protected:
  // A bound socket; the file stays when it is closed.
  int Bind() {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, path_.c_str(), sizeof(name.sun_path) - 1);
    EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
    return fd;
  }
  bool Exists() const {
    struct stat info;
    return lstat(path_.c_str(), &info) == 0;
  }
  void TearDown() override { unlink(path_.c_str()); }

  // Short: a Unix socket's path is bounded.
  const std::string path_ = absl::StrCat("/tmp/assay_stale_", getpid());
  const ListenAddress address_ = {"", 0, path_};
};

TEST_F(StaleSocketTest, RemovesASocketThatNobodyListensOn) {
  close(Bind());
  ASSERT_TRUE(Exists());
  EXPECT_TRUE(ClearStaleSocket(address_).ok());
  EXPECT_FALSE(Exists());
}

TEST_F(StaleSocketTest, LeavesASocketThatIsInUse) {
  const int fd = Bind();
  ASSERT_EQ(listen(fd, 1), 0);
  EXPECT_EQ(ClearStaleSocket(address_).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Exists());
  close(fd);
}

TEST_F(StaleSocketTest, LeavesAFileThatIsNoSocket) {
  std::ofstream(path_) << "precious";
  EXPECT_EQ(ClearStaleSocket(address_).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(Exists());
}

}  // namespace
}  // namespace assay::service
