// Times and durations of protobuf's well-known types, and absl's.
#ifndef ASSAY_SERVICE_PROTO_TIME_H_
#define ASSAY_SERVICE_PROTO_TIME_H_

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace assay::service {

// nullopt where duration.proto does not allow the value: beyond 10 000 years,
// nanos beyond a second, or signs that differ.
absl::optional<absl::Duration> FromProto(
    const google::protobuf::Duration& proto);
// nullopt where timestamp.proto does not allow the value: before the year 1,
// after 9999, or nanos that are negative or beyond a second.
absl::optional<absl::Time> FromProto(const google::protobuf::Timestamp& proto);

void ToProto(absl::Time time, google::protobuf::Timestamp* proto);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_PROTO_TIME_H_
