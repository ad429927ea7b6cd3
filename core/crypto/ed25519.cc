#include "core/crypto/ed25519.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/escaping.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {
namespace {

// p = 2^255 - 19 and the curve's d, RFC 8032 5.1, big-endian.
constexpr char kPrimeHex[] =
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
constexpr char kDHex[] =
    "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

// The y coordinates of the points of order 1, 2, 4 and 8, big-endian: 1, -1, 0
// and the two of order 8. Encodings that are not canonical (y >= p) are refused
// by IsEd25519Point.
constexpr const char* kSmallOrderY[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000001",
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
    "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
    "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
};

bssl::UniquePtr<BIGNUM> FromHex(const char* hex) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, hex);
  return bssl::UniquePtr<BIGNUM>(number);
}

// The y coordinate that `x` (as RFC 8037 names the public key) encodes:
// little-endian, with the sign of the other coordinate in the top bit.
std::string BigEndianY(absl::string_view x) {
  std::string y(x.rbegin(), x.rend());
  y[0] = static_cast<char>(y[0] & 0x7f);
  return y;
}

// Whether (y^2 - 1) / (d y^2 + 1) is a square mod p, by Euler's criterion on
// the product, which is a square exactly when the quotient is.
bool HasXCoordinate(const BIGNUM* y, const BIGNUM* p) {
  bssl::UniquePtr<BN_CTX> ctx(BN_CTX_new());
  auto d = FromHex(kDHex);
  bssl::UniquePtr<BIGNUM> u(BN_new()), v(BN_new()), w(BN_new()), e(BN_new());
  if (!ctx || !d || !u || !v || !w || !e) return false;
  if (!BN_mod_sqr(w.get(), y, p, ctx.get()) ||
      !BN_mod_sub(u.get(), w.get(), BN_value_one(), p, ctx.get()) ||
      !BN_mod_mul(v.get(), d.get(), w.get(), p, ctx.get()) ||
      !BN_mod_add(v.get(), v.get(), BN_value_one(), p, ctx.get()) ||
      !BN_mod_mul(w.get(), u.get(), v.get(), p, ctx.get()) ||
      !BN_rshift1(e.get(), p) ||  // (p - 1) / 2
      !BN_mod_exp(v.get(), w.get(), e.get(), p, ctx.get())) {
    return false;
  }
  return BN_is_zero(v.get()) || BN_is_one(v.get());
}

}  // namespace

bool IsEd25519Point(absl::string_view x) {
  if (x.size() != kEd25519KeyLen) return false;
  const std::string y_bytes = BigEndianY(x);
  bssl::UniquePtr<BIGNUM> y(BN_bin2bn(Bytes(y_bytes), y_bytes.size(), nullptr));
  auto p = FromHex(kPrimeHex);
  return ClearErrorsUnless(y && p && BN_ucmp(y.get(), p.get()) < 0 &&
                           HasXCoordinate(y.get(), p.get()));
}

bool IsEd25519SmallOrder(absl::string_view x) {
  const std::string y = absl::BytesToHexString(BigEndianY(x));
  return std::find(std::begin(kSmallOrderY), std::end(kSmallOrderY), y) !=
         std::end(kSmallOrderY);
}

SecretBytes Ed25519ExpandSeed(absl::string_view seed) {
  SecretBytes expanded(ED25519_PRIVATE_KEY_LEN);
  uint8_t public_key[ED25519_PUBLIC_KEY_LEN];
  ED25519_keypair_from_seed(public_key, expanded.data(), Bytes(seed));
  return expanded;
}

std::string Ed25519PublicFromSeed(absl::string_view seed) {
  return std::string(Ed25519ExpandSeed(seed).view().substr(kEd25519KeyLen));
}

bool Ed25519Verify(absl::string_view x, absl::string_view message,
                   absl::string_view signature) {
  if (signature.size() != kEd25519SignatureLen) return false;
  return ClearErrorsUnless(ED25519_verify(Bytes(message), message.size(),
                                          Bytes(signature), Bytes(x)) == 1);
}

bool Ed25519Sign(const SecretBytes& expanded, absl::string_view message,
                 uint8_t* signature) {
  return ClearErrorsUnless(ED25519_sign(signature, Bytes(message),
                                        message.size(), expanded.data()) == 1);
}

}  // namespace assay::crypto
