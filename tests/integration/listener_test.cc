// Listeners over the wire: TLS and mutual TLS accept and refuse, Unix sockets,
// plaintext where it is not wanted, addresses that cannot be had.
#include <sys/stat.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/test_server.h"
#include "tests/integration/test_tls.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::HasSubstr;
using ::testing::Not;

// Whether a call gets through, with `credentials`.
grpc::Status Call(
    const std::string& address,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  const auto stub = v1::KeyService::NewStub(OpenChannel(address, credentials));
  grpc::ClientContext context;
  v1::ListKeySetsResponse response;
  return stub->ListKeySets(&context, v1::ListKeySetsRequest(), &response);
}

class ListenerTest : public ::testing::Test {
 protected:
  ListenerTest() : server_({Algorithm::kHs256}) {}

  std::string Path(absl::string_view name) const {
    return server_.folder().Path(name);
  }

  void MakeCertificate(const std::string& name) {
    testing::MakeCertificate(server_.folder(), name);
  }

  v1::TlsConfig* UseTls() {
    return testing::UseTls(server_.folder(),
                           server_.config()->mutable_listeners(0));
  }

  std::shared_ptr<grpc::ChannelCredentials> Tls(const std::string& ca,
                                                const std::string& client) {
    return TlsCredentials(server_.folder(), ca, client);
  }

  TestServer server_;
};

TEST_F(ListenerTest, TlsAcceptsWhoTrustsItAndRefusesPlaintext) {
  MakeCertificate("server");
  MakeCertificate("other");
  UseTls();
  server_.Start();
  const std::string address = server_.server().addresses()[0];
  const grpc::Status good = Call(address, Tls("server", ""));
  EXPECT_TRUE(good.ok()) << good.error_message();
  EXPECT_EQ(Call(address, Tls("other", "")).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(address, grpc::InsecureChannelCredentials()).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ListenerTest, ATlsKeyThatEverybodyMayReadIsWarnedOf) {
  MakeCertificate("server");
  UseTls();
  ASSERT_EQ(chmod(Path("server.key").c_str(), 0640), 0);
  server_.Start();
  EXPECT_THAT(server_.LogText(), Not(HasSubstr("tls_key_readable_by_all")));
  ASSERT_EQ(chmod(Path("server.key").c_str(), 0644), 0);
  server_.Start();
  EXPECT_THAT(server_.LogText(), HasSubstr("tls_key_readable_by_all"));
  EXPECT_THAT(server_.LogText(), HasSubstr(Path("server.key")));
}

TEST_F(ListenerTest, MutualTlsAcceptsOnlyClientsOfItsAuthority) {
  MakeCertificate("server");
  MakeCertificate("client");
  MakeCertificate("stranger");
  UseTls()->set_client_ca_file(Path("client.pem"));
  server_.Start();
  const std::string address = server_.server().addresses()[0];
  const grpc::Status good = Call(address, Tls("server", "client"));
  EXPECT_TRUE(good.ok()) << good.error_message();
  EXPECT_EQ(Call(address, Tls("server", "")).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(address, Tls("server", "stranger")).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ListenerTest, ACertificateWithAnotherKeyIsRefusedAtTheStart) {
  MakeCertificate("server");
  MakeCertificate("other");
  UseTls()->set_private_key_file(Path("other.key"));
  const absl::Status status = server_.TryStart();
  EXPECT_THAT(std::string(status.message()), HasSubstr("cannot listen on"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("private key"));
}

TEST_F(ListenerTest, AFileThatIsNoCertificateIsNamed) {
  MakeCertificate("server");
  UseTls()->set_certificate_chain_file(server_.folder().Write("x", "hello"));
  EXPECT_THAT(std::string(server_.TryStart().message()),
              HasSubstr("tls.certificate_chain_file"));
}

TEST_F(ListenerTest, PlaintextFromTheNetworkIsRefusedUnlessAskedFor) {
  v1::Listener* listener = server_.config()->mutable_listeners(0);
  listener->set_address("0.0.0.0:0");
  EXPECT_THAT(std::string(server_.TryStart().message()),
              HasSubstr("refusing to listen on 0.0.0.0:0 without TLS"));
  listener->set_allow_plaintext_from_network(true);
  EXPECT_TRUE(server_.TryStart().ok());
}

TEST_F(ListenerTest, UnixSocketIsForItsOwnerAndGoesWithTheServer) {
  const std::string path = Path("s.sock");
  server_.config()->mutable_listeners(0)->set_address("unix:" + path);
  server_.Start();
  struct stat info;
  ASSERT_EQ(lstat(path.c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
  EXPECT_EQ(info.st_mode & 0077, 0u);
  EXPECT_TRUE(Call("unix:" + path, grpc::InsecureChannelCredentials()).ok());
  server_.Stop();
  EXPECT_NE(lstat(path.c_str(), &info), 0);
}

TEST_F(ListenerTest, SeveralListenersServeAtOnce) {
  server_.config()->add_listeners()->set_address("unix:" + Path("s.sock"));
  server_.config()->add_listeners()->set_address("127.0.0.1:0");
  server_.Start();
  ASSERT_EQ(server_.server().addresses().size(), 3u);
  for (const std::string& address : server_.server().addresses()) {
    EXPECT_TRUE(Call(address, grpc::InsecureChannelCredentials()).ok())
        << address;
  }
}

TEST_F(ListenerTest, AnAddressInUseIsAClearError) {
  server_.Start();
  TestServer second({Algorithm::kHs256});
  second.config()->mutable_listeners(0)->set_address(
      server_.server().addresses()[0]);
  EXPECT_THAT(std::string(second.TryStart().message()),
              HasSubstr(absl::StrCat("cannot listen on ",
                                     server_.server().addresses()[0])));
}

}  // namespace
}  // namespace assay::testing
