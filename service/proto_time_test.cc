#include "service/proto_time.h"

#include "gtest/gtest.h"

namespace assay::service {
namespace {

google::protobuf::Duration DurationOf(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration proto;
  proto.set_seconds(seconds);
  proto.set_nanos(nanos);
  return proto;
}

google::protobuf::Timestamp TimestampOf(int64_t seconds, int32_t nanos) {
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds);
  proto.set_nanos(nanos);
  return proto;
}

TEST(ProtoTimeTest, ReadsDurations) {
  EXPECT_EQ(FromProto(DurationOf(1, 500)),
            absl::Seconds(1) + absl::Nanoseconds(500));
  EXPECT_EQ(FromProto(DurationOf(-1, -500)),
            -absl::Seconds(1) - absl::Nanoseconds(500));
}

TEST(ProtoTimeTest, RefusesDurationsThatDurationProtoForbids) {
  EXPECT_FALSE(FromProto(DurationOf(1, -1)));
  EXPECT_FALSE(FromProto(DurationOf(-1, 1)));
  EXPECT_FALSE(FromProto(DurationOf(0, 1000000000)));
  EXPECT_FALSE(FromProto(DurationOf(315576000001, 0)));
  EXPECT_FALSE(FromProto(DurationOf(-315576000001, 0)));
}

TEST(ProtoTimeTest, RefusesTimestampsThatTimestampProtoForbids) {
  EXPECT_TRUE(FromProto(TimestampOf(253402300799, 999999999)));
  EXPECT_FALSE(FromProto(TimestampOf(253402300800, 0)));
  EXPECT_FALSE(FromProto(TimestampOf(-62135596801, 0)));
  EXPECT_FALSE(FromProto(TimestampOf(0, -1)));
  EXPECT_FALSE(FromProto(TimestampOf(0, 1000000000)));
}

TEST(ProtoTimeTest, WritesTimesThatItReads) {
  for (int64_t nanos :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{1700000000123456789}}) {
    const absl::Time time = absl::FromUnixNanos(nanos);
    google::protobuf::Timestamp proto;
    ToProto(time, &proto);
    EXPECT_EQ(FromProto(proto), time) << nanos;
  }
}

}  // namespace
}  // namespace assay::service
