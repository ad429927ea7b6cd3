#include "core/crypto/ed25519.h"

#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using absl::HexStringToBytes;

// RFC 8032 7.1, tests 1 and 2.
struct Vector {
  const char *seed, *x, *message, *signature;
};
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb88215"
     "90a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e4"
     "3e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
};

TEST(Ed25519Test, AgreesWithRfc8032) {
  for (const Vector& vector : kVectors) {
    const std::string seed = HexStringToBytes(vector.seed);
    EXPECT_EQ(Ed25519PublicFromSeed(seed), HexStringToBytes(vector.x));
    std::string signature(kEd25519SignatureLen, '\0');
    ASSERT_TRUE(Ed25519Sign(Ed25519ExpandSeed(seed),
                            HexStringToBytes(vector.message),
                            reinterpret_cast<uint8_t*>(&signature[0])));
    EXPECT_EQ(absl::BytesToHexString(signature), vector.signature);
    EXPECT_TRUE(Ed25519Verify(HexStringToBytes(vector.x),
                              HexStringToBytes(vector.message), signature));
  }
}

TEST(Ed25519Test, KnowsPointsFromOtherBytes) {
  int points = 0;
  for (int y = 2; y < 202; ++y) {
    std::string x(32, '\0');
    x[0] = static_cast<char>(y);
    points += IsEd25519Point(x);
  }
  // Half of all coordinates belong to a point.
  EXPECT_GT(points, 70);
  EXPECT_LT(points, 130);
  for (const Vector& vector : kVectors) {
    EXPECT_TRUE(IsEd25519Point(HexStringToBytes(vector.x)));
  }
  // RFC 8032 5.1.3 step 3: y = 2 has no x.
  EXPECT_FALSE(IsEd25519Point(HexStringToBytes("02" + std::string(62, '0'))));
}

TEST(Ed25519Test, EverySeedGivesAPointOfLargeOrder) {
  for (int i = 0; i < 50; ++i) {
    const std::string x =
        Ed25519PublicFromSeed(std::string(32, static_cast<char>(i)));
    EXPECT_TRUE(IsEd25519Point(x));
    EXPECT_FALSE(IsEd25519SmallOrder(x));
  }
}

TEST(Ed25519Test, RefusesCoordinatesThatAreNotBelowThePrime) {
  // p, p + 1 (which stands for y = 1, a point) and 2^255 - 1.
  for (const char* first : {"ed", "ee", "ff"}) {
    const std::string x = HexStringToBytes(first + std::string(60, 'f') + "7f");
    EXPECT_FALSE(IsEd25519Point(x)) << first;
  }
}

TEST(Ed25519Test, KnowsAllPointsOfSmallOrder) {
  const std::string zeros(62, '0'), fs(60, 'f');
  for (const std::string& y :
       {"00" + zeros, "01" + zeros, "ec" + fs + "7f",
        std::string("26e8958fc2b227b045c3f489f2ef98f0"
                    "d5dfac05d3c63339b13802886d53fc05"),
        std::string("c7176a703d4dd84fba3c0b760d10670f"
                    "2a2053fa2c39ccc64ec7fd7792ac037a")}) {
    std::string x = HexStringToBytes(y);
    EXPECT_TRUE(IsEd25519SmallOrder(x)) << y;
    EXPECT_TRUE(IsEd25519Point(x)) << y;
    x[31] = static_cast<char>(x[31] | 0x80);
    EXPECT_TRUE(IsEd25519SmallOrder(x)) << y;
  }
}

// Why they are refused: under the point of order 1 the signature (R = B, S = 1)
// fits every message.
TEST(Ed25519Test, UnderAPointOfSmallOrderOneSignatureFitsEveryMessage) {
  const std::string identity = HexStringToBytes("01" + std::string(62, '0'));
  const std::string signature =
      HexStringToBytes("58" + std::string(62, '6')) + identity;
  EXPECT_TRUE(Ed25519Verify(identity, "one", signature));
  EXPECT_TRUE(Ed25519Verify(identity, "another", signature));
}

}  // namespace
}  // namespace assay::crypto
