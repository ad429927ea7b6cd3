// Errors of whole requests, with the details that clients can act on
// (google.rpc.BadRequest, google.rpc.RetryInfo in grpc-status-details-bin).
#ifndef ASSAY_SERVICE_STATUS_H_
#define ASSAY_SERVICE_STATUS_H_

#include <cstddef>
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

// A status travels in a header of HTTP/2, and clients take few kilobytes of
// those: with more they see another error, and not what is wrong.
inline constexpr size_t kMaxViolations = 16;
inline constexpr size_t kMaxMessageBytes = 1024;

// The wrong fields of one request.
class Violations {
 public:
  // `field` is a path such as "policy.clock_skew".
  void Add(absl::string_view field, absl::string_view description);
  bool empty() const { return violations_.empty(); }
  // INVALID_ARGUMENT that tells the first kMaxViolations and how many more
  // there are; OK if there are none.
  grpc::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> violations_;  // The first.
  size_t num_more_ = 0;
};

// INVALID_ARGUMENT for one field.
grpc::Status InvalidField(absl::string_view field,
                          absl::string_view description);

// RESOURCE_EXHAUSTED with RetryInfo.
grpc::Status Overloaded(absl::string_view message);

// INVALID_ARGUMENT for a message of a stream that is not of its type.
grpc::Status Unreadable();

// UNAVAILABLE: the server is shutting down.
grpc::Status ShuttingDown();

// An error of the engine, cut at kMaxMessageBytes: it may name what the client
// sent. INVALID_ARGUMENT becomes a violation of `field`.
grpc::Status FromEngine(const absl::Status& status, absl::string_view field);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_STATUS_H_
