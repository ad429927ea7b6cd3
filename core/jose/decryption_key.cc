#include "core/jose/decryption_key.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/aes_gcm_key_wrap.h"
#include "core/crypto/aes_key_wrap.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/key_agreement.h"
#include "core/crypto/random.h"
#include "core/crypto/rsa_oaep.h"
#include "core/jose/key_around.h"
#include "core/jose/key_derivation.h"
#include "core/jose/key_fit.h"

namespace assay::jose {
namespace {

using R = DecryptReason;
using KeyOrError = absl::StatusOr<std::unique_ptr<const DecryptionKey>>;

size_t CekLenOf(ContentAlgorithm enc) {
  return crypto::CekLen(InfoOf(enc).encryption);
}

class DirectDecryptionKey final : public DecryptionKey {
 public:
  explicit DirectDecryptionKey(absl::string_view secret)
      : DecryptionKey(KeyManagement::kDir), direct_(secret) {}

  bool Serves(ContentAlgorithm enc) const override {
    return direct_.CipherFor(enc) != nullptr;
  }

  R FindContentKey(const JweHeader& header, absl::string_view, IterationBudget*,
                   ContentKey* content_key) const override {
    const crypto::ContentCipher* cipher = direct_.CipherFor(header.enc);
    if (cipher == nullptr) return R::kAlgorithmNotOfKey;
    *content_key = ContentKey::Shared(cipher);
    return R::kValid;
  }

 private:
  const DirectKey direct_;
};

// Those that find out a key for each token, or fail.
class UnwrappingKey : public DecryptionKey {
 public:
  R FindContentKey(const JweHeader& header, absl::string_view encrypted_key,
                   IterationBudget*, ContentKey* content_key) const override {
    // RFC 7516 11.5. Made in any case, so that it costs the same.
    SecretBytes random(CekLenOf(header.enc));
    crypto::RandomBytes(random.data(), random.size());
    SecretBytes cek;
    const bool found =
        Unwrap(header, encrypted_key, &cek) && cek.size() == random.size();
    *content_key = ContentKey::Own(header.enc, (found ? cek : random).view());
    return R::kValid;
  }

 protected:
  using DecryptionKey::DecryptionKey;

  // False for every failure alike. What is in `*cek` may have any length.
  virtual bool Unwrap(const JweHeader& header, absl::string_view encrypted_key,
                      SecretBytes* cek) const = 0;
};

// The length is looked at first: it is plain to see, and bounds the work.
bool UnwrapAes(const crypto::AesKeyWrap& wrap, ContentAlgorithm enc,
               absl::string_view encrypted_key, SecretBytes* cek) {
  return encrypted_key.size() ==
             crypto::AesKeyWrap::WrappedLen(CekLenOf(enc)) &&
         wrap.Unwrap(encrypted_key, cek);
}

bool UnwrapAes(absl::string_view kek, ContentAlgorithm enc,
               absl::string_view encrypted_key, SecretBytes* cek) {
  const auto wrap = crypto::AesKeyWrap::Create(kek);
  return wrap.ok() && UnwrapAes(**wrap, enc, encrypted_key, cek);
}

class AesDecryptionKey final : public UnwrappingKey {
 public:
  AesDecryptionKey(KeyManagement alg,
                   std::unique_ptr<const crypto::AesKeyWrap> wrap)
      : UnwrappingKey(alg), wrap_(std::move(wrap)) {}

 private:
  bool Unwrap(const JweHeader& header, absl::string_view encrypted_key,
              SecretBytes* cek) const override {
    return UnwrapAes(*wrap_, header.enc, encrypted_key, cek);
  }

  const std::unique_ptr<const crypto::AesKeyWrap> wrap_;
};

class AesGcmDecryptionKey final : public UnwrappingKey {
 public:
  AesGcmDecryptionKey(KeyManagement alg,
                      std::unique_ptr<const crypto::AesGcmKeyWrap> wrap)
      : UnwrappingKey(alg), wrap_(std::move(wrap)) {}

 private:
  bool Unwrap(const JweHeader& header, absl::string_view encrypted_key,
              SecretBytes* cek) const override {
    return encrypted_key.size() == CekLenOf(header.enc) &&
           wrap_->Unwrap(header.iv, encrypted_key, header.tag, cek);
  }

