#include "core/jose/jwk.h"

#include "core/jose/thumbprint.h"

namespace assay::jose {

std::string Jwk::EffectiveKid() const {
  return kid.has_value() ? *kid : Thumbprint(material);
}

bool Jwk::MayVerify() const {
  if (use == KeyUse::kEncryption) return false;
  if (key_ops == 0 || (key_ops & kKeyOpVerify) != 0) return true;
  const bool has_public_half =
      !crypto::IsSymmetric(material) && crypto::HasPrivateNumbers(material);
  return (key_ops & kKeyOpSign) != 0 && has_public_half;
}

bool Jwk::MaySign() const {
  if (use == KeyUse::kEncryption) return false;
  if (!crypto::HasPrivateNumbers(material)) return false;
  return key_ops == 0 || (key_ops & kKeyOpSign) != 0;
}

namespace {

Jwk WithMaterial(const Jwk& key, crypto::KeyMaterial material) {
  Jwk copy;
  copy.material = std::move(material);
  copy.kid = key.kid;
  copy.alg = key.alg;
  copy.use = key.use;
  copy.key_ops = key.key_ops;
  return copy;
}

}  // namespace

Jwk PublicHalf(const Jwk& key) {
  Jwk half = WithMaterial(key, crypto::PublicHalf(key.material));
  if ((half.key_ops & kKeyOpSign) != 0) {
    half.key_ops = (half.key_ops & ~kKeyOpSign) | kKeyOpVerify;
  }
  return half;
}

Jwk CloneJwk(const Jwk& key) {
  return WithMaterial(key, crypto::CloneKeyMaterial(key.material));
}

}  // namespace assay::jose
