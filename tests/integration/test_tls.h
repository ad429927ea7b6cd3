// Certificates for servers and clients of tests, made by the openssl command.
#ifndef ASSAY_TESTS_INTEGRATION_TEST_TLS_H_
#define ASSAY_TESTS_INTEGRATION_TEST_TLS_H_

#include <memory>
#include <string>

#include "assay/v1/config.pb.h"
#include "grpcpp/grpcpp.h"
#include "tests/integration/test_server.h"

namespace assay::testing {

// Makes a certificate for localhost, `name`.pem and `name`.key in `folder`,
// that is its own authority.
void MakeCertificate(const TempFolder& folder, const std::string& name);

// Lets `listener` use the certificate "server", on a free port of localhost.
v1::TlsConfig* UseTls(const TempFolder& folder, v1::Listener* listener);

// Trusts the certificate `ca` and presents `client`, if that is not empty.
std::shared_ptr<grpc::ChannelCredentials> TlsCredentials(
    const TempFolder& folder, const std::string& ca, const std::string& client);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_INTEGRATION_TEST_TLS_H_
