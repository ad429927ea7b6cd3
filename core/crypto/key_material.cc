#include "core/crypto/key_material.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/ed25519.h"
#include "core/crypto/native_keys.h"
#include "core/crypto/roca.h"
#include "core/crypto/x25519.h"

namespace assay::crypto {
namespace {

absl::optional<SecretBytes> Clone(const absl::optional<SecretBytes>& secret) {
  if (!secret.has_value()) return absl::nullopt;
  return secret->Clone();
}

struct Cloner {
  KeyMaterial operator()(const SymmetricKey& key) const {
    return SymmetricKey{key.secret.Clone()};
  }
  KeyMaterial operator()(const RsaKey& key) const {
    RsaKey copy{key.n, key.e, absl::nullopt};
    if (key.secret.has_value()) {
      copy.secret =
          RsaPrivateNumbers{key.secret->d.Clone(),  key.secret->p.Clone(),
                            key.secret->q.Clone(),  key.secret->dp.Clone(),
                            key.secret->dq.Clone(), key.secret->qi.Clone()};
    }
    return copy;
  }
  KeyMaterial operator()(const EcKey& key) const {
    return EcKey{key.curve, key.x, key.y, Clone(key.d)};
  }
  KeyMaterial operator()(const Ed25519Key& key) const {
    return Ed25519Key{key.x, Clone(key.d)};
  }
  KeyMaterial operator()(const X25519Key& key) const {
    return X25519Key{key.x, Clone(key.d)};
  }
};

struct PublicOnly {
  KeyMaterial operator()(const SymmetricKey&) const {
    std::abort();  // The contract: nobody may mistake a secret for public.
  }
  KeyMaterial operator()(const RsaKey& key) const {
    return RsaKey{key.n, key.e, absl::nullopt};
  }
  KeyMaterial operator()(const EcKey& key) const {
    return EcKey{key.curve, key.x, key.y, absl::nullopt};
  }
  KeyMaterial operator()(const Ed25519Key& key) const {
    return Ed25519Key{key.x, absl::nullopt};
  }
  KeyMaterial operator()(const X25519Key& key) const {
    return X25519Key{key.x, absl::nullopt};
  }
};

struct PrivateNumbersTest {
  bool operator()(const SymmetricKey&) const { return true; }
  bool operator()(const RsaKey& key) const { return key.secret.has_value(); }
  bool operator()(const EcKey& key) const { return key.d.has_value(); }
  bool operator()(const Ed25519Key& key) const { return key.d.has_value(); }
  bool operator()(const X25519Key& key) const { return key.d.has_value(); }
};

absl::string_view WithoutLeadingZeros(absl::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  return number;
}

int Bits(absl::string_view number) {
  number = WithoutLeadingZeros(number);
  if (number.empty()) return 0;
  int bits = static_cast<int>(number.size()) * 8;
  for (int top = static_cast<uint8_t>(number[0]); top < 0x80; top <<= 1) --bits;
  return bits;
}

bool IsOdd(absl::string_view number) {
  return !number.empty() && (number.back() & 1) != 0;
}

absl::Status Invalid(absl::string_view why) {
  return absl::InvalidArgumentError(why);
}

absl::Status ValidateSecret(const SymmetricKey& key) {
  if (key.secret.empty()) return Invalid("the secret is empty");
  if (key.secret.size() > kMaxSymmetricKeyBytes) {
    return Invalid(absl::StrCat("the secret is longer than ",
                                kMaxSymmetricKeyBytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status ValidateRsaModulus(const RsaKey& key, int max_bits) {
  const int bits = RsaModulusBits(key);
  if (bits < kMinRsaModulusBits) {
    return Invalid(absl::StrCat("the RSA modulus has ", bits,
                                " bits, fewer than ", kMinRsaModulusBits));
  }
  if (bits > max_bits || bits > kMaxRsaModulusBits) {
    return Invalid(absl::StrCat("the RSA modulus has ", bits,
                                " bits, more than ",
                                std::min(max_bits, kMaxRsaModulusBits)));
  }
  if (!IsOdd(key.n)) return Invalid("the RSA modulus is even");
  if (HasRocaFingerprint(key.n)) {
    return Invalid(
        "the RSA modulus bears the ROCA fingerprint (CVE-2017-15361): its "
        "private key can be computed");
  }
  return absl::OkStatus();
}

absl::Status ValidateRsaExponent(absl::string_view e) {
  const int bits = Bits(e);
  if (bits > kMaxRsaExponentBits) {
    return Invalid(absl::StrCat("the RSA exponent has more than ",
                                kMaxRsaExponentBits, " bits"));
  }
  if (!IsOdd(e)) return Invalid("the RSA exponent is even");
  if (bits < 2) return Invalid("the RSA exponent is 1");
  return absl::OkStatus();
}

absl::Status ValidateRsaPrivate(const RsaKey& key) {
  const RsaPrivateNumbers& secret = *key.secret;
  for (const SecretBytes* number :
       {&secret.d, &secret.p, &secret.q, &secret.dp, &secret.dq, &secret.qi}) {
    if (WithoutLeadingZeros(number->view()).empty()) {
      return Invalid("an RSA private key needs all of d, p, q, dp, dq, qi");
    }
  }
  const auto rsa =
      NewRsa({key.n, key.e, secret.d.view(), secret.p.view(), secret.q.view(),
              secret.dp.view(), secret.dq.view(), secret.qi.view()});
  if (!ClearErrorsUnless(rsa != nullptr && RSA_check_key(rsa.get()) == 1)) {
    return Invalid("the RSA private numbers do not fit the public ones");
  }
  return absl::OkStatus();
}

absl::Status ValidateRsa(const RsaKey& key, int max_bits) {
  absl::Status status = ValidateRsaModulus(key, max_bits);
  if (status.ok()) status = ValidateRsaExponent(key.e);
  if (status.ok() && key.secret.has_value()) status = ValidateRsaPrivate(key);
  return status;
}

absl::Status ValidateEc(const EcKey& key) {
  const size_t len = CurveCoordinateLen(key.curve);
  if (key.x.size() != len || key.y.size() != len) {
    return Invalid(absl::StrCat("an EC coordinate is not ", len,
                                " bytes long, as its curve asks"));
  }
  // Refuses coordinates that are not below the prime, and points off the curve;
  // infinity has no such coordinates.
  if (NewEcKey(key.curve, key.x, key.y, "") == nullptr) {
    return Invalid("the EC point is not on its curve");
  }
  if (!key.d.has_value()) return absl::OkStatus();
  if (key.d->size() != len) {
    return Invalid(absl::StrCat("the EC private number is not ", len,
                                " bytes long, as its curve asks"));
  }
  const auto ec = NewEcKey(key.curve, key.x, key.y, key.d->view());
  if (!ClearErrorsUnless(ec != nullptr && EC_KEY_check_key(ec.get()) == 1)) {
    return Invalid("the EC private number does not fit the public point");
  }
  return absl::OkStatus();
}

absl::Status ValidateEd25519(const Ed25519Key& key) {
  if (key.x.size() != kEd25519KeyLen) {
    return Invalid("an Ed25519 public key is not 32 bytes long");
  }
  if (!IsEd25519Point(key.x)) {
    return Invalid("the Ed25519 public key is not a point on the curve");
  }
  if (IsEd25519SmallOrder(key.x)) {
    return Invalid("the Ed25519 public key is a point of small order");
  }
  if (!key.d.has_value()) return absl::OkStatus();
  if (key.d->size() != kEd25519KeyLen) {
    return Invalid("an Ed25519 private key is not 32 bytes long");
  }
  if (Ed25519PublicFromSeed(key.d->view()) != key.x) {
    return Invalid("the Ed25519 private key does not fit the public key");
  }
  return absl::OkStatus();
}

absl::Status ValidateX25519(const X25519Key& key) {
  if (key.x.size() != kX25519KeyLen) {
    return Invalid("an X25519 public key is not 32 bytes long");
  }
  // Every other number is the coordinate of a point, on the curve or its twist.
  if (IsX25519SmallOrder(key.x)) {
    return Invalid("the X25519 public key is a point of small order");
  }
  if (!key.d.has_value()) return absl::OkStatus();
  if (key.d->size() != kX25519KeyLen) {
    return Invalid("an X25519 private key is not 32 bytes long");
  }
  if (X25519PublicFromPrivate(key.d->view()) != key.x) {
    return Invalid("the X25519 private key does not fit the public key");
  }
  return absl::OkStatus();
}

struct Validator {
  int max_rsa_modulus_bits;

  absl::Status operator()(const SymmetricKey& key) const {
    return ValidateSecret(key);
  }
  absl::Status operator()(const RsaKey& key) const {
    return ValidateRsa(key, max_rsa_modulus_bits);
  }
  absl::Status operator()(const EcKey& key) const { return ValidateEc(key); }
  absl::Status operator()(const Ed25519Key& key) const {
    return ValidateEd25519(key);
  }
  absl::Status operator()(const X25519Key& key) const {
    return ValidateX25519(key);
  }
};

}  // namespace

KeyMaterial CloneKeyMaterial(const KeyMaterial& key) {
  return absl::visit(Cloner{}, key);
}

KeyMaterial PublicHalf(const KeyMaterial& key) {
  return absl::visit(PublicOnly{}, key);
}

bool HasPrivateNumbers(const KeyMaterial& key) {
  return absl::visit(PrivateNumbersTest{}, key);
}

bool IsSymmetric(const KeyMaterial& key) {
  return absl::holds_alternative<SymmetricKey>(key);
}

int RsaModulusBits(const RsaKey& key) { return Bits(key.n); }

absl::Status ValidateKeyMaterial(const KeyMaterial& key,
                                 int max_rsa_modulus_bits) {
  return absl::visit(Validator{max_rsa_modulus_bits}, key);
}

}  // namespace assay::crypto
