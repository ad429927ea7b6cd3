// Calls of services whose messages the project does not have (health,
// reflection): bytes in, bytes out.
#ifndef ASSAY_TESTS_INTEGRATION_RAW_CALL_H_
#define ASSAY_TESTS_INTEGRATION_RAW_CALL_H_

#include <memory>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"

namespace assay::testing {

// Sends one message on a stream or a unary call, half-closes, and returns all
// messages that come back.
std::vector<std::string> RawCall(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& method,
                                 const std::string& message,
                                 grpc::Status* status);

// The status number that health gives for `service` (1: SERVING, 2:
// NOT_SERVING), or minus the gRPC code.
int HealthOf(const std::shared_ptr<grpc::Channel>& channel,
             const std::string& service);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_INTEGRATION_RAW_CALL_H_
