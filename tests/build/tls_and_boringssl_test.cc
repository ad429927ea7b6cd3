// Proves that gRPC's TLS (by OpenSSL, a shared library) and BoringSSL (inside
// the program) work in one process: each RPC over a TLS channel is answered
// with a BoringSSL signature of its message.
#include <dlfcn.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <openssl/crypto.h>
#include <openssl/curve25519.h>

#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace assay {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

grpc::ByteBuffer ToByteBuffer(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

struct KeyPair {
  KeyPair() { ED25519_keypair(public_key, private_key); }
  uint8_t public_key[ED25519_PUBLIC_KEY_LEN];
  uint8_t private_key[ED25519_PRIVATE_KEY_LEN];
};

// Answers one message of any method with its Ed25519 signature.
class SigningService : public grpc::CallbackGenericService {
 public:
  explicit SigningService(const KeyPair* key) : key_(key) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    return new Reactor(key_);
  }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    explicit Reactor(const KeyPair* key) : key_(key) { StartRead(&message_); }

    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status(grpc::StatusCode::INTERNAL, "read"));
      const std::string input = ToString(message_);
      std::string signature(ED25519_SIGNATURE_LEN, '\0');
      ED25519_sign(reinterpret_cast<uint8_t*>(signature.data()),
                   reinterpret_cast<const uint8_t*>(input.data()), input.size(),
                   key_->private_key);
      message_ = ToByteBuffer(signature);
      StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    const KeyPair* key_;
    grpc::ByteBuffer message_;
  };

  const KeyPair* key_;
};

// A call over a channel, whose result outlives the callback.
grpc::Status Call(grpc::GenericStub* stub, const grpc::ByteBuffer& request,
                  grpc::ByteBuffer* response) {
  grpc::ClientContext context;
  std::promise<grpc::Status> status;
  stub->UnaryCall(
      &context, "/assay.Test/Sign", grpc::StubOptions(), &request, response,
      [&status](grpc::Status result) { status.set_value(std::move(result)); });
  return status.get_future().get();
}

TEST(TlsAndBoringSslTest, EachLibraryAnswersToItsOwnName) {
  // In our code the name means BoringSSL; among the shared libraries, OpenSSL.
  EXPECT_STREQ(OpenSSL_version(OPENSSL_VERSION), "BoringSSL");
  auto shared = reinterpret_cast<const char* (*)(int)>(
      dlsym(RTLD_DEFAULT, "OpenSSL_version"));
  ASSERT_NE(shared, nullptr) << "gRPC no longer brings OpenSSL?";
  EXPECT_EQ(std::string(shared(0)).substr(0, 7), "OpenSSL");
}

TEST(TlsAndBoringSslTest, SignsInsideRpcsOverATlsChannel) {
  const std::string dir = testing::TempDir();
  const std::string cert = dir + "/cert.pem", key = dir + "/key.pem";
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
      " -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
      " -keyout '" +
      key + "' -out '" + cert + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;

  const KeyPair signing_key;
  SigningService service(&signing_key);
  grpc::SslServerCredentialsOptions server_options;
  server_options.pem_key_cert_pairs.push_back({ReadFile(key), ReadFile(cert)});
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("localhost:0",
                           grpc::SslServerCredentials(server_options), &port);
  builder.RegisterCallbackGenericService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);

  grpc::SslCredentialsOptions client_options;
  client_options.pem_root_certs = ReadFile(cert);
  grpc::GenericStub stub(
      grpc::CreateChannel("localhost:" + std::to_string(port),
                          grpc::SslCredentials(client_options)));
  for (int i = 0; i < 20; ++i) {
    const std::string input = "signing input " + std::to_string(i);
    grpc::ByteBuffer response;
    const grpc::Status status = Call(&stub, ToByteBuffer(input), &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    const std::string signature = ToString(response);
    ASSERT_EQ(signature.size(), size_t{ED25519_SIGNATURE_LEN});
    EXPECT_EQ(ED25519_verify(reinterpret_cast<const uint8_t*>(input.data()),
                             input.size(),
                             reinterpret_cast<const uint8_t*>(signature.data()),
                             signing_key.public_key),
              1);
  }
  server->Shutdown();
}

}  // namespace
}  // namespace assay
