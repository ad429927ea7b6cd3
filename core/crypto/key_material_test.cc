#include "core/crypto/key_material.h"

#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "core/base/limits.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/key_generation.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

constexpr int kMaxBits = 8192;

const RsaKey& GeneratedRsa() {
  static const KeyMaterial* const key =
      new KeyMaterial(GenerateRsaKey(2048).value());
  return absl::get<RsaKey>(*key);
}

RsaKey Rsa() {
  return absl::get<RsaKey>(CloneKeyMaterial(
      PublicHalf(KeyMaterial(RsaKey{GeneratedRsa().n, GeneratedRsa().e, {}}))));
}

RsaKey RsaPrivate() {
  RsaKey key = Rsa();
  const RsaPrivateNumbers& secret = *GeneratedRsa().secret;
  key.secret = RsaPrivateNumbers{secret.d.Clone(),  secret.p.Clone(),
                                 secret.q.Clone(),  secret.dp.Clone(),
                                 secret.dq.Clone(), secret.qi.Clone()};
  return key;
}

EcKey Ec(Curve curve) { return absl::get<EcKey>(GenerateEcKey(curve).value()); }

Ed25519Key Ed() { return absl::get<Ed25519Key>(GenerateEd25519Key().value()); }

X25519Key X() { return absl::get<X25519Key>(GenerateX25519Key().value()); }

// The error's text, or "" if the key is good.
std::string Fault(KeyMaterial key, int max_bits = kMaxBits) {
  const absl::Status status = ValidateKeyMaterial(key, max_bits);
  EXPECT_TRUE(status.ok() ||
              status.code() == absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ERR_peek_error(), 0u) << "BoringSSL's error queue is not empty";
  return std::string(status.message());
}

testing::AssertionResult Says(const std::string& fault,
                              absl::string_view word) {
  if (absl::StrContains(fault, word)) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "\"" << fault << "\" does not say \"" << word << "\"";
}

std::string FromBignum(const BIGNUM* number) {
  std::string bytes(BN_num_bytes(number), '\0');
  BN_bn2bin(number, reinterpret_cast<uint8_t*>(&bytes[0]));
  return bytes;
}

// An odd number of exactly `bits` bits.
std::string ModulusOf(int bits) {
  bssl::UniquePtr<BIGNUM> n(BN_new());
  BN_rand(n.get(), bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD);
  return FromBignum(n.get());
}

TEST(ValidateKeyMaterialTest, AcceptsGeneratedKeys) {
  EXPECT_EQ(Fault(Rsa()), "");
  EXPECT_EQ(Fault(RsaPrivate()), "");
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    EXPECT_EQ(Fault(Ec(curve)), "");
    EXPECT_EQ(Fault(PublicHalf(Ec(curve))), "");
  }
  EXPECT_EQ(Fault(Ed()), "");
  EXPECT_EQ(Fault(PublicHalf(Ed())), "");
  EXPECT_EQ(Fault(X()), "");
  EXPECT_EQ(Fault(PublicHalf(X())), "");
  EXPECT_EQ(Fault(GenerateSymmetricKey(32).value()), "");
}

// pitfalls: an empty key is an error (CVE-2026-45363).
TEST(ValidateKeyMaterialTest, RefusesAnEmptySecret) {
  EXPECT_TRUE(Says(Fault(SymmetricKey{}), "empty"));
}

TEST(ValidateKeyMaterialTest, RefusesAnOversizeSecret) {
  EXPECT_EQ(Fault(SymmetricKey{SecretBytes(kMaxSymmetricKeyBytes)}), "");
  EXPECT_TRUE(Says(Fault(SymmetricKey{SecretBytes(kMaxSymmetricKeyBytes + 1)}),
                   "longer"));
}

// pitfalls: RSA 2048 bits at least.
TEST(ValidateKeyMaterialTest, RefusesShortRsaModuli) {
  EXPECT_EQ(Fault(RsaKey{ModulusOf(2048), "\3", {}}), "");
  for (const int bits : {512, 1024, 2040, 2047}) {
    EXPECT_TRUE(Says(Fault(RsaKey{ModulusOf(bits), "\3", {}}), "fewer"))
        << bits;
  }
  EXPECT_TRUE(Says(Fault(RsaKey{"", "\3", {}}), "fewer"));
  // Leading zeros make no key longer.
  EXPECT_TRUE(
      Says(Fault(RsaKey{std::string(128, '\0') + ModulusOf(1024), "\3", {}}),
           "fewer"));
}

