#include "core/keys/key_source.h"

#include <sys/stat.h>

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/jose/encrypted_key_file.h"
#include "core/keys/key_test_support.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using jose::Algorithm;

class KeySourceTest : public ::testing::Test {
 protected:
  KeySource Source(KeySetUse use, const std::string& path) const {
    KeySource source;
    source.name = "set";
    source.paths = {path};
    source.use = use;
    return source;
  }

  absl::StatusOr<std::unique_ptr<KeySet>> Load(KeySetUse use,
                                               absl::string_view name) const {
    return LoadKeySet(Source(use, folder_.path(name)), Limits());
  }

  const TestFolder folder_;
};

std::string PublicJwk(absl::string_view kid) {
  return jose::WritePublicJwk(FreshPublicKey(Algorithm::kEdDsa, kid));
}

std::string PrivateJwk(absl::string_view kid) {
  return jose::WritePrivateJwk(FreshKey(Algorithm::kEdDsa, kid));
}

std::string Kids(const KeySet& set) {
  std::string kids;
  for (const auto& key : set.keys()) absl::StrAppend(&kids, key->kid(), " ");
  return kids;
}

TEST_F(KeySourceTest, LoadsAJwkAndAJwkSet) {
  folder_.Write("one.jwk", PublicJwk("a"));
  folder_.Write("many.json", JwkSetText({PublicJwk("b"), PublicJwk("c")}));
  EXPECT_EQ(Kids(**Load(KeySetUse::kPublic, "one.jwk")), "a ");
  EXPECT_EQ(Kids(**Load(KeySetUse::kPublic, "many.json")), "b c ");
}

TEST_F(KeySourceTest, LoadsSeveralPathsInTheirOrder) {
  folder_.Write("1", PublicJwk("a"));
  folder_.Write("2", PublicJwk("b"));
  KeySource source = Source(KeySetUse::kPublic, folder_.path("2"));
  source.paths.push_back(folder_.path("1"));
  source.issuers = {"https://issuer.example"};
  const auto set = LoadKeySet(source, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(Kids(**set), "b a ");
  EXPECT_EQ((*set)->name(), "set");
  EXPECT_EQ((*set)->issuers(), source.issuers);
}

TEST_F(KeySourceTest, FolderGivesItsKeyFilesInTheOrderOfTheirNames) {
  folder_.MakeFolder("f");
  folder_.Write("f/b.jwk", PublicJwk("b"));
  folder_.Write("f/a.json", PublicJwk("a"));
  folder_.Write("f/c.pub", PublicJwk("c"));
  // What does not count: other endings, hidden files, folders.
  folder_.Write("f/README.txt", "not a key");
  folder_.Write("f/d.jwk~", "not a key");
  folder_.Write("f/.hidden.jwk", "not a key");
  folder_.MakeFolder("f/sub.jwk");
  const auto set = Load(KeySetUse::kPublic, "f");
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(Kids(**set), "a b c ");
}

TEST_F(KeySourceTest, MissingFileIsNamed) {
  const absl::Status status = Load(KeySetUse::kPublic, "gone.jwk").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(status.message(), "gone.jwk")) << status;
}

TEST_F(KeySourceTest, OneUnparsableFileOfAFolderFailsTheLoadAndIsNamed) {
  folder_.MakeFolder("f");
  folder_.Write("f/a.jwk", PublicJwk("a"));
  folder_.Write("f/b.jwk", "{");
  const absl::Status status = Load(KeySetUse::kPublic, "f").status();
  EXPECT_TRUE(absl::StrContains(status.message(), "b.jwk")) << status;
}

TEST_F(KeySourceTest, LinkThatLeadsNowhereFailsTheLoad) {
  folder_.MakeFolder("f");
  folder_.Write("f/a.jwk", PublicJwk("a"));
  folder_.Link("nowhere", "f/b.jwk");
  EXPECT_FALSE(Load(KeySetUse::kPublic, "f").ok());
}

