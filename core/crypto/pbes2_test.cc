#include "core/crypto/pbes2.h"

#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "core/crypto/aes_key_wrap.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::string Derive(absl::string_view password, const Pbes2Params& params) {
  SecretBytes key;
  EXPECT_TRUE(DerivePbes2Key(password, params, &key));
  EXPECT_EQ(key.size(), Pbes2KeyLen(params.hash));
  return std::string(key.view());
}

std::string Base64Url(absl::string_view text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

TEST(Pbes2Test, AgreesWithRfc7517AppendixC) {
  const std::string salt_input = Base64Url("2WCTcJZ1Rvd_CJuJripQ1w");
  const std::string kek =
      Derive("Thus from my lips, by yours, my sin is purged.",
             {Hash::kSha256, "PBES2-HS256+A128KW", salt_input, 4096});
  EXPECT_EQ(absl::BytesToHexString(kek), "6eaba95c815c6d75e9f274e9aa0e184b");
  SecretBytes cek;
  ASSERT_TRUE((*AesKeyWrap::Create(kek))
                  ->Unwrap(Base64Url("TrqXOwuNUfDV9VPTNbyGvEJ9JMjefAVn-TR1uIxR9"
                                     "p6hsRQh9Tk7BA"),
                           &cek));
  EXPECT_EQ(absl::BytesToHexString(cek.view()),
            "6f1b1934421d144e5cb038f041d05270a1832437caecb9ac811799c2c330fdb6");
}

// By Python's hashlib.pbkdf2_hmac.
TEST(Pbes2Test, AgreesWithPythonForEveryHash) {
  EXPECT_EQ(absl::BytesToHexString(
                Derive("password", {Hash::kSha256, "name", "saltsalt", 1000})),
            "f175ec72ecda2c4d551929dda468976a");
  EXPECT_EQ(absl::BytesToHexString(
                Derive("password", {Hash::kSha384, "name", "saltsalt", 1000})),
            "4f147a2366ba1cd20fb89008e59b81c72327b840cc5db918");
  EXPECT_EQ(absl::BytesToHexString(
                Derive("password", {Hash::kSha512, "name", "saltsalt", 1000})),
            "8f12e0d2cb74add82f7bec64b8cb650fa6990139e20a472b993f20d276813675");
}

TEST(Pbes2Test, OtherPartsGiveOtherKeys) {
  const std::set<std::string> keys = {
      Derive("password", {Hash::kSha256, "name", "saltsalt", 2}),
      Derive("Password", {Hash::kSha256, "name", "saltsalt", 2}),
      Derive("password", {Hash::kSha256, "Name", "saltsalt", 2}),
      Derive("password", {Hash::kSha256, "name", "Saltsalt", 2}),
      Derive("password", {Hash::kSha256, "names", "altsalt", 2}),
      Derive("password", {Hash::kSha256, "name", "saltsalt", 1}),
      Derive("password", {Hash::kSha256, "name", "saltsalt", 3}),
      Derive("", {Hash::kSha256, "name", "saltsalt", 2}),
  };
  EXPECT_EQ(keys.size(), 8u);
}

TEST(Pbes2Test, RefusesNoIterations) {
  SecretBytes key("untouched");
  EXPECT_FALSE(
      DerivePbes2Key("password", {Hash::kSha256, "name", "saltsalt", 0}, &key));
  EXPECT_EQ(key.view(), "untouched");
}

}  // namespace
}  // namespace assay::crypto
