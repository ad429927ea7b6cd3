#include "core/crypto/x25519.h"

#include <string>

#include "absl/strings/escaping.h"
#include "core/crypto/boringssl.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::string Hex(absl::string_view hex) { return absl::HexStringToBytes(hex); }

// In hexadecimal; "refused" if it is, and then `secret` was left alone.
std::string Shared(absl::string_view d, absl::string_view x) {
  SecretBytes secret("untouched");
  const bool ok = X25519SharedSecret(d, x, &secret);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (ok) return absl::BytesToHexString(secret.view());
  EXPECT_EQ(secret.view(), "untouched");
  return "refused";
}

TEST(X25519Test, AgreesWithRfc7748Section5_2) {
  EXPECT_EQ(Shared(Hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a224"
                       "4ba449ac4"),
                   Hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a"
                       "6d0ab1c4c")),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  EXPECT_EQ(Shared(Hex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169"
                       "e7918ba0d"),
                   Hex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd54"
                       "9c715a493")),
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
}

// The iterated test: the result becomes the key, and the key the point.
TEST(X25519Test, AgreesWithRfc7748Section5_2After1000Iterations) {
  std::string k = '\x9' + std::string(31, '\0'), u = k;
  for (int i = 1; i <= 1000; ++i) {
    const std::string result = Hex(Shared(k, u));
    u = k;
    k = result;
    if (i == 1) {
      EXPECT_EQ(
          absl::BytesToHexString(k),
          "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
  }
  EXPECT_EQ(absl::BytesToHexString(k),
            "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

TEST(X25519Test, AgreesWithRfc7748Section6_1) {
  const std::string alice =
      Hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
  const std::string bob =
      Hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
  const std::string shared =
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  EXPECT_EQ(absl::BytesToHexString(X25519PublicFromPrivate(alice)),
            "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(absl::BytesToHexString(X25519PublicFromPrivate(bob)),
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  EXPECT_EQ(Shared(alice, X25519PublicFromPrivate(bob)), shared);
  EXPECT_EQ(Shared(bob, X25519PublicFromPrivate(alice)), shared);
}

// RFC 8037 3.2: of order 1, 2, 4 and 8, and the same numbers not reduced (p,
// p + 1) or with the top bit set, which is ignored.
TEST(X25519Test, RefusesPointsOfSmallOrder) {
  const std::string d(32, 'd');
  for (const absl::string_view x :
       {"0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880"}) {
    EXPECT_EQ(Shared(d, Hex(x)), "refused") << x;
    EXPECT_TRUE(IsX25519SmallOrder(Hex(x))) << x;
  }
  EXPECT_FALSE(IsX25519SmallOrder('\x9' + std::string(31, '\0')));
}

}  // namespace
}  // namespace assay::crypto
