#include "core/crypto/verifying_key.h"

#include <cstdlib>
#include <utility>

#include "core/crypto/boringssl.h"
#include "core/crypto/ecdsa.h"
#include "core/crypto/ed25519.h"
#include "core/crypto/hmac.h"
#include "core/crypto/lane_key_pool.h"
#include "core/crypto/native_keys.h"
#include "core/crypto/rsa.h"
#include "core/crypto/signature_cost.h"
#include "core/simd/kernels.h"

namespace assay::crypto {
namespace {

class HmacVerifyingKey final : public VerifyingKey {
 public:
  explicit HmacVerifyingKey(absl::string_view secret) : key_(secret) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kHmac &&
           key_.Supports(scheme.hash);
  }
  size_t SignatureLen(SignatureScheme scheme) const override {
    return HashLen(scheme.hash);
  }
  bool Verify(SignatureScheme scheme, absl::string_view message,
              absl::string_view signature) const override {
    return Supports(scheme) && key_.Verify(scheme.hash, message, signature);
  }
  uint32_t VerifyCostNs() const override { return kHmacCostNs; }
  const HmacKey* hmac_key() const override { return &key_; }

 private:
  const HmacKey key_;
};

class RsaVerifyingKey final : public VerifyingKey {
 public:
  explicit RsaVerifyingKey(bssl::UniquePtr<RSA> rsa) : rsa_(std::move(rsa)) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kRsaPkcs1 ||
           scheme.family == SignatureFamily::kRsaPss;
  }
  size_t SignatureLen(SignatureScheme) const override {
    return RSA_size(rsa_.get());
  }
  bool Verify(SignatureScheme scheme, absl::string_view message,
              absl::string_view signature) const override {
    return Supports(scheme) &&
           RsaVerify(scheme, rsa_.get(), message, signature);
  }
  uint32_t VerifyCostNs() const override {
    return RsaVerifyCostNs(RSA_bits(rsa_.get()));
  }

 private:
  const bssl::UniquePtr<RSA> rsa_;
};

class EcdsaVerifyingKey final : public VerifyingKey {
 public:
  EcdsaVerifyingKey(Curve curve, bssl::UniquePtr<EC_KEY> key)
      : curve_(curve), key_(std::move(key)) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kEcdsa &&
           scheme.hash == CurveHash(curve_);
  }
  size_t SignatureLen(SignatureScheme) const override {
    return 2 * CurveCoordinateLen(curve_);
  }
  bool Verify(SignatureScheme scheme, absl::string_view message,
              absl::string_view signature) const override {
    return Supports(scheme) &&
           EcdsaVerify(curve_, key_.get(), message, signature);
  }
  uint32_t VerifyCostNs() const override { return EcdsaVerifyCostNs(curve_); }

 private:
  const Curve curve_;
  const bssl::UniquePtr<EC_KEY> key_;
};

class Ed25519VerifyingKey final : public VerifyingKey {
 public:
  explicit Ed25519VerifyingKey(std::string x) : x_(std::move(x)) {}

  bool Supports(SignatureScheme scheme) const override {
    return scheme.family == SignatureFamily::kEd25519;
  }
  size_t SignatureLen(SignatureScheme) const override {
    return kEd25519SignatureLen;
  }
  bool Verify(SignatureScheme scheme, absl::string_view message,
              absl::string_view signature) const override {
    return Supports(scheme) && Ed25519Verify(x_, message, signature);
  }
  uint32_t VerifyCostNs() const override { return kEd25519VerifyCostNs; }

 private:
  const std::string x_;
};

// Null only if memory is short: the numbers have been validated.
struct Maker {
  std::unique_ptr<VerifyingKey> operator()(const SymmetricKey& key) const {
    return std::make_unique<HmacVerifyingKey>(key.secret.view());
  }
  std::unique_ptr<VerifyingKey> operator()(const RsaKey& key) const {
    auto rsa = NewRsa({key.n, key.e, {}, {}, {}, {}, {}, {}});
    if (rsa == nullptr) return nullptr;
    return std::make_unique<RsaVerifyingKey>(std::move(rsa));
  }
  std::unique_ptr<VerifyingKey> operator()(const EcKey& key) const {
    auto ec = NewEcKey(key.curve, key.x, key.y, /*d=*/"");
    if (ec == nullptr) return nullptr;
    return std::make_unique<EcdsaVerifyingKey>(key.curve, std::move(ec));
  }
  std::unique_ptr<VerifyingKey> operator()(const Ed25519Key& key) const {
    return std::make_unique<Ed25519VerifyingKey>(key.x);
  }
  std::unique_ptr<VerifyingKey> operator()(const X25519Key&) const {
    std::abort();  // Refused before.
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<VerifyingKey>> VerifyingKey::CreateUnshared(
    const KeyMaterial& key, int max_rsa_modulus_bits) {
  if (absl::holds_alternative<X25519Key>(key)) {
    return absl::InvalidArgumentError("an X25519 key checks no signatures");
  }
  absl::Status status = ValidateKeyMaterial(key, max_rsa_modulus_bits);
  if (!status.ok()) return status;
  auto verifying_key = absl::visit(Maker{}, key);
  if (verifying_key == nullptr) {
    return absl::ResourceExhaustedError("no memory for a key");
  }
  verifying_key->lane_key_ = LaneKey::Create(key, simd::BestKernels());
  return verifying_key;
}

absl::StatusOr<std::unique_ptr<VerifyingKey>> VerifyingKey::Create(
    const KeyMaterial& key, int max_rsa_modulus_bits) {
  auto verifying_key = CreateUnshared(key, max_rsa_modulus_bits);
  if (verifying_key.ok()) {
    auto& lane_key = (*verifying_key)->lane_key_;
    lane_key = InternLaneKey(std::move(lane_key));
  }
  return verifying_key;
}

}  // namespace assay::crypto