TEST_F(KeySourceTest, OneBadKeyOfAJwkSetIsSkippedWithItsFileAndReason) {
  folder_.Write("set.json", JwkSetText({"{\"kty\":\"XYZ\",\"kid\":\"odd\"}",
                                        PublicJwk("good")}));
  const auto set = Load(KeySetUse::kPublic, "set.json");
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(Kids(**set), "good ");
  ASSERT_EQ((*set)->skipped().size(), 1);
  EXPECT_EQ((*set)->skipped()[0].kid, "odd");
  EXPECT_TRUE(
      absl::StrContains((*set)->skipped()[0].why.message(), "set.json"));
}

TEST_F(KeySourceTest, SkippedKeysAreCountedAcrossFiles) {
  folder_.MakeFolder("f");
  folder_.Write("f/1.json", JwkSetText({PublicJwk("a"), PublicJwk("b")}));
  folder_.Write("f/2.json", JwkSetText({PublicJwk("c"), "{}"}));
  const auto set = Load(KeySetUse::kPublic, "f");
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ((*set)->skipped().size(), 1);
  EXPECT_EQ((*set)->skipped()[0].index, 3);
}

TEST_F(KeySourceTest, NoUsableKeyIsAnErrorThatListsTheReasons) {
  folder_.Write("set.json", JwkSetText({"{\"kty\":\"XYZ\",\"kid\":\"odd\"}"}));
  const absl::Status status = Load(KeySetUse::kPublic, "set.json").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "odd")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "XYZ") ||
              absl::StrContains(status.message(), "kty"))
      << status;

  folder_.MakeFolder("empty");
  EXPECT_FALSE(Load(KeySetUse::kPublic, "empty").ok());
}

TEST_F(KeySourceTest, RefusesSecretsThatOthersMayRead) {
  for (const std::string& secret :
       {PrivateJwk("k"),
        jose::WritePrivateJwk(FreshKey(Algorithm::kHs256, "k"))}) {
    for (int mode : {0640, 0604, 0644}) {
      folder_.Write("k.jwk", secret, mode);
      const absl::Status status = Load(KeySetUse::kVerify, "k.jwk").status();
      EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << mode;
      EXPECT_TRUE(absl::StrContains(status.message(), "k.jwk")) << status;

      KeySource source = Source(KeySetUse::kVerify, folder_.path("k.jwk"));
      source.allow_readable_secrets = true;
      EXPECT_TRUE(LoadKeySet(source, Limits()).ok()) << mode;
    }
    folder_.Chmod("k.jwk", 0600);
    EXPECT_TRUE(Load(KeySetUse::kVerify, "k.jwk").ok());
  }
}

// A secret that cannot be used here is no less a secret.
TEST_F(KeySourceTest, RefusesSkippedSecretsTooWhereTheyDoNotBelong) {
  const std::string unusable = R"({"kty":"oct","kid":"short","k":"c2VjcmV0"})";
  folder_.Write("set.jwks", JwkSetText({PublicJwk("a"), unusable}), 0644);
  EXPECT_EQ(Load(KeySetUse::kVerify, "set.jwks").status().code(),
            absl::StatusCode::kPermissionDenied);
  folder_.Chmod("set.jwks", 0600);
  EXPECT_TRUE(Load(KeySetUse::kVerify, "set.jwks").ok());
  const absl::Status in_public = Load(KeySetUse::kPublic, "set.jwks").status();
  EXPECT_TRUE(absl::StrContains(in_public.message(), "short")) << in_public;
  EXPECT_TRUE(absl::StrContains(in_public.message(), "public keys only"))
      << in_public;
}

TEST_F(KeySourceTest, OneKeyWithADuplicateMemberDoesNotVoidItsSet) {
  folder_.Write("set.jwks",
                JwkSetText({R"({"kty":"OKP","kty":"OKP"})", PublicJwk("a")}));
  const auto set = Load(KeySetUse::kPublic, "set.jwks");
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(Kids(**set), "a ");
  EXPECT_EQ((*set)->skipped().size(), 1);
}

