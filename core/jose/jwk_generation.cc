#include "core/jose/jwk_generation.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "core/base/limits.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/jose/thumbprint.h"

namespace assay::jose {
namespace {

absl::StatusOr<crypto::KeyMaterial> GenerateMaterial(const AlgorithmInfo& info,
                                                     int rsa_modulus_bits) {
  switch (info.key_type) {
    case KeyType::kOct:
      return crypto::GenerateSymmetricKey(crypto::HashLen(info.scheme.hash));
    case KeyType::kRsa:
      return crypto::GenerateRsaKey(rsa_modulus_bits == 0 ? kMinRsaModulusBits
                                                          : rsa_modulus_bits);
    case KeyType::kEc:
      return crypto::GenerateEcKey(info.curve);
    case KeyType::kOkp:
      break;
  }
  return crypto::GenerateEd25519Key();
}

}  // namespace

absl::StatusOr<Jwk> GenerateJwk(Algorithm algorithm, absl::string_view kid,
                                int rsa_modulus_bits) {
  if (algorithm == Algorithm::kUnspecified) {
    return absl::InvalidArgumentError("no algorithm to make a key for");
  }
  absl::StatusOr<crypto::KeyMaterial> material =
      GenerateMaterial(InfoOf(algorithm), rsa_modulus_bits);
  if (!material.ok()) return material.status();
  Jwk key;
  key.material = *std::move(material);
  key.kid = kid.empty() ? Thumbprint(key.material) : std::string(kid);
  key.alg = algorithm;
  key.use = KeyUse::kSignature;
  return key;
}

}  // namespace assay::jose
