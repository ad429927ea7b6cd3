#include "service/cli/trust_flags.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TrustFlags Parse(std::string line) {
  CLI::App app;
  TrustFlags flags;
  AddTrustFlags(&app, &flags);
  app.parse(std::move(line));
  return flags;
}

std::string ErrorOf(std::string line) {
  const auto trust = MakeTrust(Parse(std::move(line)));
  EXPECT_FALSE(trust.ok());
  return std::string(trust.status().message());
}

TEST(TrustFlagsTest, NothingIsTrustedUnlessAskedFor) {
  const auto trust = MakeTrust(Parse(""));
  ASSERT_TRUE(trust.ok()) << trust.status();
  EXPECT_FALSE(trust->has_value());
}

TEST(TrustFlagsTest, ReadsRootsNamesAndPurposes) {
  const auto trust = MakeTrust(
      Parse("--trust-x5c-root a.pem --trust-x5c-root b.pem --x5c-name dns:d "
            "--x5c-name uri:urn:u --x5c-name email:e@e --x5c-eku 1.2.3"));
  ASSERT_TRUE(trust.ok()) << trust.status();
  ASSERT_TRUE(trust->has_value());
  EXPECT_THAT((*trust)->root_files, ElementsAre("a.pem", "b.pem"));
  EXPECT_THAT((*trust)->policy.dns_names, ElementsAre("d"));
  EXPECT_THAT((*trust)->policy.uris, ElementsAre("urn:u"));
  EXPECT_THAT((*trust)->policy.emails, ElementsAre("e@e"));
  EXPECT_THAT((*trust)->policy.extended_key_usages, ElementsAre("1.2.3"));
}

TEST(TrustFlagsTest, SaysWhatIsMissingOrWrong) {
  EXPECT_THAT(ErrorOf("--x5c-name dns:d"),
              HasSubstr("give --trust-x5c-root FILE too"));
  EXPECT_THAT(ErrorOf("--x5c-eku 1.2.3"),
              HasSubstr("give --trust-x5c-root FILE too"));
  EXPECT_THAT(ErrorOf("--trust-x5c-root a"),
              HasSubstr("--trust-x5c-root needs --x5c-name dns:NAME, uri:URI "
                        "or email:ADDRESS: else every certificate"));
  for (const char* name : {"d", "dns:", "DNS:d", "ip:1"}) {
    EXPECT_THAT(
        ErrorOf(std::string("--trust-x5c-root a --x5c-name ") + name),
        HasSubstr(std::string("--x5c-name \"") + name + "\" is none of"));
  }
  EXPECT_THAT(
      ErrorOf("--trust-x5c-root a --x5c-name dns:d --x5c-eku codeSigning"),
      HasSubstr("--x5c-eku \"codeSigning\" is no OID such as"));
}

}  // namespace
}  // namespace assay::cli
