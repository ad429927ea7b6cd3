#include "service/refusal_log.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/log.h"
#include "service/status.h"

namespace assay::service {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RefusalLogTest : public ::testing::Test {
 protected:
  std::vector<std::string> Lines() { return std::exchange(lines_, {}); }

  const absl::Time start_ = absl::FromUnixSeconds(1'000'000);
  std::vector<std::string> lines_;
  Log log_{[this](absl::string_view line) { lines_.emplace_back(line); }};
};

auto Refused(const std::string& reason, int num_calls) {
  return AllOf(HasSubstr("\"level\":\"warning\",\"event\":\"calls_refused\""),
               HasSubstr("\"reason\":\"" + reason + "\""),
               HasSubstr("\"num_calls\":" + std::to_string(num_calls) + "}"));
}

TEST_F(RefusalLogTest, TellsTheFirstAtOnce) {
  RefusalLog refusals(&log_);
  refusals.Refuse(Overloaded("too many"), start_);
  EXPECT_THAT(Lines(), ElementsAre(Refused("too many", 1)));
}

TEST_F(RefusalLogTest, ReturnsTheStatus) {
  RefusalLog refusals(&log_);
  const grpc::Status status = refusals.Refuse(Overloaded("too many"), start_);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_message(), "too many");
}

TEST_F(RefusalLogTest, AFloodIsOneLineASecond) {
  RefusalLog refusals(&log_);
  for (int i = 0; i < 1000; ++i) {
    refusals.Refuse(Overloaded("too many"), start_ + absl::Microseconds(i));
  }
  refusals.Refuse(Overloaded("too many"), start_ + RefusalLog::kInterval);
  EXPECT_THAT(Lines(),
              ElementsAre(Refused("too many", 1), Refused("too many", 1000)));
}

TEST_F(RefusalLogTest, ReasonsAreCountedApart) {
  RefusalLog refusals(&log_);
  refusals.Refuse(Overloaded("too many"), start_);
  refusals.Refuse(ShuttingDown(), start_);
  EXPECT_THAT(Lines(), ElementsAre(Refused("too many", 1),
                                   Refused(ShuttingDown().error_message(), 1)));
}

TEST_F(RefusalLogTest, FlushTellsWhatIsLeft) {
  RefusalLog refusals(&log_);
  for (int i = 0; i < 8; ++i) refusals.Refuse(Overloaded("too many"), start_);
  Lines();
  refusals.Flush();
  EXPECT_THAT(Lines(), ElementsAre(Refused("too many", 7)));
  refusals.Flush();
  EXPECT_THAT(Lines(), IsEmpty());
}

}  // namespace
}  // namespace assay::service
