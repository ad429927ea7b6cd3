#include "core/crypto/aes_key_wrap.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::unique_ptr<const AesKeyWrap> KeyOf(absl::string_view kek) {
  auto made = AesKeyWrap::Create(kek);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

std::string Wrap(const AesKeyWrap& key, absl::string_view cek) {
  std::string wrapped(AesKeyWrap::WrappedLen(cek.size()), '\0');
  EXPECT_TRUE(key.Wrap(cek, reinterpret_cast<uint8_t*>(&wrapped[0])));
  return wrapped;
}

// "refused" if it is; then the error queue is empty, and `cek` was left alone.
std::string Unwrap(const AesKeyWrap& key, absl::string_view wrapped) {
  SecretBytes cek("untouched");
  const bool ok = key.Unwrap(wrapped, &cek);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (ok) return std::string(cek.view());
  EXPECT_EQ(cek.view(), "untouched");
  return "refused";
}

// The keys of RFC 3394 4 start alike.
void ExpectRfc3394(size_t kek_len, absl::string_view cek_hex,
                   absl::string_view wrapped_hex) {
  const std::string kek = absl::HexStringToBytes(
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  const std::string cek = absl::HexStringToBytes(cek_hex);
  const auto key = KeyOf(kek.substr(0, kek_len));
  const std::string wrapped = Wrap(*key, cek);
  EXPECT_EQ(absl::BytesToHexString(wrapped), wrapped_hex);
  EXPECT_EQ(Unwrap(*key, wrapped), cek);
}

TEST(AesKeyWrapTest, AgreesWithRfc3394Section4) {
  ExpectRfc3394(16, "00112233445566778899aabbccddeeff",
                "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
  ExpectRfc3394(24, "00112233445566778899aabbccddeeff",
                "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d");
  ExpectRfc3394(32, "00112233445566778899aabbccddeeff",
                "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7");
  ExpectRfc3394(
      24, "00112233445566778899aabbccddeeff0001020304050607",
      "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2");
  ExpectRfc3394(
      32, "00112233445566778899aabbccddeeff0001020304050607",
      "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1");
  ExpectRfc3394(
      32, "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43b"
      "fb988b9b7a02dd21");
}

TEST(AesKeyWrapTest, AgreesWithRfc7516AppendixA3) {
  std::string kek, wrapped;
  ASSERT_TRUE(absl::WebSafeBase64Unescape("GawgguFyGrWKav7AX4VKUg", &kek));
  ASSERT_TRUE(absl::WebSafeBase64Unescape(
      "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ", &wrapped));
  const std::string cek = absl::HexStringToBytes(
      "04d31fc5549dfcfe0b649dfa3faa6ace6b7cd42d6f6b09dbc8b100f08f9c2ccf");
  EXPECT_EQ(Wrap(*KeyOf(kek), cek), wrapped);
  EXPECT_EQ(Unwrap(*KeyOf(kek), wrapped), cek);
}

TEST(AesKeyWrapTest, RefusesEveryOtherLengthOfKeyEncryptionKey) {
  for (size_t len = 0; len <= 80; ++len) {
    const auto key = AesKeyWrap::Create(std::string(len, 'k'));
    EXPECT_EQ(key.ok(), len == 16 || len == 24 || len == 32) << len;
    if (!key.ok()) {
      EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument);
    }
  }
}

TEST(AesKeyWrapTest, WrapsMultiplesOf8From16Bytes) {
  const auto key = KeyOf(std::string(16, 'k'));
  for (size_t len = 0; len <= 100; ++len) {
    const std::string cek(len, 'c');
    uint8_t wrapped[108];
    const bool possible = len >= 16 && len % 8 == 0;
    ASSERT_EQ(key->Wrap(cek, wrapped), possible) << len;
    if (!possible) continue;
    EXPECT_EQ(Unwrap(*key, Wrap(*key, cek)), cek);
  }
}

TEST(AesKeyWrapTest, RefusesEveryCut) {
  const auto key = KeyOf(std::string(32, 'k'));
  const std::string wrapped = Wrap(*key, std::string(64, 'c'));
  for (size_t len = 0; len < wrapped.size(); ++len) {
    EXPECT_EQ(Unwrap(*key, wrapped.substr(0, len)), "refused") << len;
  }
  EXPECT_EQ(Unwrap(*key, wrapped + std::string(8, '\0')), "refused");
}

TEST(AesKeyWrapTest, RefusesEveryFlippedBit) {
  const auto key = KeyOf(std::string(16, 'k'));
  const std::string wrapped = Wrap(*key, std::string(32, 'c'));
  for (size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
    std::string damaged = wrapped;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    ASSERT_EQ(Unwrap(*key, damaged), "refused") << bit;
  }
}

TEST(AesKeyWrapTest, RefusesAnotherKey) {
  const auto key = KeyOf(std::string(16, 'k'));
  const auto other = KeyOf(std::string(16, 'l'));
  EXPECT_EQ(Unwrap(*other, Wrap(*key, std::string(16, 'c'))), "refused");
}

}  // namespace
}  // namespace assay::crypto
