#include "core/crypto/concat_kdf.h"

#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/digest.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::string Derive(absl::string_view secret, const ConcatKdfInfo& info,
                   size_t key_len) {
  SecretBytes key;
  EXPECT_TRUE(ConcatKdf(secret, info, key_len, &key));
  return std::string(key.view());
}

TEST(ConcatKdfTest, AgreesWithRfc7518AppendixC) {
  const std::string z = absl::HexStringToBytes(
      "9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4");
  std::string expected;
  ASSERT_TRUE(absl::WebSafeBase64Unescape("VqqN6vgjbSBcIijNcacQGg", &expected));
  EXPECT_EQ(Derive(z, {"A128GCM", "Alice", "Bob"}, 16), expected);
}

// Written out: the hash of counter, secret and each part behind its length.
TEST(ConcatKdfTest, MakesLongKeysFromSeveralHashes) {
  const std::string info = absl::StrCat(
      absl::HexStringToBytes("00000003"), "alg",
      absl::HexStringToBytes("00000000"), absl::HexStringToBytes("00000001"),
      "v", absl::HexStringToBytes("00000200"));
  const std::string first =
      Sha256(absl::StrCat(absl::HexStringToBytes("00000001"), "secret", info));
  const std::string second =
      Sha256(absl::StrCat(absl::HexStringToBytes("00000002"), "secret", info));
  EXPECT_EQ(Derive("secret", {"alg", "", "v"}, 64), first + second);
}

TEST(ConcatKdfTest, GivesEveryLength) {
  for (size_t len = 1; len <= 100; ++len) {
    EXPECT_EQ(Derive("secret", {"alg", "u", "v"}, len).size(), len);
  }
}

// Each part counts, as does where it ends, and how long the key is.
TEST(ConcatKdfTest, OtherPartsGiveOtherKeys) {
  const std::set<std::string> keys = {
      Derive("secret", {"alg", "u", "v"}, 16),
      Derive("Secret", {"alg", "u", "v"}, 16),
      Derive("secret", {"Alg", "u", "v"}, 16),
      Derive("secret", {"alg", "U", "v"}, 16),
      Derive("secret", {"alg", "u", "V"}, 16),
      Derive("secret", {"algu", "", "v"}, 16),
      Derive("secret", {"alg", "uv", ""}, 16),
      Derive("secret", {"alg", "", "uv"}, 16),
      Derive("secreta", {"lg", "u", "v"}, 16),
      Derive("secret", {"alg", "u", "v"}, 32).substr(0, 16),
  };
  EXPECT_EQ(keys.size(), 10u);
}

// Nothing of the long parts is read: the memory behind them does not exist.
TEST(ConcatKdfTest, RefusesLengthsThatDoNotFitIn32Bits) {
  const absl::string_view endless("u", size_t{1} << 32);
  SecretBytes key("untouched");
  EXPECT_FALSE(ConcatKdf("secret", {endless, "u", "v"}, 16, &key));
  EXPECT_FALSE(ConcatKdf("secret", {"alg", endless, "v"}, 16, &key));
  EXPECT_FALSE(ConcatKdf("secret", {"alg", "u", endless}, 16, &key));
  EXPECT_FALSE(ConcatKdf("secret", {"alg", "u", "v"}, size_t{1} << 29, &key));
  EXPECT_FALSE(ConcatKdf("secret", {"alg", "u", "v"}, 0, &key));
  EXPECT_EQ(key.view(), "untouched");
}

}  // namespace
}  // namespace assay::crypto
