#include "core/crypto/plain_boringssl.h"

#include "absl/types/variant.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {
namespace {

const EVP_MD* MdOf(Hash hash) {
  return hash == Hash::kSha256   ? EVP_sha256()
         : hash == Hash::kSha384 ? EVP_sha384()
                                 : EVP_sha512();
}

bssl::UniquePtr<BIGNUM> ToBignum(absl::string_view bytes) {
  return bssl::UniquePtr<BIGNUM>(
      BN_bin2bn(Bytes(bytes), bytes.size(), nullptr));
}

bssl::UniquePtr<RSA> ToRsa(const RsaKey& key) {
  bssl::UniquePtr<RSA> rsa(RSA_new());
  RSA_set0_key(rsa.get(), ToBignum(key.n).release(), ToBignum(key.e).release(),
               ToBignum(key.secret->d.view()).release());
  RSA_set0_factors(rsa.get(), ToBignum(key.secret->p.view()).release(),
                   ToBignum(key.secret->q.view()).release());
  RSA_set0_crt_params(rsa.get(), ToBignum(key.secret->dp.view()).release(),
                      ToBignum(key.secret->dq.view()).release(),
                      ToBignum(key.secret->qi.view()).release());
  return rsa;
}

bssl::UniquePtr<EC_KEY> ToEcKey(const EcKey& key) {
  const int nid = key.curve == Curve::kP256   ? NID_X9_62_prime256v1
                  : key.curve == Curve::kP384 ? NID_secp384r1
                                              : NID_secp521r1;
  bssl::UniquePtr<EC_KEY> ec(EC_KEY_new_by_curve_name(nid));
  EC_KEY_set_public_key_affine_coordinates(ec.get(), ToBignum(key.x).get(),
                                           ToBignum(key.y).get());
  EC_KEY_set_private_key(ec.get(), ToBignum(key.d->view()).get());
  return ec;
}

}  // namespace

struct PlainBoringSsl::State {
  SignatureScheme scheme;
  const EVP_MD* md;
  bssl::ScopedHMAC_CTX hmac;
  bssl::UniquePtr<RSA> rsa;
  bssl::UniquePtr<EC_KEY> ec;
  size_t ec_len = 0;
  uint8_t ed25519_public[32];
  uint8_t ed25519_private[64];

  size_t Digest(absl::string_view message, uint8_t* digest) const {
    unsigned len = 0;
    EVP_Digest(message.data(), message.size(), digest, &len, md, nullptr);
    return len;
  }
  std::string Mac(absl::string_view message);
  bool VerifyRsa(absl::string_view message, absl::string_view signature);
  bool VerifyEcdsa(absl::string_view message, absl::string_view signature);
  bool SignRsa(absl::string_view message, std::string* signature);
  bool SignEcdsa(absl::string_view message, std::string* signature);
};

std::string PlainBoringSsl::State::Mac(absl::string_view message) {
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  HMAC_Init_ex(hmac.get(), nullptr, 0, nullptr, nullptr);
  HMAC_Update(hmac.get(), Bytes(message), message.size());
  HMAC_Final(hmac.get(), mac, &len);
  return std::string(reinterpret_cast<const char*>(mac), len);
}

bool PlainBoringSsl::State::VerifyRsa(absl::string_view message,
                                      absl::string_view signature) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  const size_t len = Digest(message, digest);
  if (scheme.family == SignatureFamily::kRsaPkcs1) {
    return RSA_verify(EVP_MD_type(md), digest, len, Bytes(signature),
                      signature.size(), rsa.get()) == 1;
  }
  return RSA_verify_pss_mgf1(rsa.get(), digest, len, md, md,
                             static_cast<int>(len), Bytes(signature),
                             signature.size()) == 1;
}

bool PlainBoringSsl::State::VerifyEcdsa(absl::string_view message,
                                        absl::string_view signature) {
  if (signature.size() != 2 * ec_len) return false;
  uint8_t digest[EVP_MAX_MD_SIZE];
  const size_t len = Digest(message, digest);
  bssl::UniquePtr<ECDSA_SIG> sig(ECDSA_SIG_new());
  ECDSA_SIG_set0(sig.get(), ToBignum(signature.substr(0, ec_len)).release(),
                 ToBignum(signature.substr(ec_len)).release());
  return ECDSA_do_verify(digest, len, sig.get(), ec.get()) == 1;
}

