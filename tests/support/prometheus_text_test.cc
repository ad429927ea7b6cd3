#include "tests/support/prometheus_text.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::testing {
namespace {

constexpr char kHead[] = "# HELP a What it is.\n# TYPE a gauge\n";

TEST(PrometheusTextTest, ReadsSamplesBySeries) {
  const auto samples = ParsePrometheusText(
      absl::StrCat(kHead, "a{b=\"x\\\"\\\\\\n}\",c=\"\"} 1\na 2.5\n",
                   "# HELP n_total N.\n# TYPE n_total counter\nn_total 3\n"));
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->size(), 3u);
  EXPECT_EQ(samples->at("a"), 2.5);
  EXPECT_EQ(samples->at("n_total"), 3);
}

TEST(PrometheusTextTest, RefusesWhatIsNotTheFormat) {
  for (const char* more :
       {"a 1", "a x\n", "a\n", "b 1\n", "a{b=x} 1\n", "a{b=\"\"\"} 1\n",
        "a{b=\"\\x\"} 1\n", "a{1b=\"\"} 1\n", "a 1\na 1\n", "\n",
        "# HELP a Again.\n", "# TYPE a gauge\n", "# HELP b B.\nb 1\n",
        "# HELP b B.\n# TYPE b counter\nb 1\n",
        "# HELP b B.\n# TYPE b gauge\na 1\n", "# HELP b \n"}) {
    EXPECT_FALSE(ParsePrometheusText(absl::StrCat(kHead, more)).ok()) << more;
  }
}

}  // namespace
}  // namespace assay::testing
