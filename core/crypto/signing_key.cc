#include "core/crypto/signing_key.h"

#include <cstdlib>
#include <utility>

#include "core/crypto/boringssl.h"
#include "core/crypto/ecdsa.h"
#include "core/crypto/ed25519.h"
#include "core/crypto/hmac.h"
#include "core/crypto/native_keys.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature_cost.h"

namespace assay::crypto {
namespace {

class HmacSigningKey final : public SigningKey {
 public:
  explicit HmacSigningKey(absl::string_view secret) : key_(secret) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kHmac &&
           key_.Supports(scheme.hash);
  }
  size_t SignatureLen(SignatureScheme scheme) const override {
    return HashLen(scheme.hash);
  }
  bool Sign(SignatureScheme scheme, absl::string_view message,
            uint8_t* signature) const override {
    return Supports(scheme) && key_.Sign(scheme.hash, message, signature);
  }
  uint32_t SignCostNs() const override { return kHmacCostNs; }

 private:
  const HmacKey key_;
};

class RsaSigningKey final : public SigningKey {
 public:
  explicit RsaSigningKey(bssl::UniquePtr<RSA> rsa) : rsa_(std::move(rsa)) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kRsaPkcs1 ||
           scheme.family == SignatureFamily::kRsaPss;
  }
  size_t SignatureLen(SignatureScheme) const override {
    return RSA_size(rsa_.get());
  }
  bool Sign(SignatureScheme scheme, absl::string_view message,
            uint8_t* signature) const override {
    return Supports(scheme) && RsaSign(scheme, rsa_.get(), message, signature);
  }
  uint32_t SignCostNs() const override {
    return RsaSignCostNs(RSA_bits(rsa_.get()));
  }

 private:
  const bssl::UniquePtr<RSA> rsa_;
};

class EcdsaSigningKey final : public SigningKey {
 public:
  EcdsaSigningKey(Curve curve, bssl::UniquePtr<EC_KEY> key)
      : curve_(curve), key_(std::move(key)) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kEcdsa &&
           scheme.hash == CurveHash(curve_);
  }
  size_t SignatureLen(SignatureScheme) const override {
    return 2 * CurveCoordinateLen(curve_);
  }
  bool Sign(SignatureScheme scheme, absl::string_view message,
            uint8_t* signature) const override {
    return Supports(scheme) &&
           EcdsaSign(curve_, key_.get(), message, signature);
  }
  uint32_t SignCostNs() const override { return EcdsaSignCostNs(curve_); }

 private:
  const Curve curve_;
  const bssl::UniquePtr<EC_KEY> key_;
};

class Ed25519SigningKey final : public SigningKey {
 public:
  explicit Ed25519SigningKey(absl::string_view seed)
      : expanded_(Ed25519ExpandSeed(seed)) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kEd25519;
  }
  size_t SignatureLen(SignatureScheme) const override {
    return kEd25519SignatureLen;
  }
  bool Sign(SignatureScheme scheme, absl::string_view message,
            uint8_t* signature) const override {
    return Supports(scheme) && Ed25519Sign(expanded_, message, signature);
  }
  uint32_t SignCostNs() const override { return kEd25519SignCostNs; }

 private:
  const SecretBytes expanded_;
};

// Null only if memory is short: the numbers have been validated, and are there.
struct Maker {
  std::unique_ptr<SigningKey> operator()(const SymmetricKey& key) const {
    return std::make_unique<HmacSigningKey>(key.secret.view());
  }
  std::unique_ptr<SigningKey> operator()(const RsaKey& key) const {
    const RsaPrivateNumbers& secret = *key.secret;
    auto rsa =
        NewRsa({key.n, key.e, secret.d.view(), secret.p.view(), secret.q.view(),
                secret.dp.view(), secret.dq.view(), secret.qi.view()});
    if (rsa == nullptr) return nullptr;
    return std::make_unique<RsaSigningKey>(std::move(rsa));
  }
  std::unique_ptr<SigningKey> operator()(const EcKey& key) const {
    auto ec = NewEcKey(key.curve, key.x, key.y, key.d->view());
    if (ec == nullptr) return nullptr;
    return std::make_unique<EcdsaSigningKey>(key.curve, std::move(ec));
  }
  std::unique_ptr<SigningKey> operator()(const Ed25519Key& key) const {
    return std::make_unique<Ed25519SigningKey>(key.d->view());
  }
  std::unique_ptr<SigningKey> operator()(const X25519Key&) const {
    std::abort();  // Refused before.
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<SigningKey>> SigningKey::Create(
    const KeyMaterial& key, int max_rsa_modulus_bits) {
  if (absl::holds_alternative<X25519Key>(key)) {
    return absl::InvalidArgumentError("an X25519 key cannot sign");
  }
  if (!HasPrivateNumbers(key)) {
    return absl::InvalidArgumentError("a public key cannot sign");
  }
  absl::Status status = ValidateKeyMaterial(key, max_rsa_modulus_bits);
  if (!status.ok()) return status;
  auto signing_key = absl::visit(Maker{}, key);
  if (signing_key == nullptr) {
    return absl::ResourceExhaustedError("no memory for a key");
  }
  return signing_key;
}

}  // namespace assay::crypto