TEST_F(KeySourceTest, PublicKeysMayBeReadByAnyone) {
  folder_.Write("k.jwk", PublicJwk("k"), 0644);
  EXPECT_TRUE(Load(KeySetUse::kPublic, "k.jwk").ok());
}

TEST_F(KeySourceTest, ModeIsThatOfTheFileBehindALink) {
  folder_.Write("target", PrivateJwk("k"), 0644);
  folder_.Link("target", "k.jwk");
  EXPECT_EQ(Load(KeySetUse::kVerify, "k.jwk").status().code(),
            absl::StatusCode::kPermissionDenied);
}

TEST_F(KeySourceTest, RefusesAFileAboveTheSizeLimit) {
  const std::string jwk = PublicJwk("k");
  folder_.Write("k.jwk", jwk);
  const KeySource source = Source(KeySetUse::kPublic, folder_.path("k.jwk"));
  Limits limits;
  limits.max_key_file_bytes = jwk.size();
  EXPECT_TRUE(LoadKeySet(source, limits).ok());
  limits.max_key_file_bytes = jwk.size() - 1;
  EXPECT_FALSE(LoadKeySet(source, limits).ok());
}

TEST_F(KeySourceTest, RefusesAFifoWithoutWaitingForAWriter) {
  ASSERT_EQ(mkfifo(folder_.path("fifo").c_str(), 0600), 0);
  const absl::Status status = Load(KeySetUse::kPublic, "fifo").status();
  EXPECT_TRUE(absl::StrContains(status.message(), "regular file")) << status;
}

TEST_F(KeySourceTest, ErrorsNeverShowKeyText) {
  const std::string jwk = PrivateJwk("k");
  const std::string cut = jwk.substr(0, jwk.size() - 1);
  folder_.Write("k.jwk", cut);
  const absl::Status status = Load(KeySetUse::kVerify, "k.jwk").status();
  ASSERT_FALSE(status.ok());
  const size_t d = jwk.find("\"d\":\"");
  ASSERT_NE(d, std::string::npos);
  EXPECT_FALSE(absl::StrContains(status.ToString(), jwk.substr(d + 5, 8)));
}

// An encrypted key may be read by others, its password may not.
TEST_F(KeySourceTest, OpensEncryptedKeysWithThePasswordOfAFile) {
  const auto jwe = jose::EncryptJwk(PrivateJwk("a"), "pass word", Limits());
  ASSERT_TRUE(jwe.ok()) << jwe.status();
  folder_.Write("a.key", *jwe + "\n", 0644);
  folder_.Write("password", "pass word\n");
  KeySource source = Source(KeySetUse::kSign, folder_.path("a.key"));
  EXPECT_EQ(LoadKeySet(source, Limits()).status().code(),
            absl::StatusCode::kFailedPrecondition);

  source.password_file = folder_.path("password");
  const auto set = LoadKeySet(source, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(Kids(**set), "a ");

  folder_.Chmod("password", 0640);
  const absl::Status status = LoadKeySet(source, Limits()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(
      absl::StrContains(status.message(),
                        "holds a password, but group or others may read it "
                        "(chmod 600 it)"))
      << status;
}

TEST_F(KeySourceTest, APasswordIsTheOnlyLineOfItsFile) {
  const auto read = [this](absl::string_view contents) {
    folder_.Write("password", contents);
    const auto password =
        ReadPasswordFile(folder_.path("password"), false, Limits());
    return password.ok() ? std::string(password->view())
                         : std::string(password.status().message());
  };
  EXPECT_EQ(read("secret"), "secret");
  EXPECT_EQ(read(" secret \n"), " secret ");
  EXPECT_EQ(read("secret\r\n"), "secret");
  EXPECT_TRUE(absl::StrContains(read("\n"), "holds no password: it is empty"));
  EXPECT_TRUE(absl::StrContains(read("a\nb\n"), "must be one line"));
  EXPECT_TRUE(absl::StrContains(read(std::string(5000, 'x')), "4096 bytes"));
}

}  // namespace
}  // namespace assay::keys
