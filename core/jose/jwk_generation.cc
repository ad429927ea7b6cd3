#include "core/jose/jwk_generation.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/jose/curve_name.h"
#include "core/jose/thumbprint.h"

namespace assay::jose {
namespace {

constexpr size_t kPasswordBytes = 32;

absl::StatusOr<crypto::KeyMaterial> GenerateRsa(int modulus_bits) {
  return crypto::GenerateRsaKey(modulus_bits == 0 ? kMinRsaModulusBits
                                                  : modulus_bits);
}

absl::StatusOr<crypto::KeyMaterial> GenerateMaterial(const AlgorithmInfo& info,
                                                     int rsa_modulus_bits) {
  switch (info.key_type) {
    case KeyType::kOct:
      return crypto::GenerateSymmetricKey(crypto::HashLen(info.scheme.hash));
    case KeyType::kRsa:
      return GenerateRsa(rsa_modulus_bits);
    case KeyType::kEc:
      return crypto::GenerateEcKey(info.curve);
    case KeyType::kOkp:
      break;
  }
  return crypto::GenerateEd25519Key();
}

absl::StatusOr<crypto::KeyMaterial> GenerateForAgreement(
    absl::string_view crv) {
  if (crv == kX25519CurveName) return crypto::GenerateX25519Key();
  const absl::optional<crypto::Curve> curve = EcCurveFromName(crv);
  if (curve.has_value()) return crypto::GenerateEcKey(*curve);
  return absl::InvalidArgumentError(
      absl::StrCat("the curve \"", crv,
                   "\" is not known; there are P-256, P-384, P-521, X25519"));
}

absl::StatusOr<crypto::KeyMaterial> GenerateEncryptionMaterial(
    const KeyManagementInfo& info, const EncryptionKeyShape& shape) {
  switch (info.family) {
    case KeyManagementFamily::kDirect:
      return crypto::GenerateSymmetricKey(
          crypto::CekLen(InfoOf(shape.enc).encryption));
    case KeyManagementFamily::kAesKeyWrap:
    case KeyManagementFamily::kAesGcmWrap:
      return crypto::GenerateSymmetricKey(info.kek_len);
    case KeyManagementFamily::kRsaOaep:
      return GenerateRsa(shape.rsa_modulus_bits);
    case KeyManagementFamily::kEcdhEs:
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return GenerateForAgreement(shape.crv);
    case KeyManagementFamily::kPbes2:
      break;
  }
  return crypto::GenerateSymmetricKey(kPasswordBytes);
}

absl::StatusOr<Jwk> WithKid(absl::StatusOr<crypto::KeyMaterial> material,
                            absl::string_view kid) {
  if (!material.ok()) return material.status();
  Jwk key;
  key.material = *std::move(material);
  key.kid = kid.empty() ? Thumbprint(key.material) : std::string(kid);
  return key;
}

}  // namespace

absl::StatusOr<Jwk> GenerateJwk(Algorithm algorithm, absl::string_view kid,
                                int rsa_modulus_bits) {
  if (algorithm == Algorithm::kUnspecified) {
    return absl::InvalidArgumentError("no algorithm to make a key for");
  }
  absl::StatusOr<Jwk> key =
      WithKid(GenerateMaterial(InfoOf(algorithm), rsa_modulus_bits), kid);
  if (!key.ok()) return key;
  key->alg = algorithm;
  key->use = KeyUse::kSignature;
  return key;
}

absl::StatusOr<Jwk> GenerateEncryptionJwk(KeyManagement alg,
                                          const EncryptionKeyShape& shape,
                                          absl::string_view kid) {
  if (alg == KeyManagement::kUnspecified) {
    return absl::InvalidArgumentError("no algorithm to make a key for");
  }
  if (alg == KeyManagement::kDir &&
      shape.enc == ContentAlgorithm::kUnspecified) {
    return absl::InvalidArgumentError(
        "a key for \"dir\" has the length that its enc asks for: name one");
  }
  absl::StatusOr<Jwk> key =
      WithKid(GenerateEncryptionMaterial(InfoOf(alg), shape), kid);
  if (!key.ok()) return key;
  key->key_management = alg;
  key->use = KeyUse::kEncryption;
  return key;
}

}  // namespace assay::jose
