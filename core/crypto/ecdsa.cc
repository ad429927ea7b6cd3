#include "core/crypto/ecdsa.h"

#include "core/crypto/digest.h"

namespace assay::crypto {
namespace {

// A number in [1, n-1]. BoringSSL checks this as well, but a verifier that
// forgets it takes an all-zero signature for any message (CVE-2022-21449), so
// it is not left to the library alone.
bssl::UniquePtr<BIGNUM> ParseScalar(const EC_KEY* key,
                                    absl::string_view bytes) {
  bssl::UniquePtr<BIGNUM> number(
      BN_bin2bn(Bytes(bytes), bytes.size(), nullptr));
  const BIGNUM* order = EC_GROUP_get0_order(EC_KEY_get0_group(key));
  if (!number || BN_is_zero(number.get())) return nullptr;
  return BN_ucmp(number.get(), order) < 0 ? std::move(number) : nullptr;
}

// Null unless `signature` is two numbers in range, of exactly the right length:
// splitting in the middle instead would let an odd length pass.
bssl::UniquePtr<ECDSA_SIG> ParseSignature(Curve curve, const EC_KEY* key,
                                          absl::string_view signature) {
  const size_t len = CurveCoordinateLen(curve);
  if (signature.size() != 2 * len) return nullptr;
  auto r = ParseScalar(key, signature.substr(0, len));
  auto s = ParseScalar(key, signature.substr(len));
  bssl::UniquePtr<ECDSA_SIG> sig(ECDSA_SIG_new());
  if (!r || !s || !sig) return nullptr;
  // Takes both, and fails only for null.
  ECDSA_SIG_set0(sig.get(), r.release(), s.release());
  return sig;
}

}  // namespace

bool EcdsaVerify(Curve curve, const EC_KEY* key, absl::string_view message,
                 absl::string_view signature) {
  const auto sig = ParseSignature(curve, key, signature);
  if (sig == nullptr) return false;
  uint8_t digest[SHA512_DIGEST_LENGTH];
  Digest(CurveHash(curve), message, digest);
  return ClearErrorsUnless(
      ECDSA_do_verify(digest, HashLen(CurveHash(curve)), sig.get(), key) == 1);
}

bool EcdsaSign(Curve curve, const EC_KEY* key, absl::string_view message,
               uint8_t* signature) {
  uint8_t digest[SHA512_DIGEST_LENGTH];
  Digest(CurveHash(curve), message, digest);
  bssl::UniquePtr<ECDSA_SIG> sig(
      ECDSA_do_sign(digest, HashLen(CurveHash(curve)), key));
  const size_t len = CurveCoordinateLen(curve);
  return ClearErrorsUnless(
      sig != nullptr &&
      BN_bn2bin_padded(signature, len, ECDSA_SIG_get0_r(sig.get())) &&
      BN_bn2bin_padded(signature + len, len, ECDSA_SIG_get0_s(sig.get())));
}

}  // namespace assay::crypto
