#include "core/jose/key_fit.h"

#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace assay::jose {
namespace {

std::string WhatIsNeeded(const KeyManagementInfo& info) {
  switch (info.family) {
    case KeyManagementFamily::kDirect:
      return "a secret of 16, 24, 32, 48 or 64 bytes, as its enc asks";
    case KeyManagementFamily::kAesKeyWrap:
    case KeyManagementFamily::kAesGcmWrap:
      return absl::StrCat("a secret of ", info.kek_len, " bytes");
    case KeyManagementFamily::kRsaOaep:
      return absl::StrCat("an RSA key of ", kMinRsaModulusBits,
                          " bits at least");
    case KeyManagementFamily::kEcdhEs:
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return "an EC or an X25519 key";
    case KeyManagementFamily::kPbes2:
      break;
  }
  return "a secret that is not empty";
}

}  // namespace

absl::Status CheckKeyFits(KeyManagement alg, const crypto::KeyMaterial& key) {
  if (alg == KeyManagement::kUnspecified) {
    return absl::InvalidArgumentError("no key management algorithm is named");
  }
  if (absl::c_none_of(AllContentAlgorithms(),
                      [&](const ContentAlgorithmInfo& content) {
                        return IsCompatible(alg, content.enc, key);
                      })) {
    return absl::InvalidArgumentError(
        absl::StrCat(InfoOf(alg).name, " needs ", WhatIsNeeded(InfoOf(alg))));
  }
  if (!crypto::IsSymmetric(key)) return absl::OkStatus();
  return crypto::ValidateKeyMaterial(key, /*max_rsa_modulus_bits=*/0);
}

}  // namespace assay::jose