bool PlainBoringSsl::State::SignRsa(absl::string_view message,
                                    std::string* signature) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  const size_t len = Digest(message, digest);
  signature->resize(RSA_size(rsa.get()));
  auto* const out = reinterpret_cast<uint8_t*>(&(*signature)[0]);
  if (scheme.family == SignatureFamily::kRsaPkcs1) {
    unsigned out_len = 0;
    return RSA_sign(EVP_MD_type(md), digest, len, out, &out_len, rsa.get()) ==
           1;
  }
  size_t out_len = 0;
  return RSA_sign_pss_mgf1(rsa.get(), &out_len, out, signature->size(), digest,
                           len, md, md, static_cast<int>(len)) == 1;
}

bool PlainBoringSsl::State::SignEcdsa(absl::string_view message,
                                      std::string* signature) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  const size_t len = Digest(message, digest);
  bssl::UniquePtr<ECDSA_SIG> sig(ECDSA_do_sign(digest, len, ec.get()));
  if (sig == nullptr) return false;
  signature->resize(2 * ec_len);
  auto* const out = reinterpret_cast<uint8_t*>(&(*signature)[0]);
  return BN_bn2bin_padded(out, ec_len, ECDSA_SIG_get0_r(sig.get())) &&
         BN_bn2bin_padded(out + ec_len, ec_len, ECDSA_SIG_get0_s(sig.get()));
}

PlainBoringSsl::PlainBoringSsl(const KeyMaterial& key, SignatureScheme scheme)
    : state_(std::make_unique<State>()) {
  state_->scheme = scheme;
  state_->md = MdOf(scheme.hash);
  if (const auto* oct = absl::get_if<SymmetricKey>(&key)) {
    HMAC_Init_ex(state_->hmac.get(), oct->secret.data(), oct->secret.size(),
                 state_->md, nullptr);
  } else if (const auto* rsa = absl::get_if<RsaKey>(&key)) {
    state_->rsa = ToRsa(*rsa);
  } else if (const auto* ec = absl::get_if<EcKey>(&key)) {
    state_->ec = ToEcKey(*ec);
    state_->ec_len = CurveCoordinateLen(ec->curve);
  } else {
    ED25519_keypair_from_seed(state_->ed25519_public, state_->ed25519_private,
                              absl::get<Ed25519Key>(key).d->data());
  }
}

PlainBoringSsl::~PlainBoringSsl() = default;

bool PlainBoringSsl::Verify(absl::string_view message,
                            absl::string_view signature) {
  switch (state_->scheme.family) {
    case SignatureFamily::kHmac: {
      const std::string mac = state_->Mac(message);
      return mac.size() == signature.size() &&
             CRYPTO_memcmp(mac.data(), signature.data(), mac.size()) == 0;
    }
    case SignatureFamily::kRsaPkcs1:
    case SignatureFamily::kRsaPss:
      return state_->VerifyRsa(message, signature);
    case SignatureFamily::kEcdsa:
      return state_->VerifyEcdsa(message, signature);
    case SignatureFamily::kEd25519:
      return signature.size() == ED25519_SIGNATURE_LEN &&
             ED25519_verify(Bytes(message), message.size(), Bytes(signature),
                            state_->ed25519_public) == 1;
  }
  return false;
}

bool PlainBoringSsl::Sign(absl::string_view message, std::string* signature) {
  switch (state_->scheme.family) {
    case SignatureFamily::kHmac:
      *signature = state_->Mac(message);
      return true;
    case SignatureFamily::kRsaPkcs1:
    case SignatureFamily::kRsaPss:
      return state_->SignRsa(message, signature);
    case SignatureFamily::kEcdsa:
      return state_->SignEcdsa(message, signature);
    case SignatureFamily::kEd25519: {
      signature->resize(ED25519_SIGNATURE_LEN);
      return ED25519_sign(reinterpret_cast<uint8_t*>(&(*signature)[0]),
                          Bytes(message), message.size(),
                          state_->ed25519_private) == 1;
    }
  }
  return false;
}

}  // namespace assay::crypto
