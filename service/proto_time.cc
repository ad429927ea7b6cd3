#include "service/proto_time.h"

namespace assay::service {
namespace {

// The bounds that duration.proto and timestamp.proto state.
constexpr int64_t kMaxDurationSeconds = 315576000000;
constexpr int64_t kMinTimestampSeconds = -62135596800;  // 0001-01-01
constexpr int64_t kMaxTimestampSeconds = 253402300799;  // 9999-12-31
constexpr int32_t kNanosPerSecond = 1000000000;

}  // namespace

absl::optional<absl::Duration> FromProto(
    const google::protobuf::Duration& proto) {
  const int64_t seconds = proto.seconds();
  const int32_t nanos = proto.nanos();
  if (seconds < -kMaxDurationSeconds || seconds > kMaxDurationSeconds ||
      nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond ||
      (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return absl::nullopt;
  }
  return absl::Seconds(seconds) + absl::Nanoseconds(nanos);
}

absl::optional<absl::Time> FromProto(const google::protobuf::Timestamp& proto) {
  if (proto.seconds() < kMinTimestampSeconds ||
      proto.seconds() > kMaxTimestampSeconds || proto.nanos() < 0 ||
      proto.nanos() >= kNanosPerSecond) {
    return absl::nullopt;
  }
  return absl::FromUnixSeconds(proto.seconds()) +
         absl::Nanoseconds(proto.nanos());
}

void ToProto(absl::Time time, google::protobuf::Timestamp* proto) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  proto->set_seconds(seconds);
  proto->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

}  // namespace assay::service
