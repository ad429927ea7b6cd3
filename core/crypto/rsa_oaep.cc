#include "core/crypto/rsa_oaep.h"

#include <utility>

#include "core/crypto/native_keys.h"

namespace assay::crypto {
namespace {

const EVP_MD* HashMd(OaepHash hash) {
  switch (hash) {
    case OaepHash::kSha1:
      return EVP_sha1();
    case OaepHash::kSha256:
      return EVP_sha256();
    case OaepHash::kSha384:
      return EVP_sha384();
    case OaepHash::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

absl::StatusOr<const RsaKey*> ValidRsaKey(const KeyMaterial& key,
                                          int max_rsa_modulus_bits) {
  const auto* rsa = absl::get_if<RsaKey>(&key);
  if (rsa == nullptr) {
    return absl::InvalidArgumentError("RSA-OAEP needs an RSA key");
  }
  absl::Status status = ValidateKeyMaterial(key, max_rsa_modulus_bits);
  if (!status.ok()) return status;
  return rsa;
}

absl::StatusOr<bssl::UniquePtr<EVP_PKEY>> Prepare(const RsaNumbers& numbers) {
  const auto rsa = NewRsa(numbers);
  bssl::UniquePtr<EVP_PKEY> key(EVP_PKEY_new());
  if (!ClearErrorsUnless(rsa != nullptr && key != nullptr &&
                         EVP_PKEY_set1_RSA(key.get(), rsa.get()) == 1)) {
    return absl::ResourceExhaustedError("no memory for a key");
  }
  return key;
}

bool UseOaep(EVP_PKEY_CTX* ctx, OaepHash hash) {
  return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(ctx, HashMd(hash)) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, HashMd(hash)) == 1;
}

size_t ModulusLen(const EVP_PKEY* key) {
  return static_cast<size_t>(EVP_PKEY_size(key));
}

}  // namespace

RsaOaepEncrypter::RsaOaepEncrypter(bssl::UniquePtr<EVP_PKEY> key)
    : key_(std::move(key)) {}

absl::StatusOr<std::unique_ptr<const RsaOaepEncrypter>>
RsaOaepEncrypter::Create(const KeyMaterial& key, int max_rsa_modulus_bits) {
  const auto rsa = ValidRsaKey(key, max_rsa_modulus_bits);
  if (!rsa.ok()) return rsa.status();
  auto prepared = Prepare({(*rsa)->n, (*rsa)->e, {}, {}, {}, {}, {}, {}});
  if (!prepared.ok()) return prepared.status();
  return std::unique_ptr<const RsaOaepEncrypter>(
      new RsaOaepEncrypter(*std::move(prepared)));
}

size_t RsaOaepEncrypter::EncryptedLen() const { return ModulusLen(key_.get()); }

bool RsaOaepEncrypter::Encrypt(OaepHash hash, absl::string_view cek,
                               uint8_t* encrypted) const {
  bssl::UniquePtr<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(key_.get(), nullptr));
  size_t len = EncryptedLen();
  return ClearErrorsUnless(ctx != nullptr &&
                           EVP_PKEY_encrypt_init(ctx.get()) == 1 &&
                           UseOaep(ctx.get(), hash) &&
                           EVP_PKEY_encrypt(ctx.get(), encrypted, &len,
                                            Bytes(cek), cek.size()) == 1 &&
                           len == EncryptedLen());
}

RsaOaepDecrypter::RsaOaepDecrypter(bssl::UniquePtr<EVP_PKEY> key)
    : key_(std::move(key)) {}

absl::StatusOr<std::unique_ptr<const RsaOaepDecrypter>>
RsaOaepDecrypter::Create(const KeyMaterial& key, int max_rsa_modulus_bits) {
  const auto rsa = ValidRsaKey(key, max_rsa_modulus_bits);
  if (!rsa.ok()) return rsa.status();
  if (!(*rsa)->secret.has_value()) {
    return absl::InvalidArgumentError("a public key cannot decrypt");
  }
  const RsaPrivateNumbers& secret = *(*rsa)->secret;
  auto prepared = Prepare({(*rsa)->n, (*rsa)->e, secret.d.view(),
                           secret.p.view(), secret.q.view(), secret.dp.view(),
                           secret.dq.view(), secret.qi.view()});
  if (!prepared.ok()) return prepared.status();
  return std::unique_ptr<const RsaOaepDecrypter>(
      new RsaOaepDecrypter(*std::move(prepared)));
}

bool RsaOaepDecrypter::Decrypt(OaepHash hash, absl::string_view encrypted,
                               SecretBytes* cek) const {
  bssl::UniquePtr<EVP_PKEY_CTX> ctx(EVP_PKEY_CTX_new(key_.get(), nullptr));
  SecretBytes decrypted(ModulusLen(key_.get()));
  size_t len = decrypted.size();
  if (!ClearErrorsUnless(
          ctx != nullptr && EVP_PKEY_decrypt_init(ctx.get()) == 1 &&
          UseOaep(ctx.get(), hash) &&
          EVP_PKEY_decrypt(ctx.get(), decrypted.data(), &len, Bytes(encrypted),
                           encrypted.size()) == 1)) {
    return false;
  }
  *cek = SecretBytes(decrypted.view().substr(0, len));
  return true;
}

}  // namespace assay::crypto
