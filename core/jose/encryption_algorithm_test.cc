#include "core/jose/encryption_algorithm.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "core/base/secret_bytes.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using Family = KeyManagementFamily;

constexpr auto kAnyEnc = ContentAlgorithm::kA128Gcm;

crypto::KeyMaterial Secret(size_t len) {
  crypto::SymmetricKey key;
  key.secret = SecretBytes(len);
  return crypto::KeyMaterial(std::move(key));
}

crypto::KeyMaterial Ec(crypto::Curve curve) {
  crypto::EcKey key;
  key.curve = curve;
  return crypto::KeyMaterial(std::move(key));
}

crypto::KeyMaterial Rsa(size_t modulus_bits) {
  crypto::RsaKey key;
  key.n = std::string(modulus_bits / 8, '\xff');
  return crypto::KeyMaterial(std::move(key));
}

bool IsUnknown(absl::string_view name) {
  return KeyManagementFromName(name) == KeyManagement::kUnspecified &&
         ContentAlgorithmFromName(name) == ContentAlgorithm::kUnspecified;
}

TEST(EncryptionAlgorithmTest, EveryRowStandsInThePlaceOfItsNumber) {
  ASSERT_EQ(AllKeyManagements().size(), kNumKeyManagements - 1);
  for (size_t i = 0; i < AllKeyManagements().size(); ++i) {
    const KeyManagementInfo& info = AllKeyManagements()[i];
    EXPECT_EQ(static_cast<size_t>(info.alg), i + 1);
    EXPECT_EQ(&InfoOf(info.alg), &info);
  }
  ASSERT_EQ(AllContentAlgorithms().size(), kNumContentAlgorithms - 1);
  for (size_t i = 0; i < AllContentAlgorithms().size(); ++i) {
    const ContentAlgorithmInfo& info = AllContentAlgorithms()[i];
    EXPECT_EQ(static_cast<size_t>(info.enc), i + 1);
    EXPECT_EQ(&InfoOf(info.enc), &info);
  }
}

TEST(EncryptionAlgorithmTest, NamesAndAlgorithmsMapBothWays) {
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    EXPECT_EQ(KeyManagementFromName(info.name), info.alg);
    EXPECT_EQ(AlgorithmName(info.alg), info.name);
  }
  for (const ContentAlgorithmInfo& info : AllContentAlgorithms()) {
    EXPECT_EQ(ContentAlgorithmFromName(info.name), info.enc);
    EXPECT_EQ(AlgorithmName(info.enc), info.name);
  }
  EXPECT_EQ(AlgorithmName(KeyManagement::kUnspecified), "");
  EXPECT_EQ(AlgorithmName(ContentAlgorithm::kUnspecified), "");
}

// The lengths that a name promises: RFC 7518 4.4, 4.6, 4.7, 4.8.
TEST(EncryptionAlgorithmTest, TheWrappingKeyHasTheLengthInTheName) {
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    size_t len = 0;
    if (absl::StrContains(info.name, "A128")) len = 16;
    if (absl::StrContains(info.name, "A192")) len = 24;
    if (absl::StrContains(info.name, "A256")) len = 32;
    EXPECT_EQ(info.kek_len, len) << info.name;
  }
}

TEST(EncryptionAlgorithmTest, NamesAreCaseSensitive) {
  for (const char* name :
       {"DIR", "Dir", "a128kw", "A128kw", "rsa-oaep", "RSA-oaep", "ecdh-es",
        "ECDH-ES+a128kw", "pbes2-HS256+A128KW", "a128gcm", "A128CBC-hs256"}) {
    EXPECT_TRUE(IsUnknown(name)) << name;
  }
}

TEST(EncryptionAlgorithmTest, Rsa15IsNotOffered) {
  EXPECT_TRUE(IsUnknown("RSA1_5"));
}

TEST(EncryptionAlgorithmTest, NoneAndSignatureAlgorithmsAreUnknown) {
  for (const char* name :
       {"none", "", "HS256", "RS256", "EdDSA", "A128", "A128G", "ECDH-1PU",
        "ECDH-ES+", "A128CBC", "XC20P"}) {
    EXPECT_TRUE(IsUnknown(name)) << name;
  }
  EXPECT_TRUE(IsUnknown(absl::string_view("dir\0", 4)));
}

TEST(EncryptionAlgorithmTest, AlgAndEncAreNotTakenForEachOther) {
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    EXPECT_EQ(ContentAlgorithmFromName(info.name),
              ContentAlgorithm::kUnspecified);
  }
  for (const ContentAlgorithmInfo& info : AllContentAlgorithms()) {
    EXPECT_EQ(KeyManagementFromName(info.name), KeyManagement::kUnspecified);
  }
}

