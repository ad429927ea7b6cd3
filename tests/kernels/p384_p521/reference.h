// What BoringSSL says of ES384 and ES512 signatures, and signatures made to
// measure, for tests that compare a kernel with it.
//
// Thread safety: none; one object for one thread.
#ifndef ASSAY_TESTS_KERNELS_P384_P521_REFERENCE_H_
#define ASSAY_TESTS_KERNELS_P384_P521_REFERENCE_H_

#include <openssl/base.h>

#ifndef OPENSSL_IS_BORINGSSL
#error "These are OpenSSL's headers: depend on boringssl_crypto"
#endif

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/simd/ecdsa/ecdsa_kernel.h"

namespace assay::simd {

// A number of BoringSSL with the operators that tests want.
class Number {
 public:
  Number() : Number(0) {}
  explicit Number(uint64_t value);
  explicit Number(const BIGNUM& value) : value_(BN_dup(&value)) {}
  Number(const Number& other) : Number(*other.get()) {}
  Number(Number&& other) = default;
  Number& operator=(const Number& other) { return *this = Number(other); }
  Number& operator=(Number&& other) = default;
  static Number FromBytes(const std::string& bytes);
  static Number PowerOf2(int exponent);

  const BIGNUM* get() const { return value_.get(); }
  BIGNUM* get() { return value_.get(); }
  // Big-endian; the number must fit.
  std::string Bytes(size_t len) const;

  Number operator+(const Number& other) const;
  Number operator-(const Number& other) const;
  bool operator<(const Number& other) const;
  bool operator==(const Number& other) const;

 private:
  bssl::UniquePtr<BIGNUM> value_;
};

struct Signature {
  std::string r, s, digest;
};

// A point of the curve, as a public key: not infinity.
class PublicKey {
 public:
  PublicKey(const EC_GROUP* group, const EC_POINT* point);

  const EC_POINT* point() const { return EC_KEY_get0_public_key(key_.get()); }
  const std::string& x() const { return x_; }
  const std::string& y() const { return y_; }
  bool Verify(const Signature& signature) const;

 private:
  bssl::UniquePtr<EC_KEY> key_;
  std::string x_, y_;
};

class Reference {
 public:
  // NID_secp384r1 or NID_secp521r1.
  explicit Reference(int nid);

  size_t coordinate_len() const { return coordinate_len_; }
  size_t digest_len() const { return digest_len_; }
  const Number& p() const { return p_; }
  const Number& n() const { return n_; }
  const EC_GROUP* group() const { return group_; }

  // Modulo n.
  Number Multiply(const Number& a, const Number& b) const;
  Number Inverse(const Number& a) const;
  Number Negative(const Number& a) const;

  // k G, for k that is not 0 modulo n.
  PublicKey Multiple(const Number& k) const;
  // x coordinate of k G, modulo n.
  Number XOfMultiple(const Number& k) const;

  Signature MakeSignature(const Number& r, const Number& s,
                          const std::string& digest) const;
  // Signed with the private key k and the nonce.
  Signature Sign(const Number& private_key, const Number& nonce,
                 const std::string& digest) const;
  // The key under which (x of R modulo n, s) is good for the digest:
  // (s R - z G) / r. Null if there is no point with that x, or it is infinity.
  std::unique_ptr<PublicKey> KeyFor(const Number& x_of_r, const Number& s,
                                    const std::string& digest) const;

 private:
  const EC_GROUP* const group_;
  size_t coordinate_len_, digest_len_;
  Number p_, n_;
};

// A key prepared for a kernel, with a table of every window.
class KernelKey {
 public:
  KernelKey(const EcdsaKernel& kernel, const PublicKey& key);
  bool has_tables() const { return has_tables_; }
  // `path` is an index of window_sizes, or the number of these: cold.
  EcdsaJob Job(size_t path, const Signature& signature) const;

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  using Memory = std::unique_ptr<void, Free>;
  static Memory Allocate(size_t bytes);

  const EcdsaKernel& kernel_;
  Memory key_;
  std::vector<Memory> tables_;
  bool has_tables_ = true;
};

size_t NumWindows(const EcdsaKernel& kernel);

}  // namespace assay::simd

#endif  // ASSAY_TESTS_KERNELS_P384_P521_REFERENCE_H_
