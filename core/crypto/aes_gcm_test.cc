#include "core/crypto/aes_gcm.h"

#include <string>

#include "absl/strings/escaping.h"
#include "core/base/bytes.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

// The GCM specification's test case 4 (McGrew and Viega, appendix B).
TEST(AesGcmTest, AgreesWithTestCase4OfTheSpecification) {
  const AesGcm gcm(absl::HexStringToBytes("feffe9928665731c6d6a8f9467308308"));
  const std::string plaintext = absl::HexStringToBytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  std::string ciphertext(plaintext.size(), '\0'), tag(kGcmTagLen, '\0');
  ASSERT_TRUE(gcm.Seal(
      absl::HexStringToBytes("cafebabefacedbaddecaf888"),
      absl::HexStringToBytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
      plaintext, Data(&ciphertext), Data(&tag)));
  EXPECT_EQ(absl::BytesToHexString(ciphertext),
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
            "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091");
  EXPECT_EQ(absl::BytesToHexString(tag), "5bc94fbc3221a5db94fae95ae7121a47");
}

TEST(AesGcmTest, LeavesNoPlaintextWhereTheTagIsWrong) {
  const AesGcm gcm(std::string(32, 'k'));
  const std::string iv(kGcmIvLen, 'i'), plaintext(50, 'p');
  std::string ciphertext(50, '\0'), tag(kGcmTagLen, '\0');
  ASSERT_TRUE(gcm.Seal(iv, "aad", plaintext, Data(&ciphertext), Data(&tag)));
  tag[0] = static_cast<char>(tag[0] ^ 1);
  std::string out(50, 'x');
  EXPECT_FALSE(gcm.Open(iv, "aad", ciphertext, tag, Data(&out)));
  EXPECT_EQ(out, std::string(50, '\0'));
  EXPECT_EQ(ERR_peek_error(), 0u) << "BoringSSL's error queue is not empty";
}

}  // namespace
}  // namespace assay::crypto
