// Errors of whole requests, with the details that clients can act on
// (google.rpc.BadRequest, google.rpc.RetryInfo in grpc-status-details-bin).
#ifndef ASSAY_SERVICE_STATUS_H_
#define ASSAY_SERVICE_STATUS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace assay::service {

// How long an overloaded server asks its clients to wait: about the time that
// a full queue of large batches takes to move on.
inline constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

// The wrong fields of one request.
class Violations {
 public:
  // `field` is a path such as "policy.clock_skew".
  void Add(absl::string_view field, absl::string_view description);
  bool empty() const { return violations_.empty(); }
  // INVALID_ARGUMENT that tells all of them; OK if there are none.
  grpc::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> violations_;
};

// INVALID_ARGUMENT for one field.
grpc::Status InvalidField(absl::string_view field,
                          absl::string_view description);

// RESOURCE_EXHAUSTED with RetryInfo.
grpc::Status Overloaded(absl::string_view message);

// UNAVAILABLE: the server is shutting down.
grpc::Status ShuttingDown();

// An error of the engine; INVALID_ARGUMENT becomes a violation of `field`.
grpc::Status FromEngine(const absl::Status& status, absl::string_view field);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_STATUS_H_