// pitfalls: a configurable cap; a 16384-bit key stalls a lane.
TEST(ValidateKeyMaterialTest, RefusesOversizeRsaModuli) {
  EXPECT_EQ(Fault(RsaKey{ModulusOf(4096), "\3", {}}, 4096), "");
  EXPECT_TRUE(Says(Fault(RsaKey{ModulusOf(4097), "\3", {}}, 4096), "more"));
  EXPECT_EQ(Fault(RsaKey{ModulusOf(8192), "\3", {}}), "");
  EXPECT_TRUE(Says(Fault(RsaKey{ModulusOf(16384), "\3", {}}), "more"));
  EXPECT_TRUE(
      Says(Fault(RsaKey{ModulusOf(16385), "\3", {}}, 1'000'000), "more"));
}

TEST(ValidateKeyMaterialTest, RefusesAnEvenRsaModulus) {
  RsaKey key = Rsa();
  key.n.back() = static_cast<char>(key.n.back() & ~1);
  EXPECT_TRUE(Says(Fault(std::move(key)), "even"));
}

// pitfalls: odd e >= 3; e = 1 makes every message its own signature.
TEST(ValidateKeyMaterialTest, RefusesAnRsaExponentOfOne) {
  for (const absl::string_view e :
       {absl::string_view("\1"), absl::string_view("\0\0\1", 3)}) {
    RsaKey key = Rsa();
    key.e = std::string(e);
    EXPECT_TRUE(Says(Fault(std::move(key)), "is 1"));
  }
}

TEST(ValidateKeyMaterialTest, RefusesEvenRsaExponents) {
  for (const absl::string_view e :
       {absl::string_view(""), absl::string_view("\0", 1),
        absl::string_view("\2"), absl::string_view("\1\0\0", 3)}) {
    RsaKey key = Rsa();
    key.e = std::string(e);
    EXPECT_TRUE(Says(Fault(std::move(key)), "even"));
  }
}

TEST(ValidateKeyMaterialTest, BoundsTheRsaExponent) {
  RsaKey key = Rsa();
  key.e = std::string("\1\0\0\0\1", 5);  // 33 bits
  EXPECT_EQ(Fault(CloneKeyMaterial(KeyMaterial(std::move(key)))), "");
  key = Rsa();
  key.e = std::string("\2\0\0\0\1", 5);  // 34 bits
  EXPECT_TRUE(Says(Fault(std::move(key)), "33 bits"));
}

// pitfalls: ROCA-fingerprinted keys are refused (CVE-2017-15361).
TEST(ValidateKeyMaterialTest, RefusesAModulusWithTheRocaFingerprint) {
  bssl::UniquePtr<BN_CTX> ctx(BN_CTX_new());
  bssl::UniquePtr<BIGNUM> base(BN_new()), power(BN_new()), n(BN_new());
  BN_set_word(base.get(), 65537);
  BN_set_word(power.get(), 128);
  BN_exp(n.get(), base.get(), power.get(), ctx.get());
  ASSERT_EQ(BN_num_bits(n.get()), 2049u);
  EXPECT_TRUE(Says(Fault(RsaKey{FromBignum(n.get()), "\3", {}}), "ROCA"));
}

TEST(ValidateKeyMaterialTest, RefusesRsaPrivateNumbersThatDoNotFit) {
  SecretBytes RsaPrivateNumbers::*const kNumbers[] = {
      &RsaPrivateNumbers::d,  &RsaPrivateNumbers::p,  &RsaPrivateNumbers::q,
      &RsaPrivateNumbers::dp, &RsaPrivateNumbers::dq, &RsaPrivateNumbers::qi};
  for (auto number : kNumbers) {
    RsaKey key = RsaPrivate();
    ((*key.secret).*number).data()[5] ^= 4;
    EXPECT_TRUE(Says(Fault(std::move(key)), "do not fit"));
    key = RsaPrivate();
    (*key.secret).*number = SecretBytes();
    EXPECT_TRUE(Says(Fault(std::move(key)), "needs all"));
  }
}

