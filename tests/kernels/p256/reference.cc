#include "tests/kernels/p256/reference.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/nid.h>

#include <cstdlib>
#include <utility>

#include "core/simd/ecdsa/p256_avx512.h"
#include "core/simd/ecdsa/p256_portable.h"

namespace assay::simd::p256_test {
namespace {

// Every call here succeeds, or the test is broken.
void Require(bool ok) {
  if (!ok) std::abort();
}

BN_CTX* Context() {
  static BN_CTX* const context = BN_CTX_new();
  return context;
}

const EC_GROUP* Group() {
  static const EC_GROUP* const group =
      EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  return group;
}

BIGNUM* Writable(const Number& a) { return const_cast<BIGNUM*>(a.bn()); }

void* Aligned(size_t size) {
  void* const memory = std::aligned_alloc(64, (size + 63) / 64 * 64);
  Require(memory != nullptr);
  return memory;
}

}  // namespace

Number::Number(uint64_t value) : value_(BN_new(), BN_free) {
  Require(BN_set_u64(value_.get(), value) == 1);
}

Number::Number(const Bytes32& big_endian)
    : value_(BN_bin2bn(big_endian.data(), 32, nullptr), BN_free) {}

Number Number::Order() {
  Number n;
  Require(BN_copy(Writable(n), EC_GROUP_get0_order(Group())) != nullptr);
  return n;
}

Number Number::Prime() {
  Number p;
  Require(EC_GROUP_get_curve_GFp(Group(), Writable(p), nullptr, nullptr,
                                 Context()) == 1);
  return p;
}

Bytes32 Number::ToBytes() const {
  Bytes32 bytes;
  Require(BN_bn2bin_padded(bytes.data(), 32, bn()) == 1);
  return bytes;
}

Number operator+(const Number& a, const Number& b) {
  Number r;
  Require(BN_add(Writable(r), a.bn(), b.bn()) == 1);
  return r;
}

Number operator-(const Number& a, const Number& b) {
  Number r;
  Require(BN_sub(Writable(r), a.bn(), b.bn()) == 1);
  return r;
}

Number Number::MulMod(const Number& a, const Number& b) {
  Number r;
  Require(BN_mod_mul(Writable(r), a.bn(), b.bn(), Order().bn(), Context()) ==
          1);
  return r;
}

Number Number::Reduce(const Number& a) { return MulMod(a, Number(1)); }

Number Number::NegMod(const Number& a) { return Reduce(Order() - Reduce(a)); }

Number Number::InverseMod(const Number& a) {
  Number r;
  Require(BN_mod_inverse(Writable(r), a.bn(), Order().bn(), Context()) !=
          nullptr);
  return r;
}

Point::Point() : point_(EC_POINT_new(Group()), EC_POINT_free) {}

Point Point::Generator() {
  Point p;
  Require(EC_POINT_copy(p.point_.get(), EC_GROUP_get0_generator(Group())) == 1);
  return p;
}

Point Point::Sum(const Number& a, const Number& b, const Point& p) {
  Point sum;
  const Number a_reduced = Number::Reduce(a), b_reduced = Number::Reduce(b);
  Require(EC_POINT_mul(Group(), sum.point_.get(), a_reduced.bn(), p.get(),
                       b_reduced.bn(), Context()) == 1);
  return sum;
}

bool Point::FromX(const Number& x, Point* point) {
  *point = Point();
  const int ok = EC_POINT_set_compressed_coordinates_GFp(
      Group(), point->point_.get(), x.bn(), 0, Context());
  ERR_clear_error();
  return ok == 1;
}

bool Point::FromBytes(absl::string_view bytes, Point* point) {
  *point = Point();
  const int ok = EC_POINT_oct2point(
      Group(), point->point_.get(),
      reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), Context());
  ERR_clear_error();
  return ok == 1;
}

bool Point::IsInfinity() const {
  return EC_POINT_is_at_infinity(Group(), get()) == 1;
}

Number Point::X() const {
  Number x;
  Require(EC_POINT_get_affine_coordinates_GFp(Group(), get(), Writable(x),
                                              nullptr, Context()) == 1);
  return x;
}

Number Point::Y() const {
  Number y;
  Require(EC_POINT_get_affine_coordinates_GFp(Group(), get(), nullptr,
                                              Writable(y), Context()) == 1);
  return y;
}

Key::Key(const Point& q)
    : x_(q.X()),
      y_(q.Y()),
      ec_key_(EC_KEY_new_by_curve_name(NID_X9_62_prime256v1), EC_KEY_free) {
  Require(EC_KEY_set_public_key(ec_key_.get(), q.get()) == 1);
}

const void* Key::Prepared(const EcdsaKernel& kernel) const {
  Memory& memory = prepared_[&kernel];
  if (memory == nullptr) {
    memory.reset(Aligned(kernel.key_bytes));
    kernel.prepare_key(x_.ToBytes().data(), y_.ToBytes().data(), memory.get());
  }
  return memory.get();
}

const void* Key::Table(const EcdsaKernel& kernel, int window_bits) const {
  if (window_bits == 0) return nullptr;
  Memory& memory = tables_[{&kernel, window_bits}];
  if (memory == nullptr) {
    memory.reset(Aligned(kernel.table_bytes(window_bits)));
    Require(kernel.build_table(Prepared(kernel), window_bits, memory.get()));
  }
  return memory.get();
}

bool BoringSslVerdict(const Key& key, const Bytes32& r, const Bytes32& s,
                      const Bytes32& digest) {
  ECDSA_SIG* const signature = ECDSA_SIG_new();
  Require(ECDSA_SIG_set0(signature, BN_bin2bn(r.data(), 32, nullptr),
                         BN_bin2bn(s.data(), 32, nullptr)) == 1);
  const bool valid = ECDSA_do_verify(digest.data(), digest.size(), signature,
                                     key.ec_key()) == 1;
  ECDSA_SIG_free(signature);
  ERR_clear_error();
  return valid;
}

Case Judged(Case c) {
  c.valid = BoringSslVerdict(*c.key, c.r, c.s, c.digest);
  return c;
}

std::vector<const EcdsaKernel*> Kernels() {
  std::vector<const EcdsaKernel*> kernels = {P256PortableKernel()};
  if (P256Avx512Kernel() != nullptr) kernels.push_back(P256Avx512Kernel());
  return kernels;
}

std::vector<int> WindowsOf(const EcdsaKernel& kernel) {
  std::vector<int> windows;
  if (kernel.min_cold_batch != 0) windows.push_back(0);
  for (const int* w = kernel.window_sizes; *w != 0; ++w) windows.push_back(*w);
  return windows;
}

EcdsaJob MakeJob(const EcdsaKernel& kernel, int window_bits, const Case& c) {
  return {c.key->Prepared(kernel),
          c.key->Table(kernel, window_bits),
          window_bits,
          c.r.data(),
          c.s.data(),
          c.digest.data()};
}

}  // namespace assay::simd::p256_test
