#include "tests/integration/test_tls.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::testing {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

void MakeCertificate(const TempFolder& folder, const std::string& name) {
  const std::string command = absl::StrCat(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-days 2 -subj /CN=",
      name, " -addext subjectAltName=DNS:localhost ", "-keyout ",
      folder.Path(name), ".key -out ", folder.Path(name), ".pem 2>/dev/null");
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

v1::TlsConfig* UseTls(const TempFolder& folder, v1::Listener* listener) {
  listener->set_address("localhost:0");
  v1::TlsConfig* const tls = listener->mutable_tls();
  tls->set_certificate_chain_file(folder.Path("server.pem"));
  tls->set_private_key_file(folder.Path("server.key"));
  return tls;
}

std::shared_ptr<grpc::ChannelCredentials> TlsCredentials(
    const TempFolder& folder, const std::string& ca,
    const std::string& client) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = Read(folder.Path(ca + ".pem"));
  if (!client.empty()) {
    options.pem_cert_chain = Read(folder.Path(client + ".pem"));
    options.pem_private_key = Read(folder.Path(client + ".key"));
  }
  return grpc::SslCredentials(options);
}

}  // namespace assay::testing
