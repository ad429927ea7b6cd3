// The simplest HTTP client there is.
#ifndef ASSAY_TESTS_SUPPORT_HTTP_CALL_H_
#define ASSAY_TESTS_SUPPORT_HTTP_CALL_H_

#include <string>

namespace assay::testing {

// Connects to `address` ("127.0.0.1:80", "[::1]:80"), sends `request` as it
// stands, and returns what comes until the server closes the connection; what
// a server that does not want to read on leaves unsent is not sent. Empty, and
// the test fails, if it cannot connect.
std::string HttpCall(const std::string& address, const std::string& request);

// The answer to a GET of `path`, head included.
std::string HttpGet(const std::string& address, const std::string& path);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_HTTP_CALL_H_
