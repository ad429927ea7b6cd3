#include "service/admin/metrics_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/admin/sample_status.h"
#include "tests/support/prometheus_text.h"

namespace assay::service {
namespace {

using ::testing::Contains;

std::vector<std::string> Lines(const ServerStatus& status) {
  return absl::StrSplit(MetricsText(status), '\n');
}

TEST(MetricsTextTest, IsWellFormedAndExplainsEveryFamily) {
  const auto samples =
      testing::ParsePrometheusText(MetricsText(SampleStatus()));
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_GT(samples->size(), 40u);
}

TEST(MetricsTextTest, TellsWhatRuns) {
  const auto lines = Lines(SampleStatus());
  EXPECT_THAT(lines,
              Contains(R"(assay_build_info{version="1.2.3",grpc="4.5.6"} 1)"));
  EXPECT_THAT(lines, Contains("assay_start_time_seconds 1700000000"));
  EXPECT_THAT(lines, Contains("assay_draining 0"));
  ServerStatus draining = SampleStatus();
  draining.draining = true;
  EXPECT_THAT(Lines(draining), Contains("assay_draining 1"));
}

TEST(MetricsTextTest, TellsOfKeySets) {
  const auto lines = Lines(SampleStatus());
  for (const char* line :
       {R"(assay_key_set_generation{key_set="login"} 3)",
        R"(assay_key_set_keys{key_set="login"} 2)",
        R"(assay_key_set_skipped_keys{key_set="login"} 1)",
        R"(assay_key_set_loads_total{key_set="login",outcome="changed"} 3)",
        R"(assay_key_set_loads_total{key_set="login",outcome="unchanged"} 4)",
        R"(assay_key_set_loads_total{key_set="login",outcome="failed"} 5)",
        R"(assay_key_set_last_load_failed{key_set="login"} 1)"}) {
    EXPECT_THAT(lines, Contains(line));
  }
}

TEST(MetricsTextTest, ANameIsEscaped) {
  EXPECT_THAT(Lines(SampleStatus()),
              Contains(R"(assay_key_set_keys{key_set="weird \"<b>\\\n"} 1)"));
}

TEST(MetricsTextTest, OnlyAKernelThatWorksIsOnAndOnlyAFaultyOneSwitchedOff) {
  const auto lines = Lines(SampleStatus());
  for (const char* line : {R"(assay_kernel_on{lane="p256"} 1)",
                           R"(assay_kernel_on{lane="ed25519"} 0)",
                           R"(assay_kernel_on{lane="p384"} 0)",
                           R"(assay_kernel_on{lane="p521"} 0)",
                           R"(assay_kernel_switched_off{lane="p256"} 0)",
                           R"(assay_kernel_switched_off{lane="ed25519"} 1)",
                           R"(assay_kernel_switched_off{lane="p384"} 0)",
                           R"(assay_kernel_switched_off{lane="p521"} 0)"}) {
    EXPECT_THAT(lines, Contains(line));
  }
}

TEST(MetricsTextTest, EveryCountHasItsName) {
  const auto lines = Lines(SampleStatus());
  for (const char* line :
       {R"(assay_kernel_checks_total{lane="p256"} 100)",
        R"(assay_kernel_undecided_total{lane="p256"} 1)",
        R"(assay_kernel_confirmed_total{lane="p256"} 2)",
        R"(assay_kernel_rechecked_total{lane="p256"} 3)",
        R"(assay_kernel_mismatches_total{lane="ed25519"} 1)", "assay_tables 6",
        "assay_table_bytes 3145728", "assay_table_budget_bytes 268435456",
        "assay_tables_built_total 9", "assay_tables_retired_total 2",
        "assay_tables_refused_total 1"}) {
    EXPECT_THAT(lines, Contains(line));
  }
}

}  // namespace
}  // namespace assay::service
