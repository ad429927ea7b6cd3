#include "core/jose/algorithm.h"

#include <string>

#include "absl/strings/ascii.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_material.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

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

TEST(AlgorithmTest, EveryRowStandsInThePlaceOfItsNumber) {
  ASSERT_EQ(AllAlgorithms().size(), kNumAlgorithms - 1);
  for (size_t i = 0; i < AllAlgorithms().size(); ++i) {
    const AlgorithmInfo& info = AllAlgorithms()[i];
    EXPECT_EQ(static_cast<size_t>(info.algorithm), i + 1);
    EXPECT_EQ(&InfoOf(info.algorithm), &info);
  }
}

TEST(AlgorithmTest, NamesAndAlgorithmsMapBothWays) {
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    EXPECT_EQ(AlgorithmFromName(info.name), info.algorithm);
    EXPECT_EQ(AlgorithmName(info.algorithm), info.name);
  }
  EXPECT_EQ(AlgorithmName(Algorithm::kUnspecified), "");
}

TEST(AlgorithmTest, NamesAreCaseSensitive) {
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    const std::string lower = absl::AsciiStrToLower(info.name);
    EXPECT_EQ(AlgorithmFromName(lower), Algorithm::kUnspecified) << lower;
  }
}

TEST(AlgorithmTest, NoneAndEncryptionAlgorithmsAreUnknown) {
  for (const char* name : {"none", "None", "", "HS", "HS2566", "ES256K",
                           "Ed448", "RSA-OAEP", "ECDH-ES", "dir", "A128KW"}) {
    EXPECT_EQ(AlgorithmFromName(name), Algorithm::kUnspecified) << name;
  }
}

TEST(AlgorithmTest, NameWithAnEmbeddedNulIsUnknown) {
  EXPECT_EQ(AlgorithmFromName(absl::string_view("HS256\0", 6)),
            Algorithm::kUnspecified);
}

TEST(AlgorithmTest, EdDsaAndEd25519AreOneScheme) {  // RFC 9864
  const AlgorithmInfo& a = InfoOf(Algorithm::kEdDsa);
  const AlgorithmInfo& b = InfoOf(Algorithm::kEd25519);
  EXPECT_EQ(a.scheme.family, b.scheme.family);
  EXPECT_EQ(a.key_type, b.key_type);
}

TEST(AlgorithmTest, HmacNeedsASecretAsLongAsItsHash) {  // RFC 7518 3.2
  EXPECT_FALSE(IsCompatible(Algorithm::kHs256, Secret(0)));
  EXPECT_FALSE(IsCompatible(Algorithm::kHs256, Secret(31)));
  EXPECT_TRUE(IsCompatible(Algorithm::kHs256, Secret(32)));
  EXPECT_FALSE(IsCompatible(Algorithm::kHs384, Secret(47)));
  EXPECT_TRUE(IsCompatible(Algorithm::kHs384, Secret(48)));
  EXPECT_FALSE(IsCompatible(Algorithm::kHs512, Secret(63)));
  EXPECT_TRUE(IsCompatible(Algorithm::kHs512, Secret(64)));
}

TEST(AlgorithmTest, EcdsaIsBoundToItsCurve) {  // RFC 7518 3.4
  using crypto::Curve;
  EXPECT_TRUE(IsCompatible(Algorithm::kEs256, Ec(Curve::kP256)));
  EXPECT_TRUE(IsCompatible(Algorithm::kEs384, Ec(Curve::kP384)));
  EXPECT_TRUE(IsCompatible(Algorithm::kEs512, Ec(Curve::kP521)));
  EXPECT_FALSE(IsCompatible(Algorithm::kEs256, Ec(Curve::kP384)));
  EXPECT_FALSE(IsCompatible(Algorithm::kEs512, Ec(Curve::kP256)));
}

TEST(AlgorithmTest, NoKeyFitsAnAlgorithmOfAnotherType) {
  const crypto::KeyMaterial rsa{crypto::RsaKey()};
  const crypto::KeyMaterial okp{crypto::Ed25519Key()};
  const crypto::KeyMaterial ec = Ec(crypto::Curve::kP256);
  const crypto::KeyMaterial oct = Secret(64);
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    const bool is_es256 = info.algorithm == Algorithm::kEs256;
    EXPECT_EQ(IsCompatible(info.algorithm, rsa),
              info.key_type == KeyType::kRsa);
    EXPECT_EQ(IsCompatible(info.algorithm, okp),
              info.key_type == KeyType::kOkp);
    EXPECT_EQ(IsCompatible(info.algorithm, oct),
              info.key_type == KeyType::kOct);
    EXPECT_EQ(IsCompatible(info.algorithm, ec), is_es256);
  }
  EXPECT_FALSE(IsCompatible(Algorithm::kUnspecified, oct));
}

// Its key type is Ed25519's.
TEST(AlgorithmTest, AnX25519KeyFitsNoSignatureAlgorithm) {
  const crypto::KeyMaterial key{crypto::X25519Key()};
  EXPECT_EQ(KeyTypeOf(key), KeyType::kOkp);
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    EXPECT_FALSE(IsCompatible(info.algorithm, key)) << info.name;
  }
}

TEST(AlgorithmSetTest, HoldsWhatWasAdded) {
  AlgorithmSet set = {Algorithm::kHs256, Algorithm::kEd25519};
  EXPECT_TRUE(set.Contains(Algorithm::kHs256));
  EXPECT_TRUE(set.Contains(Algorithm::kEd25519));
  EXPECT_FALSE(set.Contains(Algorithm::kEdDsa));
  EXPECT_FALSE(set.Contains(Algorithm::kUnspecified));
  EXPECT_TRUE(AlgorithmSet().empty());
}

}  // namespace
}  // namespace assay::jose
