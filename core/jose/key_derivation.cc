#include "core/jose/key_derivation.h"

#include "core/crypto/concat_kdf.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/pbes2.h"

namespace assay::jose {

bool DeriveAgreedKey(KeyManagement alg, ContentAlgorithm enc,
                     absl::string_view secret, absl::string_view apu,
                     absl::string_view apv, SecretBytes* key) {
  const KeyManagementInfo& info = InfoOf(alg);
  if (info.family == KeyManagementFamily::kEcdhEsKeyWrap) {
    return crypto::ConcatKdf(secret, {info.name, apu, apv}, info.kek_len, key);
  }
  const ContentAlgorithmInfo& content = InfoOf(enc);
  return crypto::ConcatKdf(secret, {content.name, apu, apv},
                           crypto::CekLen(content.encryption), key);
}

bool DerivePasswordKey(KeyManagement alg, absl::string_view password,
                       absl::string_view p2s, uint32_t p2c, SecretBytes* key) {
  const KeyManagementInfo& info = InfoOf(alg);
  return crypto::DerivePbes2Key(password,
                                {info.pbes2_hash, info.name, p2s, p2c}, key);
}

}  // namespace assay::jose
