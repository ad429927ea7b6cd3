// The checks of encoded messages against BoringSSL's.
//
// Input: a byte that chooses the hash, one that chooses how many bits of the
// first byte the modulus has; the digest; the rest is the encoded message.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "tests/kernels/rsa/rsa_reference.h"

namespace assay::simd {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// The one encoding of PKCS #1 1.5; empty if it does not fit.
ByteVector Pkcs1Encoding(crypto::Hash hash, const ByteVector& digest,
                         size_t len) {
  uint8_t* info = nullptr;
  size_t info_len = 0;
  int is_alloced = 0;
  Check(RSA_add_pkcs1_prefix(&info, &info_len, &is_alloced,
                             EVP_MD_type(HashMd(hash)), digest.data(),
                             digest.size()) == 1);
  ByteVector em;
  if (len >= info_len + 11) {
    em = {0, 1};
    em.resize(len - info_len - 1, 0xff);
    em.push_back(0);
    em.insert(em.end(), info, info + info_len);
  }
  if (is_alloced) OPENSSL_free(info);
  return em;
}

bool ReferencePss(crypto::Hash hash, const ByteVector& digest,
                  const ByteVector& em, int modulus_bits) {
  bssl::UniquePtr<BIGNUM> n(BN_new()), e(BN_new());
  BN_set_bit(n.get(), modulus_bits - 1);
  BN_set_word(e.get(), 65537);
  const bssl::UniquePtr<RSA> rsa(RSA_new());
  RSA_set0_key(rsa.get(), n.release(), e.release(), /*d=*/nullptr);
  const bool ok = RSA_verify_PKCS1_PSS_mgf1(
                      rsa.get(), digest.data(), HashMd(hash), HashMd(hash),
                      em.data(), static_cast<int>(digest.size())) == 1;
  if (!ok) ERR_clear_error();
  return ok;
}

void RunInput(const uint8_t* data, size_t size) {
  if (size < 2) return;
  const auto hash = static_cast<crypto::Hash>(data[0] % 3);
  const int top_bits = 1 + data[1] % 8;
  const size_t hash_len = crypto::HashLen(hash);
  if (size < 2 + hash_len + 1 || size > 2 + hash_len + 2048) return;
  const ByteVector digest(data + 2, data + 2 + hash_len);
  const ByteVector em(data + 2 + hash_len, data + size);
  const int bits = 8 * (static_cast<int>(em.size()) - 1) + top_bits;

  Check(
      crypto::MatchesPkcs1Encoding(hash, digest.data(), em.data(), em.size()) ==
      (em == Pkcs1Encoding(hash, digest, em.size())));
  Check(crypto::MatchesPssEncoding(hash, digest.data(), em.data(), em.size(),
                                   bits) ==
        ReferencePss(hash, digest, em, bits));
}

}  // namespace
}  // namespace assay::simd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  assay::simd::RunInput(data, size);
  return 0;
}
