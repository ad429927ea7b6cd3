#include "service/admin/status_page.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/admin/sample_status.h"

namespace assay::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(StatusPageTest, TellsOfTheServerAndItsListeners) {
  const std::string page = StatusPage(SampleStatus());
  EXPECT_THAT(page, HasSubstr("<td>1.2.3</td><td>4.5.6</td>"
                              "<td>2023-11-14 22:13:20 UTC</td>"
                              "<td>1h2m3s</td><td>serving</td>"));
  EXPECT_THAT(page, HasSubstr("<td>127.0.0.1:7080</td><td>no</td>"));
  EXPECT_THAT(page, HasSubstr("<td>0.0.0.0:7443</td><td>yes</td>"));
}

TEST(StatusPageTest, TellsOfKeySets) {
  EXPECT_THAT(StatusPage(SampleStatus()),
              HasSubstr("<td>login</td><td>3</td><td>2</td><td>1</td>"
                        "<td>5</td><td>FAILED: old keys in use</td>"));
}

TEST(StatusPageTest, TellsOfKernelsAndWhyTheyAreOff) {
  const std::string page = StatusPage(SampleStatus());
  EXPECT_THAT(page, HasSubstr("<td>p256</td><td>on</td><td>100</td>"));
  EXPECT_THAT(page,
              HasSubstr("<td>ed25519</td><td>SWITCHED OFF: it did wrong</td>"));
  EXPECT_THAT(page, HasSubstr("<td>p384</td><td>not on this machine</td>"));
  EXPECT_THAT(page, HasSubstr("<td>p521</td><td>off, as configured</td>"));
}

TEST(StatusPageTest, TellsOfTables) {
  EXPECT_THAT(StatusPage(SampleStatus()),
              HasSubstr("<td>6</td><td>3.0</td><td>256.0</td><td>9</td>"
                        "<td>2</td><td>1</td>"));
}

TEST(StatusPageTest, ANameCannotBecomeHtml) {
  const std::string page = StatusPage(SampleStatus());
  EXPECT_THAT(page, HasSubstr("weird &quot;&lt;b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace assay::service
