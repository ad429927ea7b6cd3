// BoringSSL's RSA, and a kernel's, on the same keys and signatures.
#ifndef ASSAY_TESTS_KERNELS_RSA_RSA_REFERENCE_H_
#define ASSAY_TESTS_KERNELS_RSA_RSA_REFERENCE_H_

#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error "not BoringSSL"
#endif
#include <openssl/bn.h>
#include <openssl/digest.h>
#include <openssl/err.h>
#include <openssl/mem.h>
#include <openssl/nid.h>
#include <openssl/rsa.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/crypto/rsa_encoding.h"
#include "core/crypto/signature_scheme.h"
#include "core/simd/rsa/rsa_kernel.h"

namespace assay::simd {

using ByteVector = std::vector<uint8_t>;

inline ByteVector ToBytes(const BIGNUM* number, size_t len) {
  ByteVector bytes(len);
  if (BN_bn2bin_padded(bytes.data(), len, number) != 1) bytes.clear();
  return bytes;
}

inline bssl::UniquePtr<BIGNUM> ToNumber(const ByteVector& bytes) {
  return bssl::UniquePtr<BIGNUM>(
      BN_bin2bn(bytes.data(), bytes.size(), nullptr));
}

// A key for both. Public unless made from a private one.
class TestKey {
 public:
  TestKey(const RsaKernel& kernel, bssl::UniquePtr<RSA> rsa)
      : rsa_(std::move(rsa)),
        modulus_(ToBytes(RSA_get0_n(rsa_.get()), kernel.modulus_len)),
        memory_(new uint8_t[kernel.key_bytes + kAlignment]) {
    kernel.prepare_key(modulus_.data(), prepared());
  }

  // With e = 65537. The modulus need not be the product of two primes.
  static std::unique_ptr<TestKey> OfModulus(const RsaKernel& kernel,
                                            const ByteVector& modulus) {
    bssl::UniquePtr<BIGNUM> n = ToNumber(modulus), e(BN_new());
    BN_set_word(e.get(), 65537);
    bssl::UniquePtr<RSA> rsa(RSA_new());
    RSA_set0_key(rsa.get(), n.release(), e.release(), /*d=*/nullptr);
    return std::make_unique<TestKey>(kernel, std::move(rsa));
  }

  RSA* rsa() const { return rsa_.get(); }
  const ByteVector& modulus() const { return modulus_; }
  void* prepared() const {
    const auto address = reinterpret_cast<uintptr_t>(memory_.get());
    return memory_.get() + (kAlignment - address % kAlignment) % kAlignment;
  }

 private:
  static constexpr size_t kAlignment = 64;

  bssl::UniquePtr<RSA> rsa_;
  ByteVector modulus_;
  std::unique_ptr<uint8_t[]> memory_;
};

// s^e mod n by BoringSSL. False if s is not below n.
inline bool ReferencePower(RSA* rsa, const ByteVector& signature,
                           ByteVector* power) {
  power->assign(RSA_size(rsa), 0);
  size_t len = 0;
  const bool ok =
      RSA_verify_raw(rsa, &len, power->data(), power->size(), signature.data(),
                     signature.size(), RSA_NO_PADDING) == 1;
  if (!ok) ERR_clear_error();
  return ok;
}

inline const EVP_MD* HashMd(crypto::Hash hash) {
  return hash == crypto::Hash::kSha256   ? EVP_sha256()
         : hash == crypto::Hash::kSha384 ? EVP_sha384()
                                         : EVP_sha512();
}

enum class Padding { kPkcs1, kPss };

inline bool ReferenceVerdict(Padding padding, crypto::Hash hash,
                             const ByteVector& digest, RSA* rsa,
                             const ByteVector& signature) {
  const EVP_MD* const md = HashMd(hash);
  const bool ok =
      padding == Padding::kPkcs1
          ? RSA_verify(EVP_MD_type(md), digest.data(), digest.size(),
                       signature.data(), signature.size(), rsa) == 1
          : RSA_verify_pss_mgf1(rsa, digest.data(), digest.size(), md, md,
                                static_cast<int>(digest.size()),
                                signature.data(), signature.size()) == 1;
  if (!ok) ERR_clear_error();
  return ok;
}

// What the encoded message that a kernel made is worth.
inline bool EncodingVerdict(Padding padding, crypto::Hash hash,
                            const ByteVector& digest, const ByteVector& em) {
  if (padding == Padding::kPkcs1) {
    return crypto::MatchesPkcs1Encoding(hash, digest.data(), em.data(),
                                        em.size());
  }
  return crypto::MatchesPssEncoding(hash, digest.data(), em.data(), em.size(),
                                    static_cast<int>(8 * em.size()));
}

}  // namespace assay::simd

#endif  // ASSAY_TESTS_KERNELS_RSA_RSA_REFERENCE_H_
