#include "core/jose/encryption_key.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
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
#include "core/jose/random_iv_uses.h"

namespace assay::jose {
namespace {

using KeyOrError = absl::StatusOr<std::unique_ptr<const EncryptionKey>>;

constexpr size_t kGcmIvBytes = 12;   // RFC 7518 4.7.1.1
constexpr size_t kGcmTagBytes = 16;  // RFC 7518 4.7.1.2
constexpr size_t kSaltBytes = 16;    // As in RFC 7517 appendix C.

std::string Random(size_t len) {
  std::string bytes(len, '\0');
  crypto::RandomBytes(Data(&bytes), len);
  return bytes;
}

absl::Status SecretWornOut() {
  return absl::ResourceExhaustedError(
      "the secret has encrypted as many tokens as is safe with random IVs "
      "(2^32, NIST SP 800-38D 8.3): use a new one, or an alg that makes a key "
      "for each token");
}

class DirectEncryptionKey final : public EncryptionKey {
 public:
  explicit DirectEncryptionKey(absl::string_view secret)
      : EncryptionKey(KeyManagement::kDir), direct_(secret) {}

  bool Serves(ContentAlgorithm enc) const override {
    return direct_.CipherFor(enc) != nullptr;
  }

  absl::Status MakeContentKey(const EncryptOptions& options, IterationBudget*,
                              ContentKey* content_key,
                              KeyParameters*) const override {
    const crypto::ContentCipher* cipher = direct_.CipherFor(options.enc);
    if (cipher == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("the secret has not the length that ",
                       AlgorithmName(options.enc), " needs under \"dir\""));
    }
    if (crypto::IsGcm(InfoOf(options.enc).encryption) && !ivs_.Take()) {
      return SecretWornOut();
    }
    *content_key = ContentKey::Shared(cipher);
    return absl::OkStatus();
  }

 private:
  const DirectKey direct_;
  mutable RandomIvUses ivs_;
};

// Those that wrap a random key for each token.
class WrappingKey : public EncryptionKey {
 public:
  absl::Status MakeContentKey(const EncryptOptions& options,
                              IterationBudget* budget, ContentKey* content_key,
                              KeyParameters* parameters) const override {
    SecretBytes cek(crypto::CekLen(InfoOf(options.enc).encryption));
    crypto::RandomBytes(cek.data(), cek.size());
    absl::Status status = Wrap(options, budget, cek.view(), parameters);
    if (!status.ok()) return status;
    *content_key = ContentKey::Own(options.enc, cek.view());
    return absl::OkStatus();
  }

  absl::Status WrapSharedKey(const EncryptOptions& options,
                             IterationBudget* budget, absl::string_view cek,
                             KeyParameters* parameters) const override {
    return Wrap(options, budget, cek, parameters);
  }

 protected:
  using EncryptionKey::EncryptionKey;

  virtual absl::Status Wrap(const EncryptOptions& options,
                            IterationBudget* budget, absl::string_view cek,
                            KeyParameters* parameters) const = 0;
};

absl::Status OkIf(bool done) {
  if (done) return absl::OkStatus();
  return absl::InternalError("the content encryption key cannot be wrapped");
}

absl::Status WrapAes(const crypto::AesKeyWrap& wrap, absl::string_view cek,
                     std::string* encrypted_key) {
  encrypted_key->resize(crypto::AesKeyWrap::WrappedLen(cek.size()));
  return OkIf(wrap.Wrap(cek, Data(encrypted_key)));
}

absl::Status WrapAes(absl::string_view kek, absl::string_view cek,
                     std::string* encrypted_key) {
  const auto wrap = crypto::AesKeyWrap::Create(kek);
  return wrap.ok() ? WrapAes(**wrap, cek, encrypted_key) : wrap.status();
}

class AesEncryptionKey final : public WrappingKey {
 public:
  AesEncryptionKey(KeyManagement alg,
                   std::unique_ptr<const crypto::AesKeyWrap> wrap)
      : WrappingKey(alg), wrap_(std::move(wrap)) {}

 private:
  absl::Status Wrap(const EncryptOptions&, IterationBudget*,
                    absl::string_view cek,
                    KeyParameters* parameters) const override {
    return WrapAes(*wrap_, cek, &parameters->encrypted_key);
  }

  const std::unique_ptr<const crypto::AesKeyWrap> wrap_;
};

class AesGcmEncryptionKey final : public WrappingKey {
 public:
  AesGcmEncryptionKey(KeyManagement alg,
                      std::unique_ptr<const crypto::AesGcmKeyWrap> wrap)
      : WrappingKey(alg), wrap_(std::move(wrap)) {}

 private:
  absl::Status Wrap(const EncryptOptions&, IterationBudget*,
                    absl::string_view cek,
                    KeyParameters* parameters) const override {
    if (!ivs_.Take()) return SecretWornOut();
    parameters->iv = Random(kGcmIvBytes);
    parameters->tag.resize(kGcmTagBytes);
    parameters->encrypted_key.resize(cek.size());
    return OkIf(wrap_->Wrap(parameters->iv, cek,
                            Data(&parameters->encrypted_key),
                            Data(&parameters->tag)));
  }

  const std::unique_ptr<const crypto::AesGcmKeyWrap> wrap_;
  mutable RandomIvUses ivs_;
};

class RsaEncryptionKey final : public WrappingKey {
 public:
  RsaEncryptionKey(KeyManagement alg,
                   std::unique_ptr<const crypto::RsaOaepEncrypter> encrypter)
      : WrappingKey(alg), encrypter_(std::move(encrypter)) {}

