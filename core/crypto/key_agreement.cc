#include "core/crypto/key_agreement.h"

#include <string>
#include <utility>

#include "core/crypto/boringssl.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/native_keys.h"
#include "core/crypto/x25519.h"

namespace assay::crypto {
namespace {

// Null if the numbers have not the length of the curve, or are no point of it.
bssl::UniquePtr<EC_KEY> NewPublicKey(const EcKey& key) {
  const size_t len = CurveCoordinateLen(key.curve);
  if (key.x.size() != len || key.y.size() != len) return nullptr;
  return NewEcKey(key.curve, key.x, key.y, /*d=*/"");
}

// `d` holds a private key and `peer` a public one, of the same curve.
bool Ecdh(Curve curve, const EC_KEY* d, const EC_KEY* peer,
          SecretBytes* secret) {
  SecretBytes shared(CurveCoordinateLen(curve));
  const int len =
      ECDH_compute_key(shared.data(), shared.size(),
                       EC_KEY_get0_public_key(peer), d, /*kdf=*/nullptr);
  if (!ClearErrorsUnless(len == static_cast<int>(shared.size()))) return false;
  *secret = std::move(shared);
  return true;
}

class EcdhSender final : public AgreementSender {
 public:
  EcdhSender(Curve curve, bssl::UniquePtr<EC_KEY> peer)
      : curve_(curve), peer_(std::move(peer)) {}

  bool Agree(KeyMaterial* ephemeral, SecretBytes* secret) const override {
    const auto fresh = GenerateEcKey(curve_);
    if (!fresh.ok()) return false;
    const auto& numbers = absl::get<EcKey>(*fresh);
    const auto key = NewEcKey(curve_, numbers.x, numbers.y, numbers.d->view());
    if (key == nullptr || !Ecdh(curve_, key.get(), peer_.get(), secret)) {
      return false;
    }
    *ephemeral = PublicHalf(*fresh);
    return true;
  }

 private:
  const Curve curve_;
  const bssl::UniquePtr<EC_KEY> peer_;
};

class EcdhRecipient final : public AgreementRecipient {
 public:
  EcdhRecipient(Curve curve, bssl::UniquePtr<EC_KEY> key)
      : curve_(curve), key_(std::move(key)) {}

  bool Agree(const KeyMaterial& ephemeral, SecretBytes* secret) const override {
    const auto* numbers = absl::get_if<EcKey>(&ephemeral);
    if (numbers == nullptr || numbers->curve != curve_) return false;
    const auto peer = NewPublicKey(*numbers);
    return peer != nullptr && Ecdh(curve_, key_.get(), peer.get(), secret);
  }

 private:
  const Curve curve_;
  const bssl::UniquePtr<EC_KEY> key_;
};

class X25519Sender final : public AgreementSender {
 public:
  explicit X25519Sender(std::string x) : x_(std::move(x)) {}

  bool Agree(KeyMaterial* ephemeral, SecretBytes* secret) const override {
    const auto fresh = GenerateX25519Key();
    if (!fresh.ok()) return false;
    const SecretBytes& d = *absl::get<X25519Key>(*fresh).d;
    if (!X25519SharedSecret(d.view(), x_, secret)) return false;
    *ephemeral = PublicHalf(*fresh);
    return true;
  }

 private:
  const std::string x_;
};

class X25519Recipient final : public AgreementRecipient {
 public:
  explicit X25519Recipient(SecretBytes d) : d_(std::move(d)) {}

  bool Agree(const KeyMaterial& ephemeral, SecretBytes* secret) const override {
    const auto* numbers = absl::get_if<X25519Key>(&ephemeral);
    return numbers != nullptr && numbers->x.size() == kX25519KeyLen &&
           X25519SharedSecret(d_.view(), numbers->x, secret);
  }

 private:
  const SecretBytes d_;
};

absl::Status CheckKey(const KeyMaterial& key) {
  if (!absl::holds_alternative<EcKey>(key) &&
      !absl::holds_alternative<X25519Key>(key)) {
    return absl::InvalidArgumentError(
        "key agreement needs an EC or an X25519 key");
  }
  return ValidateKeyMaterial(key, /*max_rsa_modulus_bits=*/0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<const AgreementSender>> AgreementSender::Create(
    const KeyMaterial& recipient) {
  absl::Status status = CheckKey(recipient);
  if (!status.ok()) return status;
  if (const auto* x25519 = absl::get_if<X25519Key>(&recipient)) {
    return std::make_unique<const X25519Sender>(x25519->x);
  }
  const auto& ec = absl::get<EcKey>(recipient);
  auto peer = NewPublicKey(ec);
  if (peer == nullptr)
    return absl::ResourceExhaustedError("no memory for a key");
  return std::make_unique<const EcdhSender>(ec.curve, std::move(peer));
}

absl::StatusOr<std::unique_ptr<const AgreementRecipient>>
AgreementRecipient::Create(const KeyMaterial& key) {
  absl::Status status = CheckKey(key);
  if (!status.ok()) return status;
  if (!HasPrivateNumbers(key)) {
    return absl::InvalidArgumentError("a public key cannot decrypt");
  }
  if (const auto* x25519 = absl::get_if<X25519Key>(&key)) {
    return std::make_unique<const X25519Recipient>(x25519->d->Clone());
  }
  const auto& ec = absl::get<EcKey>(key);
  auto native = NewEcKey(ec.curve, ec.x, ec.y, ec.d->view());
  if (native == nullptr)
    return absl::ResourceExhaustedError("no memory for a key");
  return std::make_unique<const EcdhRecipient>(ec.curve, std::move(native));
}

}  // namespace assay::crypto
