#include "core/crypto/aes_cbc.h"

#include <string>

#include "absl/strings/escaping.h"
#include "core/base/bytes.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

const std::string& Iv() {
  static const auto* const iv = new std::string("0123456789abcdef");
  return *iv;
}

std::string Encrypt(const AesCbc& cbc, absl::string_view plaintext) {
  std::string ciphertext(AesCbc::CiphertextLen(plaintext.size()), '\0');
  cbc.Encrypt(Iv(), plaintext, Data(&ciphertext));
  return ciphertext;
}

// Whatever `padded` ends with: what somebody with the key could send.
std::string EncryptWithoutPadding(absl::string_view key,
                                  absl::string_view padded) {
  AES_KEY schedule;
  AES_set_encrypt_key(Bytes(key), static_cast<unsigned>(key.size() * 8),
                      &schedule);
  std::string chain = Iv();
  std::string ciphertext(padded.size(), '\0');
  AES_cbc_encrypt(Bytes(padded), Data(&ciphertext), padded.size(), &schedule,
                  Data(&chain), AES_ENCRYPT);
  return ciphertext;
}

TEST(AesCbcTest, RestoresEveryLengthUnderEveryKeyLength) {
  for (const size_t key_len : {16, 24, 32}) {
    const AesCbc cbc(std::string(key_len, 'k'));
    for (size_t len = 0; len < 100; ++len) {
      const std::string plaintext(len, 'p');
      const std::string ciphertext = Encrypt(cbc, plaintext);
      EXPECT_EQ(ciphertext.size() % 16, 0u);
      EXPECT_GT(ciphertext.size(), len);
      EXPECT_LE(ciphertext.size(), len + 16);
      std::string restored(ciphertext.size(), '\0');
      size_t restored_len = 0;
      ASSERT_TRUE(
          cbc.Decrypt(Iv(), ciphertext, Data(&restored), &restored_len));
      EXPECT_EQ(restored.substr(0, restored_len), plaintext);
    }
  }
}

// NIST SP 800-38A F.2.1: the first block, which the padding does not touch.
TEST(AesCbcTest, AgreesWithSp80038a) {
  const AesCbc cbc(absl::HexStringToBytes("2b7e151628aed2a6abf7158809cf4f3c"));
  const std::string iv =
      absl::HexStringToBytes("000102030405060708090a0b0c0d0e0f");
  std::string ciphertext(32, '\0');
  cbc.Encrypt(iv, absl::HexStringToBytes("6bc1bee22e409f96e93d7e117393172a"),
              Data(&ciphertext));
  EXPECT_EQ(absl::BytesToHexString(ciphertext.substr(0, 16)),
            "7649abac8119b246cee98e9b12e9197d");
}

TEST(AesCbcTest, RefusesWhatIsNotWholeBlocks) {
  const AesCbc cbc(std::string(16, 'k'));
  const std::string ciphertext = Encrypt(cbc, std::string(40, 'p'));
  std::string out(ciphertext.size(), '\0');
  size_t len = 0;
  for (size_t cut = 0; cut < ciphertext.size(); ++cut) {
    if (cut > 0 && cut % 16 == 0) continue;
    EXPECT_FALSE(cbc.Decrypt(Iv(), ciphertext.substr(0, cut), Data(&out), &len))
        << cut;
  }
}

// Every value of every padding byte, for every length of padding: only 1 to 16
// bytes that all say how many they are pass.
TEST(AesCbcTest, RefusesBadPaddingAndLeavesNoPlaintext) {
  const std::string key(16, 'k');
  const AesCbc cbc(key);
  for (int value = 0; value < 256; ++value) {
    for (size_t num = 1; num <= 16; ++num) {
      // `num` bytes of `value` at the end of a block that is filled with 0xff.
      std::string padded(32, '\xff');
      padded.replace(32 - num, num, num, static_cast<char>(value));
      std::string out(32, '\0');
      size_t len = 0;
      const bool ok = cbc.Decrypt(Iv(), EncryptWithoutPadding(key, padded),
                                  Data(&out), &len);
      const bool is_padding =
          value >= 1 && value <= 16 && num >= static_cast<size_t>(value);
      ASSERT_EQ(ok, is_padding) << "value " << value << " times " << num;
      if (ok) {
        EXPECT_EQ(len, 32u - static_cast<size_t>(value));
      } else {
        EXPECT_EQ(out, std::string(32, '\0'));
      }
    }
  }
}

}  // namespace
}  // namespace assay::crypto
