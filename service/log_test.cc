#include "service/log.h"

#include <string>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LogTest, WritesOneJsonObjectALine) {
  std::string lines;
  Log log(
      [&](absl::string_view line) { lines.append(line.data(), line.size()); });
  log.Info("listening", {{"address", "127.0.0.1:1"}, {"tls", false}, {"n", 7}});
  EXPECT_THAT(lines, StartsWith("{\"time\":\""));
  EXPECT_THAT(lines, EndsWith("Z\",\"level\":\"info\",\"event\":\"listening\","
                              "\"address\":\"127.0.0.1:1\",\"tls\":false,"
                              "\"n\":7}\n"));
}

TEST(LogTest, EscapesWhatWouldBreakALine) {
  std::string lines;
  Log log(
      [&](absl::string_view line) { lines.append(line.data(), line.size()); });
  log.Error("e", {{"name", std::string("a\n\"b\xff")}});
  EXPECT_THAT(lines, HasSubstr(R"("name":"a\n\"b)"));
  EXPECT_EQ(lines.find('\n'), lines.size() - 1);
}

}  // namespace
}  // namespace assay::service