  const std::unique_ptr<const crypto::AesGcmKeyWrap> wrap_;
};

class RsaDecryptionKey final : public UnwrappingKey {
 public:
  RsaDecryptionKey(KeyManagement alg,
                   std::unique_ptr<const crypto::RsaOaepDecrypter> decrypter)
      : UnwrappingKey(alg), decrypter_(std::move(decrypter)) {}

 private:
  bool Unwrap(const JweHeader& header, absl::string_view encrypted_key,
              SecretBytes* cek) const override {
    return decrypter_->Decrypt(InfoOf(header.alg).oaep, encrypted_key, cek);
  }

  const std::unique_ptr<const crypto::RsaOaepDecrypter> decrypter_;
};

class AgreementDecryptionKey final : public UnwrappingKey {
 public:
  AgreementDecryptionKey(
      KeyManagement alg,
      std::unique_ptr<const crypto::AgreementRecipient> recipient)
      : UnwrappingKey(alg), recipient_(std::move(recipient)) {}

 private:
  bool Unwrap(const JweHeader& header, absl::string_view encrypted_key,
              SecretBytes* cek) const override {
    SecretBytes secret, key;
    if (!header.epk.has_value() || !recipient_->Agree(*header.epk, &secret) ||
        !DeriveAgreedKey(header.alg, header.enc, secret.view(), header.apu,
                         header.apv, &key)) {
      return false;
    }
    if (HasEncryptedKey(header.alg)) {
      return UnwrapAes(key.view(), header.enc, encrypted_key, cek);
    }
    *cek = std::move(key);
    return true;
  }

  const std::unique_ptr<const crypto::AgreementRecipient> recipient_;
};

class PasswordDecryptionKey final : public UnwrappingKey {
 public:
  PasswordDecryptionKey(KeyManagement alg, SecretBytes password)
      : UnwrappingKey(alg), password_(std::move(password)) {}

  R FindContentKey(const JweHeader& header, absl::string_view encrypted_key,
                   IterationBudget* budget,
                   ContentKey* content_key) const override {
    if (!budget->Charge(std::max(header.p2c, kMinPbes2Iterations))) {
      return R::kIterationBudgetSpent;
    }
    return UnwrappingKey::FindContentKey(header, encrypted_key, budget,
                                         content_key);
  }

 private:
  bool Unwrap(const JweHeader& header, absl::string_view encrypted_key,
              SecretBytes* cek) const override {
    SecretBytes key;
    return DerivePasswordKey(header.alg, password_.view(), header.p2s,
                             header.p2c, &key) &&
           UnwrapAes(key.view(), header.enc, encrypted_key, cek);
  }

  const SecretBytes password_;
};

}  // namespace

KeyOrError DecryptionKey::Create(KeyManagement alg,
                                 const crypto::KeyMaterial& key,
                                 int max_rsa_modulus_bits) {
  absl::Status status = CheckKeyFits(alg, key);
  if (!status.ok()) return status;
  const auto* symmetric = absl::get_if<crypto::SymmetricKey>(&key);
  switch (InfoOf(alg).family) {
    case KeyManagementFamily::kDirect:
      return std::make_unique<const DirectDecryptionKey>(
          symmetric->secret.view());
    case KeyManagementFamily::kAesKeyWrap:
      return KeyAround<AesDecryptionKey>(
          alg, crypto::AesKeyWrap::Create(symmetric->secret.view()));
    case KeyManagementFamily::kAesGcmWrap:
      return KeyAround<AesGcmDecryptionKey>(
          alg, crypto::AesGcmKeyWrap::Create(symmetric->secret.view()));
    case KeyManagementFamily::kRsaOaep:
      return KeyAround<RsaDecryptionKey>(
          alg, crypto::RsaOaepDecrypter::Create(key, max_rsa_modulus_bits));
    case KeyManagementFamily::kEcdhEs:
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return KeyAround<AgreementDecryptionKey>(
          alg, crypto::AgreementRecipient::Create(key));
    case KeyManagementFamily::kPbes2:
      break;
  }
  return std::make_unique<const PasswordDecryptionKey>(
      alg, symmetric->secret.Clone());
}

}  // namespace assay::jose
