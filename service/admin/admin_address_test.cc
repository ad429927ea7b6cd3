#include "service/admin/admin_address.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::HasSubstr;

TEST(AdminAddressTest, TakesLoopbackAddresses) {
  for (const char* local : {"127.0.0.1:9464", "127.9.9.9:0", "[::1]:9464"}) {
    EXPECT_TRUE(ParseAdminAddress({local, false}).ok()) << local;
  }
  EXPECT_EQ(ParseAdminAddress({"localhost:9464", false})->ToString(9464),
            "127.0.0.1:9464");
}

TEST(AdminAddressTest, RefusesAddressesThatOthersReachUnlessAllowed) {
  for (const char* open : {"0.0.0.0:9464", "[::]:9464", "10.0.0.1:9464"}) {
    const absl::Status status = ParseAdminAddress({open, false}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << open;
    EXPECT_THAT(std::string(status.message()), HasSubstr("allow_from_network"));
    EXPECT_TRUE(ParseAdminAddress({open, true}).ok()) << open;
  }
}

TEST(AdminAddressTest, RefusesWhatIsNoIpAddressAndPort) {
  for (const char* bad :
       {"", "9464", "127.0.0.1", "unix:/tmp/x", "example.com:9464",
        "localhost.example:9464", "127.0.0.1,0.0.0.0:9464"}) {
    EXPECT_EQ(ParseAdminAddress({bad, true}).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bad;
  }
}

}  // namespace
}  // namespace assay::service
