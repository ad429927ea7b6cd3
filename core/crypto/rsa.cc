#include "core/crypto/rsa.h"

#include "core/crypto/digest.h"
#include "core/crypto/native_hash.h"

namespace assay::crypto {
namespace {

int HashNid(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return NID_sha256;
    case Hash::kSha384:
      return NID_sha384;
    case Hash::kSha512:
      return NID_sha512;
  }
  return NID_undef;
}

}  // namespace

bool RsaVerify(SignatureScheme scheme, RSA* rsa, absl::string_view message,
               absl::string_view signature) {
  if (signature.size() != RSA_size(rsa)) return false;
  uint8_t digest[SHA512_DIGEST_LENGTH];
  Digest(scheme.hash, message, digest);
  const size_t hash_len = HashLen(scheme.hash);
  if (scheme.family == SignatureFamily::kRsaPkcs1) {
    return ClearErrorsUnless(RSA_verify(HashNid(scheme.hash), digest, hash_len,
                                        Bytes(signature), signature.size(),
                                        rsa) == 1);
  }
  if (scheme.family != SignatureFamily::kRsaPss) return false;
  const EVP_MD* md = NativeHash(scheme.hash);
  // The salt's length is stated: the library's default accepts any.
  return ClearErrorsUnless(RSA_verify_pss_mgf1(rsa, digest, hash_len, md, md,
                                               static_cast<int>(hash_len),
                                               Bytes(signature),
                                               signature.size()) == 1);
}

bool RsaSign(SignatureScheme scheme, RSA* rsa, absl::string_view message,
             uint8_t* signature) {
  uint8_t digest[SHA512_DIGEST_LENGTH];
  Digest(scheme.hash, message, digest);
  const size_t hash_len = HashLen(scheme.hash);
  if (scheme.family == SignatureFamily::kRsaPkcs1) {
    unsigned len = 0;
    return ClearErrorsUnless(RSA_sign(HashNid(scheme.hash), digest, hash_len,
                                      signature, &len, rsa) == 1 &&
                             len == RSA_size(rsa));
  }
  if (scheme.family != SignatureFamily::kRsaPss) return false;
  const EVP_MD* md = NativeHash(scheme.hash);
  size_t len = 0;
  return ClearErrorsUnless(
      RSA_sign_pss_mgf1(rsa, &len, signature, RSA_size(rsa), digest, hash_len,
                        md, md, static_cast<int>(hash_len)) == 1 &&
      len == RSA_size(rsa));
}

}  // namespace assay::crypto
