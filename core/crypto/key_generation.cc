#include "core/crypto/key_generation.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/ed25519.h"
#include "core/crypto/native_keys.h"
#include "core/crypto/random.h"
#include "core/crypto/x25519.h"

namespace assay::crypto {
namespace {

// BoringSSL rounds other sizes down without a word.
constexpr int kRsaBitsStep = 128;

absl::Status GeneratorFailed() {
  ERR_clear_error();
  return absl::InternalError("BoringSSL could not generate a key");
}

std::string PublicBytes(const BIGNUM* number) {
  std::string bytes(BN_num_bytes(number), '\0');
  BN_bn2bin(number, reinterpret_cast<uint8_t*>(&bytes[0]));
  return bytes;
}

SecretBytes PrivateBytes(const BIGNUM* number) {
  SecretBytes bytes(BN_num_bytes(number));
  BN_bn2bin(number, bytes.data());
  return bytes;
}

RsaKey NumbersOf(const RSA* rsa) {
  return RsaKey{
      PublicBytes(RSA_get0_n(rsa)), PublicBytes(RSA_get0_e(rsa)),
      RsaPrivateNumbers{
          PrivateBytes(RSA_get0_d(rsa)), PrivateBytes(RSA_get0_p(rsa)),
          PrivateBytes(RSA_get0_q(rsa)), PrivateBytes(RSA_get0_dmp1(rsa)),
          PrivateBytes(RSA_get0_dmq1(rsa)), PrivateBytes(RSA_get0_iqmp(rsa))}};
}

bool NumbersOf(Curve curve, const EC_KEY* key, EcKey* out) {
  const size_t len = CurveCoordinateLen(curve);
  bssl::UniquePtr<BIGNUM> x(BN_new()), y(BN_new());
  *out = EcKey{curve, std::string(len, '\0'), std::string(len, '\0'),
               SecretBytes(len)};
  return x && y &&
         EC_POINT_get_affine_coordinates_GFp(EC_KEY_get0_group(key),
                                             EC_KEY_get0_public_key(key),
                                             x.get(), y.get(), nullptr) &&
         BN_bn2bin_padded(reinterpret_cast<uint8_t*>(&out->x[0]), len,
                          x.get()) &&
         BN_bn2bin_padded(reinterpret_cast<uint8_t*>(&out->y[0]), len,
                          y.get()) &&
         BN_bn2bin_padded(out->d->data(), len, EC_KEY_get0_private_key(key));
}

}  // namespace

absl::StatusOr<KeyMaterial> GenerateSymmetricKey(size_t len) {
  if (len == 0 || len > kMaxSymmetricKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a secret has from 1 to ", kMaxSymmetricKeyBytes, " bytes"));
  }
  SymmetricKey key{SecretBytes(len)};
  RandomBytes(key.secret.data(), len);
  return key;
}

absl::StatusOr<KeyMaterial> GenerateRsaKey(int modulus_bits) {
  if (modulus_bits < kMinRsaModulusBits || modulus_bits > kMaxRsaModulusBits ||
      modulus_bits % kRsaBitsStep != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("an RSA key has from ", kMinRsaModulusBits, " to ",
                     kMaxRsaModulusBits, " bits, in steps of ", kRsaBitsStep));
  }
  bssl::UniquePtr<RSA> rsa(RSA_new());
  bssl::UniquePtr<BIGNUM> e(BN_new());
  if (!rsa || !e || !BN_set_word(e.get(), RSA_F4) ||
      !RSA_generate_key_ex(rsa.get(), modulus_bits, e.get(), nullptr)) {
    return GeneratorFailed();
  }
  return NumbersOf(rsa.get());
}

absl::StatusOr<KeyMaterial> GenerateEcKey(Curve curve) {
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(CurveNid(curve)));
  EcKey key;
  if (!ec || !EC_KEY_generate_key(ec.get()) ||
      !NumbersOf(curve, ec.get(), &key)) {
    return GeneratorFailed();
  }
  return key;
}

absl::StatusOr<KeyMaterial> GenerateEd25519Key() {
  SecretBytes seed(kEd25519KeyLen);
  RandomBytes(seed.data(), seed.size());
  std::string x = Ed25519PublicFromSeed(seed.view());
  return Ed25519Key{std::move(x), std::move(seed)};
}

absl::StatusOr<KeyMaterial> GenerateX25519Key() {
  SecretBytes d(kX25519KeyLen);
  RandomBytes(d.data(), d.size());
  std::string x = X25519PublicFromPrivate(d.view());
  return X25519Key{std::move(x), std::move(d)};
}

}  // namespace assay::crypto
