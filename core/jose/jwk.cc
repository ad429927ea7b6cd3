#include "core/jose/jwk.h"

#include "core/jose/thumbprint.h"

namespace assay::jose {

std::string Jwk::EffectiveKid() const {
  return kid.has_value() ? *kid : Thumbprint(material);
}

namespace {

constexpr uint32_t kOpsThatEncrypt =
    kKeyOpEncrypt | kKeyOpWrapKey | kKeyOpDeriveKey | kKeyOpDeriveBits;
constexpr uint32_t kOpsThatDecrypt =
    kKeyOpDecrypt | kKeyOpUnwrapKey | kKeyOpDeriveKey | kKeyOpDeriveBits;

bool IsForSignatures(const Jwk& key) {
  return key.use == KeyUse::kSignature || key.alg != Algorithm::kUnspecified;
}

bool NamesEncryption(const Jwk& key) {
  return key.use == KeyUse::kEncryption ||
         key.key_management != KeyManagement::kUnspecified;
}

// Whether key_ops allow one of `ops` or, of a key with a public half that may
// be taken from it, one of `private_ops`.
bool Allows(const Jwk& key, uint32_t ops, uint32_t private_ops) {
  if (key.key_ops == 0 || (key.key_ops & ops) != 0) return true;
  const bool has_public_half = !crypto::IsSymmetric(key.material) &&
                               crypto::HasPrivateNumbers(key.material);
  return has_public_half && (key.key_ops & private_ops) != 0;
}

}  // namespace

bool Jwk::MayVerify() const {
  return !NamesEncryption(*this) && Allows(*this, kKeyOpVerify, kKeyOpSign);
}

bool Jwk::MaySign() const {
  return !NamesEncryption(*this) && crypto::HasPrivateNumbers(material) &&
         Allows(*this, kKeyOpSign, 0);
}

bool Jwk::MayEncrypt() const {
  return !IsForSignatures(*this) &&
         Allows(*this, kOpsThatEncrypt, kOpsThatDecrypt);
}

bool Jwk::MayDecrypt() const {
  return !IsForSignatures(*this) && crypto::HasPrivateNumbers(material) &&
         Allows(*this, kOpsThatDecrypt, 0);
}

bool Jwk::IsForEncryption() const {
  return NamesEncryption(*this) || ((key_ops & kKeyOpsOfEncryption) != 0 &&
                                    (key_ops & kKeyOpsOfSignatures) == 0);
}

namespace {

Jwk WithMaterial(const Jwk& key, crypto::KeyMaterial material) {
  Jwk copy;
  copy.material = std::move(material);
  copy.kid = key.kid;
  copy.alg = key.alg;
  copy.key_management = key.key_management;
  copy.use = key.use;
  copy.key_ops = key.key_ops;
  copy.other_key_ops = key.other_key_ops;
  copy.x5c = key.x5c;
  copy.x5t_s256 = key.x5t_s256;
  return copy;
}

// The operation `op` of private keys is `public_op` of public ones.
void TurnPublic(uint32_t op, uint32_t public_op, uint32_t* key_ops) {
  if ((*key_ops & op) != 0) *key_ops = (*key_ops & ~op) | public_op;
}

}  // namespace

Jwk PublicHalf(const Jwk& key) {
  Jwk half = WithMaterial(key, crypto::PublicHalf(key.material));
  TurnPublic(kKeyOpSign, kKeyOpVerify, &half.key_ops);
  TurnPublic(kKeyOpDecrypt, kKeyOpEncrypt, &half.key_ops);
  TurnPublic(kKeyOpUnwrapKey, kKeyOpWrapKey, &half.key_ops);
  return half;
}

Jwk CloneJwk(const Jwk& key) {
  return WithMaterial(key, crypto::CloneKeyMaterial(key.material));
}

}  // namespace assay::jose
