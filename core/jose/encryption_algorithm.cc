#include "core/jose/encryption_algorithm.h"

#include "core/base/limits.h"

namespace assay::jose {
namespace {

using crypto::ContentEncryption;
using crypto::Hash;
using crypto::OaepHash;
using Family = KeyManagementFamily;

// Where the hash says nothing.
constexpr OaepHash kNoOaep = OaepHash::kSha256;
constexpr Hash kNoHash = Hash::kSha256;

// In the order of the enum: row i describes algorithm i + 1.
constexpr KeyManagementInfo kKeyManagements[] = {
    {KeyManagement::kDir, "dir", Family::kDirect, 0, kNoOaep, kNoHash},
    {KeyManagement::kA128Kw, "A128KW", Family::kAesKeyWrap, 16, kNoOaep,
     kNoHash},
    {KeyManagement::kA192Kw, "A192KW", Family::kAesKeyWrap, 24, kNoOaep,
     kNoHash},
    {KeyManagement::kA256Kw, "A256KW", Family::kAesKeyWrap, 32, kNoOaep,
     kNoHash},
    {KeyManagement::kA128GcmKw, "A128GCMKW", Family::kAesGcmWrap, 16, kNoOaep,
     kNoHash},
    {KeyManagement::kA192GcmKw, "A192GCMKW", Family::kAesGcmWrap, 24, kNoOaep,
     kNoHash},
    {KeyManagement::kA256GcmKw, "A256GCMKW", Family::kAesGcmWrap, 32, kNoOaep,
     kNoHash},
    {KeyManagement::kRsaOaep, "RSA-OAEP", Family::kRsaOaep, 0, OaepHash::kSha1,
     kNoHash},
    {KeyManagement::kRsaOaep256, "RSA-OAEP-256", Family::kRsaOaep, 0,
     OaepHash::kSha256, kNoHash},
    {KeyManagement::kRsaOaep384, "RSA-OAEP-384", Family::kRsaOaep, 0,
     OaepHash::kSha384, kNoHash},
    {KeyManagement::kRsaOaep512, "RSA-OAEP-512", Family::kRsaOaep, 0,
     OaepHash::kSha512, kNoHash},
    {KeyManagement::kEcdhEs, "ECDH-ES", Family::kEcdhEs, 0, kNoOaep, kNoHash},
    {KeyManagement::kEcdhEsA128Kw, "ECDH-ES+A128KW", Family::kEcdhEsKeyWrap, 16,
     kNoOaep, kNoHash},
    {KeyManagement::kEcdhEsA192Kw, "ECDH-ES+A192KW", Family::kEcdhEsKeyWrap, 24,
     kNoOaep, kNoHash},
    {KeyManagement::kEcdhEsA256Kw, "ECDH-ES+A256KW", Family::kEcdhEsKeyWrap, 32,
     kNoOaep, kNoHash},
    {KeyManagement::kPbes2Hs256A128Kw, "PBES2-HS256+A128KW", Family::kPbes2, 16,
     kNoOaep, Hash::kSha256},
    {KeyManagement::kPbes2Hs384A192Kw, "PBES2-HS384+A192KW", Family::kPbes2, 24,
     kNoOaep, Hash::kSha384},
    {KeyManagement::kPbes2Hs512A256Kw, "PBES2-HS512+A256KW", Family::kPbes2, 32,
     kNoOaep, Hash::kSha512},
};
static_assert(sizeof(kKeyManagements) / sizeof(kKeyManagements[0]) ==
                  kNumKeyManagements - 1,
              "one row for every algorithm");

constexpr ContentAlgorithmInfo kContentAlgorithms[] = {
    {ContentAlgorithm::kA128CbcHs256, "A128CBC-HS256",
     ContentEncryption::kAes128CbcHmacSha256},
    {ContentAlgorithm::kA192CbcHs384, "A192CBC-HS384",
     ContentEncryption::kAes192CbcHmacSha384},
    {ContentAlgorithm::kA256CbcHs512, "A256CBC-HS512",
     ContentEncryption::kAes256CbcHmacSha512},
    {ContentAlgorithm::kA128Gcm, "A128GCM", ContentEncryption::kAes128Gcm},
    {ContentAlgorithm::kA192Gcm, "A192GCM", ContentEncryption::kAes192Gcm},
    {ContentAlgorithm::kA256Gcm, "A256GCM", ContentEncryption::kAes256Gcm},
};
static_assert(sizeof(kContentAlgorithms) / sizeof(kContentAlgorithms[0]) ==
                  kNumContentAlgorithms - 1,
              "one row for every algorithm");

bool HasSecretOf(const crypto::KeyMaterial& key, size_t len) {
  const auto* symmetric = absl::get_if<crypto::SymmetricKey>(&key);
  return symmetric != nullptr && symmetric->secret.size() == len;
}

bool HasAnySecret(const crypto::KeyMaterial& key) {
  const auto* symmetric = absl::get_if<crypto::SymmetricKey>(&key);
  return symmetric != nullptr && !symmetric->secret.empty();
}

bool IsLongRsa(const crypto::KeyMaterial& key) {
  const auto* rsa = absl::get_if<crypto::RsaKey>(&key);
  return rsa != nullptr && crypto::RsaModulusBits(*rsa) >= kMinRsaModulusBits;
}

bool CanAgree(const crypto::KeyMaterial& key) {
  return absl::holds_alternative<crypto::EcKey>(key) ||
         absl::holds_alternative<crypto::X25519Key>(key);
}

}  // namespace

absl::Span<const KeyManagementInfo> AllKeyManagements() {
  return kKeyManagements;
}

absl::Span<const ContentAlgorithmInfo> AllContentAlgorithms() {
  return kContentAlgorithms;
}

const KeyManagementInfo& InfoOf(KeyManagement alg) {
  return kKeyManagements[static_cast<size_t>(alg) - 1];
}

const ContentAlgorithmInfo& InfoOf(ContentAlgorithm enc) {
  return kContentAlgorithms[static_cast<size_t>(enc) - 1];
}

absl::string_view AlgorithmName(KeyManagement alg) {
  return alg == KeyManagement::kUnspecified ? "" : InfoOf(alg).name;
}

absl::string_view AlgorithmName(ContentAlgorithm enc) {
  return enc == ContentAlgorithm::kUnspecified ? "" : InfoOf(enc).name;
}

KeyManagement KeyManagementFromName(absl::string_view name) {
  for (const KeyManagementInfo& info : kKeyManagements) {
    if (info.name == name) return info.alg;
  }
  return KeyManagement::kUnspecified;
}

ContentAlgorithm ContentAlgorithmFromName(absl::string_view name) {
  for (const ContentAlgorithmInfo& info : kContentAlgorithms) {
    if (info.name == name) return info.enc;
  }
  return ContentAlgorithm::kUnspecified;
}

bool HasEncryptedKey(KeyManagement alg) {
  const Family family = InfoOf(alg).family;
  return family != Family::kDirect && family != Family::kEcdhEs;
}

bool IsCompatible(KeyManagement alg, ContentAlgorithm enc,
                  const crypto::KeyMaterial& key) {
  if (alg == KeyManagement::kUnspecified ||
      enc == ContentAlgorithm::kUnspecified) {
    return false;
  }
  const KeyManagementInfo& info = InfoOf(alg);
  switch (info.family) {
    case Family::kDirect:
      return HasSecretOf(key, crypto::CekLen(InfoOf(enc).encryption));
    case Family::kAesKeyWrap:
    case Family::kAesGcmWrap:
      return HasSecretOf(key, info.kek_len);
    case Family::kRsaOaep:
      return IsLongRsa(key);
    case Family::kEcdhEs:
    case Family::kEcdhEsKeyWrap:
      return CanAgree(key);
    case Family::kPbes2:
      break;
  }
  return HasAnySecret(key);
}

}  // namespace assay::jose
