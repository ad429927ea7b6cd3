#include "tests/kernels/ed25519/reference.h"

#include <algorithm>
#include <cstdlib>

namespace assay::simd {
namespace {

void Check(bool done) {
  if (!done) std::abort();
}

BN_CTX* Context() {
  static thread_local const bssl::UniquePtr<BN_CTX> context(BN_CTX_new());
  return context.get();
}

Number CurveD() {
  const Number& p = FieldPrime();
  return (p - Number(121665)) * Number(121666).PowerModulo(p - Number(2), p) %
         p;
}

}  // namespace

Number::Number(uint64_t value) : number_(BN_new()) {
  Check(BN_set_u64(number_.get(), value));
}
Number::Number(const Number& other) : number_(BN_dup(other.number_.get())) {}
Number& Number::operator=(const Number& other) {
  Check(BN_copy(number_.get(), other.number_.get()) != nullptr);
  return *this;
}

Number Number::FromDecimal(const char* digits) {
  Number number;
  BIGNUM* raw = number.number_.get();
  Check(BN_dec2bn(&raw, digits) != 0);
  return number;
}

Number Number::FromBytes(const uint8_t* bytes, size_t size) {
  Number number;
  Check(BN_le2bn(bytes, size, number.number_.get()) != nullptr);
  return number;
}

void Number::ToBytes(uint8_t* bytes, size_t size) const {
  Check(BN_bn2le_padded(bytes, size, number_.get()));
}
Bytes32 Number::ToBytes32() const {
  Bytes32 bytes;
  ToBytes(bytes.data(), bytes.size());
  return bytes;
}
Bytes64 Number::ToBytes64() const {
  Bytes64 bytes;
  ToBytes(bytes.data(), bytes.size());
  return bytes;
}

bool Number::IsOdd() const { return BN_is_odd(number_.get()); }
int Number::NumBits() const {
  return static_cast<int>(BN_num_bits(number_.get()));
}
bool Number::Bit(int i) const { return BN_is_bit_set(number_.get(), i); }

Number Number::operator+(const Number& b) const {
  Number sum;
  Check(BN_add(sum.number_.get(), number_.get(), b.number_.get()));
  return sum;
}
Number Number::operator-(const Number& b) const {
  Number difference;
  Check(BN_sub(difference.number_.get(), number_.get(), b.number_.get()));
  Check(!BN_is_negative(difference.number_.get()));
  return difference;
}
Number Number::operator*(const Number& b) const {
  Number product;
  Check(
      BN_mul(product.number_.get(), number_.get(), b.number_.get(), Context()));
  return product;
}
Number Number::operator%(const Number& b) const {
  Number remainder;
  Check(BN_nnmod(remainder.number_.get(), number_.get(), b.number_.get(),
                 Context()));
  return remainder;
}
Number Number::PowerModulo(const Number& exponent,
                           const Number& modulus) const {
  Number power;
  Check(BN_mod_exp(power.number_.get(), number_.get(), exponent.number_.get(),
                   modulus.number_.get(), Context()));
  return power;
}
bool Number::operator==(const Number& b) const {
  return BN_cmp(number_.get(), b.number_.get()) == 0;
}
bool Number::operator<(const Number& b) const {
  return BN_cmp(number_.get(), b.number_.get()) < 0;
}

const Number& FieldPrime() {
  static const Number* const prime = new Number(Number::FromDecimal(
      "57896044618658097711785492504343953926634992332820282019728792003956564"
      "819949"));
  return *prime;
}

const Number& GroupOrder() {
  static const Number* const order = new Number(Number::FromDecimal(
      "7237005577332262213973186563042994240857116359379907606001950938285454"
      "250989"));
  return *order;
}

ReferencePoint ReferenceIdentity() { return {0, 1, 1}; }

// y = 4/5, x even.
ReferencePoint ReferenceBase() {
  static const ReferencePoint* const base = [] {
    Bytes32 encoded;
    encoded.fill(0x66);
    encoded[0] = 0x58;
    auto* const point = new ReferencePoint;
    Check(DecodePoint(encoded, point));
    return point;
  }();
  return *base;
}

// L times a point is of small order; of order 8 if 4 times it is not the
// identity.
ReferencePoint SmallOrderPoint(int t) {
  static const ReferencePoint* const generator = [] {
    for (uint8_t y = 2;; ++y) {
      ReferencePoint point;
      if (!DecodePoint(Bytes32{y}, &point)) continue;
      const ReferencePoint small = GroupOrder() * point;
      if (Number(4) * small == ReferenceIdentity()) continue;
      return new ReferencePoint(small);
    }
  }();
  return Number(t) * *generator;
}

// Bernstein, Birkner, Joye, Lange and Peters, "Twisted Edwards curves" (2008),
// for a = -1: complete, so it doubles as well.
ReferencePoint operator+(const ReferencePoint& p, const ReferencePoint& q) {
  static const Number* const d = new Number(CurveD());
  const Number& m = FieldPrime();
  const Number a = p.z * q.z % m;
  const Number b = a * a % m;
  const Number c = p.x * q.x % m;
  const Number e = p.y * q.y % m;
  const Number f = *d * (c * e % m) % m;
  const Number minus = b + m - f;
  const Number plus = b + f;
  const Number cross = (p.x + p.y) * (q.x + q.y) + m + m - c - e;
  return {a * minus % m * cross % m, a * plus % m * (e + c) % m,
          minus * plus % m};
}

ReferencePoint Negated(const ReferencePoint& p) {
  return {(FieldPrime() - p.x) % FieldPrime(), p.y, p.z};
}

ReferencePoint operator*(const Number& scalar, const ReferencePoint& point) {
  ReferencePoint sum = ReferenceIdentity();
  for (int bit = scalar.NumBits() - 1; bit >= 0; --bit) {
    sum = sum + sum;
    if (scalar.Bit(bit)) sum = sum + point;
  }
  return sum;
}

bool operator==(const ReferencePoint& a, const ReferencePoint& b) {
  return EncodePoint(a) == EncodePoint(b);
}

Bytes32 EncodePoint(const ReferencePoint& point) {
  const Number& p = FieldPrime();
  const Number z_inverse = point.z.PowerModulo(p - Number(2), p);
  Bytes32 encoded = (point.y * z_inverse % p).ToBytes32();
  if ((point.x * z_inverse % p).IsOdd()) encoded[31] |= 0x80;
  return encoded;
}

bool DecodePoint(const Bytes32& encoded, ReferencePoint* point) {
  const Number& p = FieldPrime();
  Bytes32 y_bytes = encoded;
  y_bytes[31] &= 0x7f;
  const Number y = Number::FromBytes(y_bytes.data(), y_bytes.size()) % p;
  const Number yy = y * y % p;
  const Number denominator = (CurveD() * yy + Number(1)) % p;
  const Number xx =
      (yy + p - Number(1)) * denominator.PowerModulo(p - Number(2), p) % p;
  // p = 5 mod 8: xx^((p+3)/8), times a root of -1 or not.
  Number exponent = p + Number(3);
  Bytes32 shifted = exponent.ToBytes32();
  for (int i = 0; i < 32; ++i) {
    shifted[i] = shifted[i] >> 3 | (i < 31 ? shifted[i + 1] << 5 : 0);
  }
  exponent = Number::FromBytes(shifted.data(), shifted.size());
  Number x = xx.PowerModulo(exponent, p);
  if (!(x * x % p == xx)) {
    Bytes32 quarter = (p - Number(1)).ToBytes32();
    for (int i = 0; i < 32; ++i) {
      quarter[i] = quarter[i] >> 2 | (i < 31 ? quarter[i + 1] << 6 : 0);
    }
    x = x * Number(2).PowerModulo(Number::FromBytes(quarter.data(), 32), p) % p;
  }
  if (!(x * x % p == xx)) return false;
  if (x.IsOdd() != ((encoded[31] & 0x80) != 0)) x = (p - x) % p;
  *point = {x, y, 1};
  return true;
}

bool VerifyByReference(const Bytes32& key, const Bytes64& signature,
                       const Bytes64& challenge) {
  ReferencePoint a;
  const Number s = Number::FromBytes(signature.data() + 32, 32);
  if (!(s < GroupOrder()) || !DecodePoint(key, &a)) return false;
  const Number h =
      Number::FromBytes(challenge.data(), challenge.size()) % GroupOrder();
  const Bytes32 encoded = EncodePoint(s * ReferenceBase() + Negated(h * a));
  return std::equal(encoded.begin(), encoded.end(), signature.begin());
}

}  // namespace assay::simd
