#include "core/crypto/aes_gcm_key_wrap.h"

#include <string>

#include "absl/strings/escaping.h"
#include "core/crypto/boringssl.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

struct Wrapped {
  std::string iv, bytes, tag;
};

std::unique_ptr<const AesGcmKeyWrap> KeyOf(absl::string_view kek) {
  auto made = AesGcmKeyWrap::Create(kek);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

Wrapped Wrap(const AesGcmKeyWrap& key, absl::string_view cek) {
  Wrapped wrapped{std::string(kGcmIvLen, 'i'), std::string(cek.size(), '\0'),
                  std::string(kGcmTagLen, '\0')};
  EXPECT_TRUE(key.Wrap(wrapped.iv, cek,
                       reinterpret_cast<uint8_t*>(&wrapped.bytes[0]),
                       reinterpret_cast<uint8_t*>(&wrapped.tag[0])));
  return wrapped;
}

// "refused" if it is; then the error queue is empty, and `cek` was left alone.
std::string Unwrap(const AesGcmKeyWrap& key, const Wrapped& wrapped) {
  SecretBytes cek("untouched");
  const bool ok = key.Unwrap(wrapped.iv, wrapped.bytes, wrapped.tag, &cek);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (ok) return std::string(cek.view());
  EXPECT_EQ(cek.view(), "untouched");
  return "refused";
}

std::string Base64Url(absl::string_view text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

// "Key Wrap Using AES-KeyWrap with AES-GCM".
TEST(AesGcmKeyWrapTest, AgreesWithRfc7520Section5_7) {
  const auto key =
      KeyOf(Base64Url("qC57l_uxcm7Nm3K-ct4GFjx8tM1U8CZ0NLBvdQstiS8"));
  const Wrapped wrapped{
      Base64Url("KkYT0GX_2jHlfqN_"),
      Base64Url("lJf3HbOApxMEBkCMOoTnnABxs_CvTWUmZQ2ElLvYNok"),
      Base64Url("kfPduVQ3T3H6vnewt--ksw")};
  const std::string cek =
      Base64Url("UWxARpat23nL9ReIj4WG3D1ee9I4r-Mv5QLuFXdy_rE");
  EXPECT_EQ(Unwrap(*key, wrapped), cek);
  std::string bytes(cek.size(), '\0'), tag(kGcmTagLen, '\0');
  EXPECT_TRUE(key->Wrap(wrapped.iv, cek, reinterpret_cast<uint8_t*>(&bytes[0]),
                        reinterpret_cast<uint8_t*>(&tag[0])));
  EXPECT_EQ(bytes, wrapped.bytes);
  EXPECT_EQ(tag, wrapped.tag);
}

TEST(AesGcmKeyWrapTest, RestoresEveryContentEncryptionKey) {
  for (const size_t kek_len : {16, 24, 32}) {
    const auto key = KeyOf(std::string(kek_len, 'k'));
    for (const size_t cek_len : {16, 24, 32, 48, 64}) {
      const std::string cek(cek_len, 'c');
      EXPECT_EQ(Unwrap(*key, Wrap(*key, cek)), cek);
    }
  }
}

TEST(AesGcmKeyWrapTest, RefusesEveryOtherLengthOfKeyEncryptionKey) {
  for (size_t len = 0; len <= 80; ++len) {
    const auto key = AesGcmKeyWrap::Create(std::string(len, 'k'));
    EXPECT_EQ(key.ok(), len == 16 || len == 24 || len == 32) << len;
    if (!key.ok()) {
      EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument);
    }
  }
}

TEST(AesGcmKeyWrapTest, RefusesEveryOtherLengthOfIvAndTag) {
  const auto key = KeyOf(std::string(16, 'k'));
  const Wrapped wrapped = Wrap(*key, std::string(32, 'c'));
  for (size_t len = 0; len <= 40; ++len) {
    Wrapped other = wrapped;
    other.iv.resize(len, 'i');
    EXPECT_EQ(Unwrap(*key, other) == "refused", len != kGcmIvLen) << len;
    other = wrapped;
    other.tag.resize(len);
    EXPECT_EQ(Unwrap(*key, other) == "refused", len != kGcmTagLen) << len;
  }
}

TEST(AesGcmKeyWrapTest, RefusesEveryFlippedBit) {
  const auto key = KeyOf(std::string(16, 'k'));
  const Wrapped wrapped = Wrap(*key, std::string(32, 'c'));
  for (std::string Wrapped::*part :
       {&Wrapped::iv, &Wrapped::bytes, &Wrapped::tag}) {
    for (size_t bit = 0; bit < (wrapped.*part).size() * 8; ++bit) {
      Wrapped damaged = wrapped;
      char& byte = (damaged.*part)[bit / 8];
      byte = static_cast<char>(byte ^ 1 << bit % 8);
      ASSERT_EQ(Unwrap(*key, damaged), "refused") << bit;
    }
  }
}

}  // namespace
}  // namespace assay::crypto