TEST(ValidateKeyMaterialTest, RefusesAnRsaPrivateKeyOfAnotherModulus) {
  RsaKey key = RsaPrivate();
  key.n = ModulusOf(2048);
  EXPECT_TRUE(Says(Fault(std::move(key)), "do not fit"));
}

// CVE-2016-9121, CVE-2017-16007: invalid curve points.
TEST(ValidateKeyMaterialTest, RefusesPointsOffTheCurve) {
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    const EcKey good = Ec(curve);
    for (const size_t byte : {size_t{10}, good.x.size() - 1}) {
      EcKey key{curve, good.x, good.y, {}};
      key.y[byte] = static_cast<char>(key.y[byte] ^ 1);
      EXPECT_TRUE(Says(Fault(std::move(key)), "not on its curve"));
      key = EcKey{curve, good.x, good.y, {}};
      key.x[byte] = static_cast<char>(key.x[byte] ^ 1);
      EXPECT_TRUE(Says(Fault(std::move(key)), "not on its curve"));
    }
    const size_t len = CurveCoordinateLen(curve);
    EXPECT_TRUE(Says(
        Fault(EcKey{curve, std::string(len, '\0'), std::string(len, '\0'), {}}),
        "not on its curve"))
        << "the usual stand-in for infinity";
    EXPECT_TRUE(Says(
        Fault(EcKey{
            curve, std::string(len, '\xff'), std::string(len, '\xff'), {}}),
        "not on its curve"));
  }
}

TEST(ValidateKeyMaterialTest, RefusesCoordinatesNotBelowThePrime) {
  // P-256 has a point with x = 5; x = p + 5 is the same residue.
  const std::string p = absl::HexStringToBytes(
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1));
  const EC_GROUP* group = EC_KEY_get0_group(ec.get());
  bssl::UniquePtr<EC_POINT> point(EC_POINT_new(group));
  std::string compressed = std::string("\2", 1) + std::string(31, '\0') + '\5';
  ASSERT_TRUE(EC_POINT_oct2point(group, point.get(), Bytes(compressed),
                                 compressed.size(), nullptr));
  std::string encoded(65, '\0');
  EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED,
                     reinterpret_cast<uint8_t*>(&encoded[0]), 65, nullptr);
  EcKey key{Curve::kP256, encoded.substr(1, 32), encoded.substr(33), {}};
  std::string x_plus_p = p;
  // The low bytes of p are ff...ff: adding 5 carries up to the zeros.
  for (int i = 31, carry = 5; i >= 0; --i) {
    carry += static_cast<uint8_t>(p[i]);
    x_plus_p[i] = static_cast<char>(carry);
    carry >>= 8;
  }
  EXPECT_TRUE(Says(Fault(EcKey{Curve::kP256, x_plus_p, key.y, {}}),
                   "not on its curve"));
  EXPECT_EQ(Fault(std::move(key)), "");
}

TEST(ValidateKeyMaterialTest, RefusesCoordinatesOfTheWrongLength) {
  const EcKey good = Ec(Curve::kP256);
  EXPECT_TRUE(
      Says(Fault(EcKey{Curve::kP256, '\0' + good.x, good.y, {}}), "32 bytes"));
  EXPECT_TRUE(Says(Fault(EcKey{Curve::kP256, good.x, good.y.substr(1), {}}),
                   "32 bytes"));
  EXPECT_TRUE(Says(Fault(EcKey{Curve::kP256, "", "", {}}), "32 bytes"));
  EXPECT_TRUE(Says(Fault(EcKey{Curve::kP384, good.x, good.y, {}}), "48 bytes"));
}

