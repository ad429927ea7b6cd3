#include "service/status.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace assay::service {
namespace {

grpc::Status WithDetail(grpc::StatusCode code, const std::string& message,
                        const google::protobuf::Message& detail) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(detail);
  return grpc::Status(code, message, status.SerializeAsString());
}

// Cuts at the end of a character.
absl::string_view Shortened(absl::string_view text) {
  if (text.size() <= kMaxMessageBytes) return text;
  size_t len = kMaxMessageBytes;
  while (len > 0 && (static_cast<unsigned char>(text[len]) & 0xc0) == 0x80) {
    --len;
  }
  return text.substr(0, len);
}

}  // namespace

void Violations::Add(absl::string_view field, absl::string_view description) {
  if (violations_.size() == kMaxViolations) {
    ++num_more_;
    return;
  }
  violations_.emplace_back(std::string(field),
                           std::string(Shortened(description)));
}

grpc::Status Violations::ToStatus() const {
  if (violations_.empty()) return grpc::Status::OK;
  google::rpc::BadRequest bad_request;
  std::string message;
  for (const auto& [field, description] : violations_) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description(description);
    absl::StrAppend(&message, message.empty() ? "" : "; ", field, ": ",
                    description);
  }
  if (num_more_ > 0) absl::StrAppend(&message, "; and ", num_more_, " more");
  return WithDetail(grpc::StatusCode::INVALID_ARGUMENT, message, bad_request);
}

grpc::Status InvalidField(absl::string_view field,
                          absl::string_view description) {
  Violations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

grpc::Status Overloaded(absl::string_view message) {
  google::rpc::RetryInfo retry_info;
  retry_info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(kRetryDelay)));
  return WithDetail(grpc::StatusCode::RESOURCE_EXHAUSTED, std::string(message),
                    retry_info);
}

grpc::Status Unreadable() {
  return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                      "a message is not of the type that the stream takes "
                      "(broken, or a string in it is not UTF-8)");
}

grpc::Status ShuttingDown() {
  return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                      "the server is shutting down");
}

grpc::Status FromEngine(const absl::Status& status, absl::string_view field) {
  if (status.ok()) return grpc::Status::OK;
  if (absl::IsInvalidArgument(status)) {
    return InvalidField(field, status.message());
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()),
                      std::string(Shortened(status.message())));
}

}  // namespace assay::service