 private:
  absl::Status Wrap(const EncryptOptions&, IterationBudget*,
                    absl::string_view cek,
                    KeyParameters* parameters) const override {
    parameters->encrypted_key.resize(encrypter_->EncryptedLen());
    return OkIf(encrypter_->Encrypt(InfoOf(alg()).oaep, cek,
                                    Data(&parameters->encrypted_key)));
  }

  const std::unique_ptr<const crypto::RsaOaepEncrypter> encrypter_;
};

absl::Status AgreeOnKey(const crypto::AgreementSender& sender,
                        KeyManagement alg, const EncryptOptions& options,
                        KeyParameters* parameters, SecretBytes* key) {
  SecretBytes secret;
  if (!sender.Agree(&parameters->epk.emplace(), &secret) ||
      !DeriveAgreedKey(alg, options.enc, secret.view(), options.apu,
                       options.apv, key)) {
    return absl::InternalError("no key can be agreed upon");
  }
  return absl::OkStatus();
}

// RFC 7518 4.6, direct: what is agreed upon is the content's key.
class AgreementEncryptionKey final : public EncryptionKey {
 public:
  AgreementEncryptionKey(KeyManagement alg,
                         std::unique_ptr<const crypto::AgreementSender> sender)
      : EncryptionKey(alg), sender_(std::move(sender)) {}

  absl::Status MakeContentKey(const EncryptOptions& options, IterationBudget*,
                              ContentKey* content_key,
                              KeyParameters* parameters) const override {
    SecretBytes cek;
    absl::Status status =
        AgreeOnKey(*sender_, alg(), options, parameters, &cek);
    if (!status.ok()) return status;
    *content_key = ContentKey::Own(options.enc, cek.view());
    return absl::OkStatus();
  }

 private:
  const std::unique_ptr<const crypto::AgreementSender> sender_;
};

// RFC 7518 4.6, with key wrapping.
class AgreementWrappingKey final : public WrappingKey {
 public:
  AgreementWrappingKey(KeyManagement alg,
                       std::unique_ptr<const crypto::AgreementSender> sender)
      : WrappingKey(alg), sender_(std::move(sender)) {}

 private:
  absl::Status Wrap(const EncryptOptions& options, IterationBudget*,
                    absl::string_view cek,
                    KeyParameters* parameters) const override {
    SecretBytes kek;
    absl::Status status =
        AgreeOnKey(*sender_, alg(), options, parameters, &kek);
    if (!status.ok()) return status;
    return WrapAes(kek.view(), cek, &parameters->encrypted_key);
  }

  const std::unique_ptr<const crypto::AgreementSender> sender_;
};

class PasswordEncryptionKey final : public WrappingKey {
 public:
  PasswordEncryptionKey(KeyManagement alg, SecretBytes password)
      : WrappingKey(alg), password_(std::move(password)) {}

 private:
  absl::Status Wrap(const EncryptOptions& options, IterationBudget* budget,
                    absl::string_view cek,
                    KeyParameters* parameters) const override {
    if (!budget->Charge(options.p2c)) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "the batch's budget of PBES2 iterations has ", budget->left(),
          " left, and this token takes ", options.p2c));
    }
    parameters->p2s = Random(kSaltBytes);
    SecretBytes kek;
    if (!DerivePasswordKey(alg(), password_.view(), parameters->p2s,
                           options.p2c, &kek)) {
      return OkIf(false);
    }
    return WrapAes(kek.view(), cek, &parameters->encrypted_key);
  }

  const SecretBytes password_;
};

}  // namespace

absl::Status NoKeyToShare(KeyManagement alg) {
  return absl::InvalidArgumentError(
      absl::StrCat(AlgorithmName(alg),
                   " leaves no key that several recipients could share: "
                   "encrypt for one alone, or name an alg that wraps a key"));
}

absl::Status EncryptionKey::WrapSharedKey(const EncryptOptions&,
                                          IterationBudget*, absl::string_view,
                                          KeyParameters*) const {
  return NoKeyToShare(alg());
}

KeyOrError EncryptionKey::Create(KeyManagement alg,
                                 const crypto::KeyMaterial& key,
                                 int max_rsa_modulus_bits) {
  absl::Status status = CheckKeyFits(alg, key);
  if (!status.ok()) return status;
  const auto* symmetric = absl::get_if<crypto::SymmetricKey>(&key);
  switch (InfoOf(alg).family) {
    case KeyManagementFamily::kDirect:
      return std::make_unique<const DirectEncryptionKey>(
          symmetric->secret.view());
    case KeyManagementFamily::kAesKeyWrap:
      return KeyAround<AesEncryptionKey>(
          alg, crypto::AesKeyWrap::Create(symmetric->secret.view()));
    case KeyManagementFamily::kAesGcmWrap:
      return KeyAround<AesGcmEncryptionKey>(
          alg, crypto::AesGcmKeyWrap::Create(symmetric->secret.view()));
    case KeyManagementFamily::kRsaOaep:
      return KeyAround<RsaEncryptionKey>(
          alg, crypto::RsaOaepEncrypter::Create(key, max_rsa_modulus_bits));
    case KeyManagementFamily::kEcdhEs:
      return KeyAround<AgreementEncryptionKey>(
          alg, crypto::AgreementSender::Create(key));
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return KeyAround<AgreementWrappingKey>(
          alg, crypto::AgreementSender::Create(key));
    case KeyManagementFamily::kPbes2:
      break;
  }
  return std::make_unique<const PasswordEncryptionKey>(
      alg, symmetric->secret.Clone());
}

}  // namespace assay::jose
