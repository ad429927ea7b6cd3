#include "service/admin/admin_endpoint.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/listener.h"
#include "tests/support/http_call.h"

namespace assay::service {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::HttpCall;
using ::testing::Not;
using ::testing::StartsWith;

class AdminEndpointTest : public ::testing::Test {
 protected:
  void Start(const char* host = "127.0.0.1", int port = 0) {
    auto endpoint = AdminEndpoint::Start(
        {host, port, ""}, {{"/page", "text/x-test", [this] {
                              return absl::StrCat("reading ", ++num_renderings_,
                                                  "\n");
                            }}});
    ASSERT_TRUE(endpoint.ok()) << endpoint.status();
    endpoint_ = *std::move(endpoint);
  }
  std::string Call(const std::string& request) {
    return HttpCall(endpoint_->address(), request);
  }

  int num_renderings_ = 0;
  std::unique_ptr<AdminEndpoint> endpoint_;
};

constexpr char kRest[] = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

TEST_F(AdminEndpointTest, RendersAPageAnewForEachRequest) {
  Start();
  const std::string answer = Call(absl::StrCat("GET /page", kRest));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/x-test\r\n"));
  EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store\r\n"));
  EXPECT_THAT(answer, HasSubstr("default-src 'none'"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nreading 1\n"));
  EXPECT_THAT(Call(absl::StrCat("GET /page?x=1", kRest)),
              EndsWith("\r\n\r\nreading 2\n"));
}

TEST_F(AdminEndpointTest, HeadTellsTheHeadAlone) {
  Start();
  const std::string answer = Call(absl::StrCat("HEAD /page", kRest));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(AdminEndpointTest, OtherPathsAreNotFoundAndTheRightOnesTold) {
  Start();
  for (const char* path : {"/", "/page/", "/Page", "/pages", "/../page", "/%00",
                           "//page", "/<script>"}) {
    const std::string answer = Call(absl::StrCat("GET ", path, kRest));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 ")) << path;
    EXPECT_THAT(answer, HasSubstr("\n/page\n")) << path;
    EXPECT_THAT(answer, Not(HasSubstr("<script>"))) << path;
  }
  EXPECT_EQ(num_renderings_, 0);
}

TEST_F(AdminEndpointTest, OtherMethodsAreNotAllowed) {
  Start();
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get"}) {
    const std::string answer = Call(absl::StrCat(method, " /page", kRest));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD\r\n")) << method;
  }
  EXPECT_EQ(num_renderings_, 0);
}

TEST_F(AdminEndpointTest, ABodyIsNotReadAndAHugeHeadRefused) {
  Start();
  EXPECT_THAT(Call("POST /page HTTP/1.1\r\nHost: x\r\n"
                   "Content-Length: 1000000000000\r\n\r\nabc"),
              StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Call(absl::StrCat("GET /page HTTP/1.1\r\nHost: x\r\nCookie: ",
                                std::string(100'000, 'x'), "\r\n\r\n")),
              Not(HasSubstr("200 OK")));
  EXPECT_EQ(num_renderings_, 0);
  EXPECT_THAT(Call(absl::StrCat("GET /page", kRest)), HasSubstr("200 OK"));
}

TEST_F(AdminEndpointTest, ListensOnIpv6) {
  auto endpoint = AdminEndpoint::Start({"::1", 0, ""}, {});
  if (!endpoint.ok()) GTEST_SKIP() << endpoint.status();
  EXPECT_THAT((*endpoint)->address(), StartsWith("[::1]:"));
  EXPECT_THAT(
      HttpCall((*endpoint)->address(), absl::StrCat("GET /page", kRest)),
      StartsWith("HTTP/1.1 404 "));
}

TEST_F(AdminEndpointTest, AnAddressInUseIsAClearError) {
  Start();
  const auto address = ParseListenAddress(endpoint_->address());
  ASSERT_TRUE(address.ok());
  const auto second = AdminEndpoint::Start(*address, {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(second.status().message(),
            absl::StrCat("cannot serve the admin pages on ",
                         endpoint_->address(), ": Address already in use"));
}

TEST_F(AdminEndpointTest, AfterItsEndTheAddressIsFree) {
  Start();
  const int port = ParseListenAddress(endpoint_->address())->port;
  Call(absl::StrCat("GET /page", kRest));
  endpoint_.reset();
  Start("127.0.0.1", port);
  EXPECT_THAT(Call(absl::StrCat("GET /page", kRest)), HasSubstr("200 OK"));
}

}  // namespace
}  // namespace assay::service
