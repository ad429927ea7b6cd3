#include "core/keys/prepared_key.h"

#include <utility>

namespace assay::keys {
namespace {

jose::AlgorithmSet AlgorithmsOf(const jose::Jwk& jwk) {
  jose::AlgorithmSet algorithms;
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    const bool is_meant =
        jwk.alg == jose::Algorithm::kUnspecified || jwk.alg == info.algorithm;
    if (is_meant && jose::IsCompatible(info.algorithm, jwk.material)) {
      algorithms.Add(info.algorithm);
    }
  }
  return algorithms;
}

// Why `jwk` can do nothing that is asked of it. RFC 7517 4.2 and 4.3.
absl::Status WhyUseless(const jose::Jwk& jwk, bool is_compatible) {
  if (jwk.IsForEncryption()) {
    return absl::FailedPreconditionError(
        "the key is for encryption (use, alg or key_ops)");
  }
  if (!is_compatible) {
    return absl::InvalidArgumentError(
        "no signature algorithm fits the key (alg, type, or a secret that is "
        "shorter than the hash)");
  }
  return absl::FailedPreconditionError("key_ops allows nothing of use here");
}

}  // namespace

absl::StatusOr<std::unique_ptr<const PreparedKey>> PreparedKey::Create(
    jose::Jwk jwk, bool for_signing, const Limits& limits) {
  const jose::AlgorithmSet algorithms = AlgorithmsOf(jwk);
  const bool may_sign = for_signing && jwk.MaySign();
  if (algorithms.empty() || !(jwk.MayVerify() || may_sign)) {
    return WhyUseless(jwk, !algorithms.empty());
  }
  auto key = std::unique_ptr<PreparedKey>(new PreparedKey());
  key->kid_ = jwk.EffectiveKid();
  if (jwk.MayVerify()) key->verify_algorithms_ = algorithms;
  if (may_sign) {
    auto signing_key =
        crypto::SigningKey::Create(jwk.material, limits.max_rsa_modulus_bits);
    if (!signing_key.ok()) return signing_key.status();
    key->signing_key_ = *std::move(signing_key);
    key->sign_algorithms_ = algorithms;
  }
  if (!crypto::IsSymmetric(jwk.material)) {
    jwk = jose::PublicHalf(jwk);
    key->public_jwk_ = jose::CloneJwk(jwk);
  }
  auto verifying_key =
      crypto::VerifyingKey::Create(jwk.material, limits.max_rsa_modulus_bits);
  if (!verifying_key.ok()) return verifying_key.status();
  key->verifying_key_ = *std::move(verifying_key);
  return std::unique_ptr<const PreparedKey>(std::move(key));
}

}  // namespace assay::keys
