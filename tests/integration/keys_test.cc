// KeyService, health and reflection over the wire.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/raw_call.h"
#include "tests/integration/test_server.h"

namespace assay::testing {
namespace {

using jose::Algorithm;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class KeysTest : public ::testing::Test {
 protected:
  void SetUp() override { server_.Start(); }

  grpc::Status GetJwks(const std::string& key_set,
                       v1::GetJwksResponse* response) {
    grpc::ClientContext context;
    v1::GetJwksRequest request;
    request.set_key_set(key_set);
    return server_.keys().GetJwks(&context, request, response);
  }

  TestServer server_;
};

TEST_F(KeysTest, ListsKeySetsByName) {
  grpc::ClientContext context;
  v1::ListKeySetsResponse response;
  ASSERT_TRUE(server_.keys()
                  .ListKeySets(&context, v1::ListKeySetsRequest(), &response)
                  .ok());
  ASSERT_EQ(response.key_sets_size(), 2);
  EXPECT_EQ(response.key_sets(0).name(), "ES256");
  EXPECT_EQ(response.key_sets(1).name(), "HS256");
  EXPECT_EQ(response.key_sets(0).use(), v1::KEY_SET_USE_SIGN);
  EXPECT_EQ(response.key_sets(0).generation(), 1u);
  EXPECT_EQ(response.key_sets(0).num_keys(), 1u);
  EXPECT_EQ(response.key_sets(0).num_skipped(), 0u);
}

TEST_F(KeysTest, HandsOutPublicKeysOnly) {
  v1::GetJwksResponse response;
  ASSERT_TRUE(GetJwks("ES256", &response).ok());
  EXPECT_THAT(response.jwks_json(), HasSubstr(R"("kid":"k-ES256")"));
  EXPECT_THAT(response.jwks_json(), Not(HasSubstr(R"("d":)")));
  EXPECT_EQ(response.key_generation(), 1u);
}

TEST_F(KeysTest, NeverHandsOutASecret) {
  v1::GetJwksResponse response;
  ASSERT_TRUE(GetJwks("HS256", &response).ok());
  EXPECT_EQ(response.jwks_json(), R"({"keys":[]})");
}

TEST_F(KeysTest, UnknownAndUnnamedKeySetsAreErrors) {
  v1::GetJwksResponse response;
  EXPECT_EQ(GetJwks("nobody", &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(ViolatedFields(GetJwks("", &response)), ElementsAre("key_set"));
}

TEST_F(KeysTest, HealthKnowsEveryService) {
  for (const char* service :
       {"", "assay.v1.VerifierService", "assay.v1.SignerService",
        "assay.v1.KeyService", "assay.v1.EncrypterService",
        "assay.v1.DecrypterService"}) {
    EXPECT_EQ(HealthOf(server_.channel(), service), 1) << service;
  }
  EXPECT_EQ(HealthOf(server_.channel(), "nobody"),
            -static_cast<int>(grpc::StatusCode::NOT_FOUND));
}

TEST_F(KeysTest, ReflectionListsEveryService) {
  grpc::Status status;
  // ServerReflectionRequest.list_services is field 7, a string.
  const auto answers =
      RawCall(server_.channel(),
              "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              std::string(":\0", 2), &status);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_THAT(answers[0], HasSubstr("assay.v1.VerifierService"));
  EXPECT_THAT(answers[0], HasSubstr("assay.v1.SignerService"));
  EXPECT_THAT(answers[0], HasSubstr("assay.v1.KeyService"));
}

TEST(KeysLogTest, ThousandsOfSkippedKeysAreNotThousandsOfLines) {
  TestServer server({Algorithm::kEs256});
  std::string jwks =
      absl::StrCat("{\"keys\":[", PrivateJwk(Algorithm::kEs256, "k-good"));
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&jwks, ",{\"kty\":\"x\"}");
  v1::KeySetConfig* key_set = server.config()->add_key_sets();
  key_set->set_name("many");
  key_set->add_paths(server.folder().Write("many.jwks", jwks + "]}"));
  server.Start();
  const std::string log = server.LogText();
  EXPECT_THAT(log, HasSubstr("\"num_skipped\":2000"));
  EXPECT_THAT(log, HasSubstr("\"num_more\":1984"));
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 30);
}

TEST_F(KeysTest, TheLogHoldsNoSecret) {
  EXPECT_THAT(server_.LogText(), HasSubstr("key_set_loaded"));
  EXPECT_THAT(server_.LogText(), Not(HasSubstr("\"k\"")));
  EXPECT_THAT(server_.LogText(), Not(HasSubstr("\"d\"")));
}

}  // namespace
}  // namespace assay::testing