TEST(EncryptionAlgorithmTest, OnlyDirAndEcdhEsHaveNoEncryptedKey) {
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    EXPECT_EQ(HasEncryptedKey(info.alg),
              info.name != "dir" && info.name != "ECDH-ES")
        << info.name;
  }
}

TEST(EncryptionAlgorithmTest, DirNeedsASecretAsLongAsTheContentsKey) {
  for (const ContentAlgorithmInfo& info : AllContentAlgorithms()) {
    for (size_t len = 0; len <= 80; ++len) {
      EXPECT_EQ(IsCompatible(KeyManagement::kDir, info.enc, Secret(len)),
                len == crypto::CekLen(info.encryption))
          << info.name << " " << len;
    }
  }
}

TEST(EncryptionAlgorithmTest, AesWrapsNeedASecretOfTheirLength) {
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    if (info.family != Family::kAesKeyWrap &&
        info.family != Family::kAesGcmWrap) {
      continue;
    }
    for (size_t len = 0; len <= 64; ++len) {
      EXPECT_EQ(IsCompatible(info.alg, kAnyEnc, Secret(len)),
                len == info.kek_len)
          << info.name << " " << len;
    }
  }
}

TEST(EncryptionAlgorithmTest, Pbes2TakesEverySecretButTheEmptyOne) {
  constexpr auto kAlg = KeyManagement::kPbes2Hs256A128Kw;
  EXPECT_FALSE(IsCompatible(kAlg, kAnyEnc, Secret(0)));
  EXPECT_TRUE(IsCompatible(kAlg, kAnyEnc, Secret(1)));
  EXPECT_TRUE(IsCompatible(kAlg, kAnyEnc, Secret(100)));
}

TEST(EncryptionAlgorithmTest, RsaNeeds2048Bits) {  // RFC 7518 4.3
  for (const auto alg : {KeyManagement::kRsaOaep, KeyManagement::kRsaOaep512}) {
    EXPECT_FALSE(IsCompatible(alg, kAnyEnc, Rsa(0)));
    EXPECT_FALSE(IsCompatible(alg, kAnyEnc, Rsa(2040)));
    EXPECT_TRUE(IsCompatible(alg, kAnyEnc, Rsa(2048)));
  }
}

TEST(EncryptionAlgorithmTest, EveryCurveAgrees) {
  using crypto::Curve;
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    EXPECT_TRUE(IsCompatible(KeyManagement::kEcdhEs, kAnyEnc, Ec(curve)));
    EXPECT_TRUE(IsCompatible(KeyManagement::kEcdhEsA256Kw, kAnyEnc, Ec(curve)));
  }
  const crypto::KeyMaterial x25519{crypto::X25519Key()};
  EXPECT_TRUE(IsCompatible(KeyManagement::kEcdhEs, kAnyEnc, x25519));
}

TEST(EncryptionAlgorithmTest, NoKeyFitsAnAlgorithmOfAnotherType) {
  const crypto::KeyMaterial ed{crypto::Ed25519Key()};
  const crypto::KeyMaterial x25519{crypto::X25519Key()};
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    const bool agrees =
        info.family == Family::kEcdhEs || info.family == Family::kEcdhEsKeyWrap;
    const bool is_rsa = info.family == Family::kRsaOaep;
    EXPECT_EQ(IsCompatible(info.alg, kAnyEnc, Ec(crypto::Curve::kP256)),
              agrees);
    EXPECT_EQ(IsCompatible(info.alg, kAnyEnc, x25519), agrees);
    EXPECT_EQ(IsCompatible(info.alg, kAnyEnc, Rsa(2048)), is_rsa);
    EXPECT_FALSE(IsCompatible(info.alg, kAnyEnc, ed)) << info.name;
    EXPECT_FALSE((agrees || is_rsa) &&
                 IsCompatible(info.alg, kAnyEnc, Secret(32)));
  }
}

TEST(EncryptionAlgorithmTest, NothingFitsTheUnspecified) {
  EXPECT_FALSE(IsCompatible(KeyManagement::kUnspecified, kAnyEnc, Secret(16)));
  EXPECT_FALSE(IsCompatible(KeyManagement::kPbes2Hs256A128Kw,
                            ContentAlgorithm::kUnspecified, Secret(16)));
}

}  // namespace
}  // namespace assay::jose
