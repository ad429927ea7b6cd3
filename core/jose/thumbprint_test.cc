#include "core/jose/thumbprint.h"

#include "absl/strings/escaping.h"
#include "core/base/limits.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

// The published examples (RFC 7638 3.1, RFC 8037 A.3) are in
// tests/conformance.

TEST(ThumbprintTest, OfAPrivateKeyIsItsPublicHalfs) {
  for (Algorithm alg :
       {Algorithm::kRs256, Algorithm::kEs512, Algorithm::kEdDsa}) {
    absl::StatusOr<Jwk> key = GenerateJwk(alg, "", 0);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(Thumbprint(key->material), Thumbprint(PublicHalf(*key).material));
  }
}

TEST(ThumbprintTest, DependsOnTheNumbersAlone) {
  absl::StatusOr<Jwk> key = GenerateJwk(Algorithm::kEs256, "some kid", 0);
  ASSERT_TRUE(key.ok()) << key.status();
  Jwk bare = CloneJwk(*key);
  bare.kid.reset();
  bare.alg = Algorithm::kUnspecified;
  bare.use = KeyUse::kUnspecified;
  EXPECT_EQ(Thumbprint(key->material), bare.EffectiveKid());
  EXPECT_EQ(bare.EffectiveKid().size(), 43u);
}

TEST(ThumbprintTest, OfAnotherKeyIsAnother) {
  absl::StatusOr<Jwk> a = GenerateJwk(Algorithm::kHs256, "", 0);
  absl::StatusOr<Jwk> b = GenerateJwk(Algorithm::kHs256, "", 0);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_NE(Thumbprint(a->material), Thumbprint(b->material));
}

TEST(ThumbprintTest, OfAnX25519KeyNamesItsCurve) {
  // RFC 7748 6.1's public key of Alice; the thumbprint is by coreutils.
  crypto::X25519Key key;
  key.x = absl::HexStringToBytes(
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(Thumbprint(crypto::KeyMaterial(std::move(key))),
            "u809Vppx5ixWMOohxWr2aM3m5bD0LQ67g_GPmubQus4");
}

TEST(ThumbprintTest, OfASecretIsWhatRfc7638Gives) {
  // SHA-256 of {"k":"AAAA...AAA","kty":"oct"} with 32 zero bytes, by coreutils.
  absl::StatusOr<Jwk> key = ParseJwk(
      R"({"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})",
      Limits());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(Thumbprint(key->material),
            "9nnxVaRYos6pwySYZALWRL64fgG5CMX9No3tAqd5urU");
  EXPECT_EQ(ThumbprintUri(key->material),
            "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"
            "9nnxVaRYos6pwySYZALWRL64fgG5CMX9No3tAqd5urU");
}

}  // namespace
}  // namespace assay::jose
