// What the tests of the P-256 kernels share: points, keys with the kernels'
// tables, signatures, and BoringSSL's verdict on them.
#ifndef ASSAY_TESTS_KERNELS_P256_REFERENCE_H_
#define ASSAY_TESTS_KERNELS_P256_REFERENCE_H_

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ec_key.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/simd/ecdsa/ecdsa_kernel.h"

namespace assay::simd::p256_test {

using Bytes32 = std::array<uint8_t, 32>;

// A number of 256 bits with the operations modulo n that tests need.
class Number {
 public:
  Number() : Number(0) {}
  explicit Number(uint64_t value);
  explicit Number(const Bytes32& big_endian);
  static Number Order();
  static Number Prime();

  Bytes32 ToBytes() const;  // modulo 2^256
  const BIGNUM* bn() const { return value_.get(); }
  bool IsZero() const { return BN_is_zero(bn()) != 0; }

  // Plain sums and differences; the caller sees to 0 <= result < 2^256.
  friend Number operator+(const Number& a, const Number& b);
  friend Number operator-(const Number& a, const Number& b);
  friend bool operator<(const Number& a, const Number& b) {
    return BN_cmp(a.bn(), b.bn()) < 0;
  }
  // Modulo n.
  static Number MulMod(const Number& a, const Number& b);
  static Number Reduce(const Number& a);
  static Number NegMod(const Number& a);
  static Number InverseMod(const Number& a);

 private:
  std::shared_ptr<BIGNUM> value_;
};

class Point {
 public:
  static Point Generator();
  static Point Multiple(const Number& k) {
    return Sum(k, Number(0), Generator());
  }
  // aG + bP.
  static Point Sum(const Number& a, const Number& b, const Point& p);
  // The point with this x and an even y; false if there is none.
  static bool FromX(const Number& x, Point* point);
  // From 0x04 || x || y; false if that is no point.
  static bool FromBytes(absl::string_view bytes, Point* point);

  bool IsInfinity() const;
  Number X() const;
  Number Y() const;
  const EC_POINT* get() const { return point_.get(); }

 private:
  Point();
  std::shared_ptr<EC_POINT> point_;
};

// A public key, in BoringSSL's form and in each kernel's.
class Key {
 public:
  explicit Key(const Point& q);
  static std::shared_ptr<const Key> Make(const Point& q) {
    return std::make_shared<const Key>(q);
  }

  const EC_KEY* ec_key() const { return ec_key_.get(); }
  const void* Prepared(const EcdsaKernel& kernel) const;
  // `window_bits` 0 is "no table": null.
  const void* Table(const EcdsaKernel& kernel, int window_bits) const;

 private:
  struct Free {
    void operator()(void* p) const { std::free(p); }
  };
  using Memory = std::unique_ptr<void, Free>;
  Number x_, y_;
  std::shared_ptr<EC_KEY> ec_key_;
  mutable std::map<const EcdsaKernel*, Memory> prepared_;
  mutable std::map<std::pair<const EcdsaKernel*, int>, Memory> tables_;
};

// A signature to judge, and what BoringSSL says of it.
struct Case {
  const char* what;
  std::shared_ptr<const Key> key;
  Bytes32 r, s, digest;
  bool valid = false;
  // Whether a kernel may leave it to BoringSSL.
  bool may_be_undecided = false;
};

bool BoringSslVerdict(const Key& key, const Bytes32& r, const Bytes32& s,
                      const Bytes32& digest);
// With `valid` filled in.
Case Judged(Case c);

// The kernels of this machine.
std::vector<const EcdsaKernel*> Kernels();
// Those with which `kernel` works: its windows, and 0 if it needs no table.
std::vector<int> WindowsOf(const EcdsaKernel& kernel);

EcdsaJob MakeJob(const EcdsaKernel& kernel, int window_bits, const Case& c);

}  // namespace assay::simd::p256_test

#endif  // ASSAY_TESTS_KERNELS_P256_REFERENCE_H_