TEST(ValidateKeyMaterialTest, RefusesEcPrivateNumbersThatDoNotFit) {
  for (const Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    EcKey key = Ec(curve);
    key.d->data()[20] ^= 1;
    EXPECT_TRUE(Says(Fault(std::move(key)), "does not fit"));
    key = Ec(curve);
    key.d = SecretBytes(CurveCoordinateLen(curve));
    EXPECT_TRUE(Says(Fault(std::move(key)), "does not fit")) << "zero";
    key = Ec(curve);
    key.d = SecretBytes(std::string(CurveCoordinateLen(curve), '\xff'));
    EXPECT_TRUE(Says(Fault(std::move(key)), "does not fit")) << "above n";
    key = Ec(curve);
    key.d = SecretBytes("\1");
    EXPECT_TRUE(Says(Fault(std::move(key)), "bytes long"));
  }
}

TEST(ValidateKeyMaterialTest, RefusesBadEd25519Keys) {
  Ed25519Key key = Ed();
  key.x.pop_back();
  EXPECT_TRUE(Says(Fault(std::move(key)), "32 bytes"));
  key = Ed();
  key.d = SecretBytes(31);
  EXPECT_TRUE(Says(Fault(std::move(key)), "32 bytes"));
  key = Ed();
  key.d->data()[0] ^= 1;
  EXPECT_TRUE(Says(Fault(std::move(key)), "does not fit"));
  key = Ed25519Key{'\2' + std::string(31, '\0'), {}};
  EXPECT_TRUE(Says(Fault(std::move(key)), "not a point"));
  key = Ed25519Key{'\1' + std::string(31, '\0'), {}};
  EXPECT_TRUE(Says(Fault(std::move(key)), "small order"));
}

TEST(ValidateKeyMaterialTest, RefusesBadX25519Keys) {
  X25519Key key = X();
  key.x.pop_back();
  EXPECT_TRUE(Says(Fault(std::move(key)), "32 bytes"));
  key = X();
  key.d = SecretBytes(31);
  EXPECT_TRUE(Says(Fault(std::move(key)), "32 bytes"));
  key = X();
  key.d->data()[1] ^= 1;
  EXPECT_TRUE(Says(Fault(std::move(key)), "does not fit"));
  key = X25519Key{std::string(32, '\0'), {}};
  EXPECT_TRUE(Says(Fault(std::move(key)), "small order"));
}

TEST(KeyMaterialTest, CloneKeepsEverything) {
  for (const KeyMaterial& key :
       {KeyMaterial(RsaPrivate()), KeyMaterial(Ec(Curve::kP384)),
        KeyMaterial(Ed()), KeyMaterial(X()),
        KeyMaterial(SymmetricKey{SecretBytes("secret")})}) {
    const KeyMaterial copy = CloneKeyMaterial(key);
    EXPECT_EQ(copy.index(), key.index());
    EXPECT_TRUE(HasPrivateNumbers(copy));
    EXPECT_EQ(Fault(CloneKeyMaterial(copy)), "");
  }
}

TEST(KeyMaterialTest, PublicHalfHasNoPrivateNumbers) {
  for (const KeyMaterial& key :
       {KeyMaterial(RsaPrivate()), KeyMaterial(Ec(Curve::kP384)),
        KeyMaterial(Ed()), KeyMaterial(X())}) {
    const KeyMaterial half = PublicHalf(key);
    EXPECT_EQ(half.index(), key.index());
    EXPECT_FALSE(HasPrivateNumbers(half));
    EXPECT_FALSE(IsSymmetric(half));
    EXPECT_EQ(Fault(CloneKeyMaterial(half)), "");
  }
}

TEST(KeyMaterialDeathTest, ASecretHasNoPublicHalf) {
  const KeyMaterial key = SymmetricKey{SecretBytes("secret")};
  EXPECT_TRUE(IsSymmetric(key));
  EXPECT_DEATH(PublicHalf(key), "");
}

TEST(KeyMaterialTest, CountsModulusBits) {
  EXPECT_EQ(RsaModulusBits(RsaKey{"", "", {}}), 0);
  EXPECT_EQ(RsaModulusBits(RsaKey{std::string("\0\1", 2), "", {}}), 1);
  EXPECT_EQ(RsaModulusBits(RsaKey{"\x7f\xff", "", {}}), 15);
  EXPECT_EQ(RsaModulusBits(RsaKey{"\x80", "", {}}), 8);
}

}  // namespace
}  // namespace assay::crypto
