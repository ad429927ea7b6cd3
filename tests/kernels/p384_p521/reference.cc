#include "tests/kernels/p384_p521/reference.h"

#include <openssl/ecdsa.h>
#include <openssl/nid.h>

#include <cstdlib>
#include <utility>

namespace assay::simd {
namespace {

// Tests have no use for a half-made object.
void Must(bool condition) {
  if (!condition) std::abort();
}

const uint8_t* Data(const std::string& bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data());
}

}  // namespace

Number::Number(uint64_t value) : value_(BN_new()) {
  Must(BN_set_u64(value_.get(), value));
}

Number Number::FromBytes(const std::string& bytes) {
  Number number;
  Must(BN_bin2bn(Data(bytes), bytes.size(), number.get()) != nullptr);
  return number;
}

Number Number::PowerOf2(int exponent) {
  Number number;
  Must(BN_set_bit(number.get(), exponent));
  return number;
}

std::string Number::Bytes(size_t len) const {
  std::string bytes(len, '\0');
  Must(BN_bn2bin_padded(reinterpret_cast<uint8_t*>(&bytes[0]), len, get()));
  return bytes;
}

Number Number::operator+(const Number& other) const {
  Number sum;
  Must(BN_add(sum.get(), get(), other.get()));
  return sum;
}

Number Number::operator-(const Number& other) const {
  Number difference;
  Must(BN_sub(difference.get(), get(), other.get()));
  return difference;
}

bool Number::operator<(const Number& other) const {
  return BN_cmp(get(), other.get()) < 0;
}

bool Number::operator==(const Number& other) const {
  return BN_cmp(get(), other.get()) == 0;
}

PublicKey::PublicKey(const EC_GROUP* group, const EC_POINT* point)
    : key_(EC_KEY_new()) {
  Number x, y;
  Must(EC_KEY_set_group(key_.get(), group));
  Must(EC_KEY_set_public_key(key_.get(), point));
  Must(EC_POINT_get_affine_coordinates_GFp(group, point, x.get(), y.get(),
                                           nullptr));
  const size_t len = (EC_GROUP_get_degree(group) + 7) / 8;
  x_ = x.Bytes(len);
  y_ = y.Bytes(len);
}

bool PublicKey::Verify(const Signature& signature) const {
  bssl::UniquePtr<ECDSA_SIG> parsed(ECDSA_SIG_new());
  BIGNUM* const r = BN_dup(Number::FromBytes(signature.r).get());
  BIGNUM* const s = BN_dup(Number::FromBytes(signature.s).get());
  Must(ECDSA_SIG_set0(parsed.get(), r, s));
  return ECDSA_do_verify(Data(signature.digest), signature.digest.size(),
                         parsed.get(), key_.get()) == 1;
}

Reference::Reference(int nid)
    : group_(EC_GROUP_new_by_curve_name(nid)),
      coordinate_len_((EC_GROUP_get_degree(group_) + 7) / 8),
      digest_len_(nid == NID_secp384r1 ? 48 : 64),
      n_(*EC_GROUP_get0_order(group_)) {
  Must(EC_GROUP_get_curve_GFp(group_, p_.get(), nullptr, nullptr, nullptr));
}

Number Reference::Multiply(const Number& a, const Number& b) const {
  bssl::UniquePtr<BN_CTX> context(BN_CTX_new());
  Number product;
  Must(BN_mod_mul(product.get(), a.get(), b.get(), n_.get(), context.get()));
  return product;
}

Number Reference::Inverse(const Number& a) const {
  bssl::UniquePtr<BN_CTX> context(BN_CTX_new());
  Number inverse;
  Must(BN_mod_inverse(inverse.get(), a.get(), n_.get(), context.get()) !=
       nullptr);
  return inverse;
}

Number Reference::Negative(const Number& a) const {
  return Multiply(n_ - a, Number(1));
}

PublicKey Reference::Multiple(const Number& k) const {
  bssl::UniquePtr<EC_POINT> point(EC_POINT_new(group_));
  Must(EC_POINT_mul(group_, point.get(), k.get(), nullptr, nullptr, nullptr));
  return PublicKey(group_, point.get());
}

Number Reference::XOfMultiple(const Number& k) const {
  return Multiply(Number::FromBytes(Multiple(k).x()), Number(1));
}

Signature Reference::MakeSignature(const Number& r, const Number& s,
                                   const std::string& digest) const {
  return {r.Bytes(coordinate_len_), s.Bytes(coordinate_len_), digest};
}

Signature Reference::Sign(const Number& private_key, const Number& nonce,
                          const std::string& digest) const {
  const Number r = XOfMultiple(nonce);
  const Number z = Multiply(Number::FromBytes(digest), Number(1));
  const Number sum = Multiply(z + Multiply(r, private_key), Number(1));
  return MakeSignature(r, Multiply(sum, Inverse(nonce)), digest);
}

std::unique_ptr<PublicKey> Reference::KeyFor(const Number& x_of_r,
                                             const Number& s,
                                             const std::string& digest) const {
  bssl::UniquePtr<EC_POINT> big_r(EC_POINT_new(group_));
  if (!EC_POINT_set_compressed_coordinates_GFp(group_, big_r.get(),
                                               x_of_r.get(), 0, nullptr)) {
    return nullptr;
  }
  const Number r_inverse = Inverse(Multiply(x_of_r, Number(1)));
  const Number z = Multiply(Number::FromBytes(digest), Number(1));
  const Number of_g = Negative(Multiply(z, r_inverse));
  const Number of_r = Multiply(s, r_inverse);
  // (EC_POINT_mul does not work in place.)
  bssl::UniquePtr<EC_POINT> point(EC_POINT_new(group_));
  Must(EC_POINT_mul(group_, point.get(), of_g.get(), big_r.get(), of_r.get(),
                    nullptr));
  if (EC_POINT_is_at_infinity(group_, point.get())) return nullptr;
  return std::make_unique<PublicKey>(group_, point.get());
}

void KernelKey::Free::operator()(void* memory) const { std::free(memory); }

KernelKey::Memory KernelKey::Allocate(size_t bytes) {
  Memory memory(std::aligned_alloc(64, (bytes + 63) / 64 * 64));
  Must(memory != nullptr);
  return memory;
}

KernelKey::KernelKey(const EcdsaKernel& kernel, const PublicKey& key)
    : kernel_(kernel), key_(Allocate(kernel.key_bytes)) {
  kernel.prepare_key(Data(key.x()), Data(key.y()), key_.get());
  for (size_t i = 0; i < NumWindows(kernel); ++i) {
    const int window = kernel.window_sizes[i];
    tables_.push_back(Allocate(kernel.table_bytes(window)));
    has_tables_ &= kernel.build_table(key_.get(), window, tables_[i].get());
  }
}

EcdsaJob KernelKey::Job(size_t path, const Signature& signature) const {
  const bool hot = path < tables_.size();
  return {key_.get(),
          hot ? tables_[path].get() : nullptr,
          hot ? kernel_.window_sizes[path] : 0,
          Data(signature.r),
          Data(signature.s),
          Data(signature.digest)};
}

size_t NumWindows(const EcdsaKernel& kernel) {
  size_t num = 0;
  while (kernel.window_sizes[num] != 0) ++num;
  return num;
}

}  // namespace assay::simd
