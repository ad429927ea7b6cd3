#include "service/status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

template <typename Detail>
Detail OnlyDetail(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  EXPECT_EQ(rich.code(), status.error_code());
  EXPECT_EQ(rich.message(), status.error_message());
  EXPECT_EQ(rich.details_size(), 1);
  Detail detail;
  EXPECT_TRUE(rich.details_size() == 1 && rich.details(0).UnpackTo(&detail));
  return detail;
}

TEST(StatusTest, TellsAllViolationsAtOnce) {
  Violations violations;
  EXPECT_TRUE(violations.ToStatus().ok());
  violations.Add("policy.key_set", "is required");
  violations.Add("policy.clock_skew", "must be from 0 s to 3600 s");
  const grpc::Status status = violations.ToStatus();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "policy.key_set: is required; policy.clock_skew: must be from 0 s "
            "to 3600 s");
  const auto detail = OnlyDetail<google::rpc::BadRequest>(status);
  ASSERT_EQ(detail.field_violations_size(), 2);
  EXPECT_EQ(detail.field_violations(1).field(), "policy.clock_skew");
}

TEST(StatusTest, NeverGrowsBeyondWhatAHeaderCarries) {
  Violations violations;
  for (int i = 0; i < 100'000; ++i) violations.Add("policy.issuers", "is bad");
  const grpc::Status many = violations.ToStatus();
  EXPECT_EQ(OnlyDetail<google::rpc::BadRequest>(many).field_violations_size(),
            static_cast<int>(kMaxViolations));
  EXPECT_NE(many.error_message().find("; and 99984 more"), std::string::npos)
      << many.error_message();
  EXPECT_LT(many.error_details().size(), 4096u);

  // The name of a key set, say, that a client made up.
  std::string name = "x";
  for (int i = 0; i < 100'000; ++i) name += "\u00e9";
  const grpc::Status not_found = FromEngine(absl::NotFoundError(name), "x");
  EXPECT_EQ(not_found.error_message(), name.substr(0, kMaxMessageBytes - 1))
      << "cut at the end of a character";
  const grpc::Status invalid =
      FromEngine(absl::InvalidArgumentError(name), "x");
  EXPECT_LT(invalid.error_details().size(), 4096u);
}

TEST(StatusTest, OverloadSaysWhenToTryAgain) {
  const grpc::Status status = Overloaded("busy");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const auto detail = OnlyDetail<google::rpc::RetryInfo>(status);
  EXPECT_EQ(absl::Nanoseconds(detail.retry_delay().nanos()), kRetryDelay);
}

TEST(StatusTest, EngineErrorsKeepTheirCode) {
  EXPECT_TRUE(FromEngine(absl::OkStatus(), "x").ok());
  EXPECT_EQ(FromEngine(absl::NotFoundError("no"), "x").error_code(),
            grpc::StatusCode::NOT_FOUND);
  const grpc::Status bad = FromEngine(absl::InvalidArgumentError("no"), "x");
  EXPECT_EQ(
      OnlyDetail<google::rpc::BadRequest>(bad).field_violations(0).field(),
      "x");
}

}  // namespace
}  // namespace assay::service
