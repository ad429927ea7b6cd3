#include "core/simd/ed25519/point.h"

#include <cstddef>
#include <cstring>

#include "third_party/fiat/curve25519_64.h"

namespace assay::simd::ed25519 {
namespace {

constexpr FieldElement kD = {{0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029,
                              0x739c663a03cbb, 0x52036cee2b6ff}};
constexpr FieldElement k2D = {{0x69b9426b2f159, 0x35050762add7a,
                               0x3cf44c0038052, 0x6738cc7407977,
                               0x2406d9dc56dff}};
constexpr FieldElement kHalfOfInverseD = {{0x793b66e4fc18, 0x184279542e25e,
                                           0x3739ecc16bbad, 0x390cac5884533,
                                           0x60483f690a6ae}};
constexpr FieldElement kSqrtMinusOne = {{0x61b274a0ea0b0, 0xd5a5fc8f189d,
                                         0x7ef5e9cbd0c60, 0x78595a6804c9e,
                                         0x2b8324804fc1d}};
constexpr FieldElement kBaseX = {{0x62d608f25d51a, 0x412a4b4f6592a,
                                  0x75b7171a4b31d, 0x1ff60527118fe,
                                  0x216936d3cd6e5}};
constexpr FieldElement kBaseY = {{0x6666666666658, 0x4cccccccccccc,
                                  0x1999999999999, 0x3333333333333,
                                  0x6666666666666}};

LooseElement Relax(const FieldElement& a) {
  LooseElement loose;
  fiat_25519_relax(loose.limbs, a.limbs);
  return loose;
}

FieldElement Carry(const LooseElement& a) {
  FieldElement tight;
  fiat_25519_carry(tight.limbs, a.limbs);
  return tight;
}

LooseElement Add(const FieldElement& a, const FieldElement& b) {
  LooseElement sum;
  fiat_25519_add(sum.limbs, a.limbs, b.limbs);
  return sum;
}

LooseElement Sub(const FieldElement& a, const FieldElement& b) {
  LooseElement difference;
  fiat_25519_sub(difference.limbs, a.limbs, b.limbs);
  return difference;
}

FieldElement Negate(const FieldElement& a) {
  LooseElement negative;
  fiat_25519_opp(negative.limbs, a.limbs);
  return Carry(negative);
}

FieldElement Mul(const LooseElement& a, const LooseElement& b) {
  FieldElement product;
  fiat_25519_carry_mul(product.limbs, a.limbs, b.limbs);
  return product;
}

FieldElement Mul(const LooseElement& a, const FieldElement& b) {
  return Mul(a, Relax(b));
}

FieldElement Square(const LooseElement& a) {
  FieldElement square;
  fiat_25519_carry_square(square.limbs, a.limbs);
  return square;
}

FieldElement Square(const FieldElement& a) { return Square(Relax(a)); }

FieldElement SquareTimes(FieldElement a, int times) {
  for (int i = 0; i < times; ++i) a = Square(a);
  return a;
}

void ToBytes(const FieldElement& a, uint8_t* bytes) {
  fiat_25519_to_bytes(bytes, a.limbs);
}

bool IsZero(const FieldElement& a) {
  uint8_t bytes[32];
  ToBytes(a, bytes);
  uint8_t bits = 0;
  for (uint8_t byte : bytes) bits |= byte;
  return bits == 0;
}

bool IsOdd(const FieldElement& a) {
  uint8_t bytes[32];
  ToBytes(a, bytes);
  return (bytes[0] & 1) != 0;
}

// a^(2^250 - 1), and a^11 on the way.
FieldElement PowerOf250Ones(const FieldElement& a, FieldElement* power_11) {
  const FieldElement power_2 = Square(a);
  const FieldElement power_9 = Multiply(SquareTimes(power_2, 2), a);
  *power_11 = Multiply(power_9, power_2);
  const FieldElement ones_5 = Multiply(Square(*power_11), power_9);
  const FieldElement ones_10 = Multiply(SquareTimes(ones_5, 5), ones_5);
  const FieldElement ones_20 = Multiply(SquareTimes(ones_10, 10), ones_10);
  const FieldElement ones_40 = Multiply(SquareTimes(ones_20, 20), ones_20);
  const FieldElement ones_50 = Multiply(SquareTimes(ones_40, 10), ones_10);
  const FieldElement ones_100 = Multiply(SquareTimes(ones_50, 50), ones_50);
  const FieldElement ones_200 = Multiply(SquareTimes(ones_100, 100), ones_100);
  return Multiply(SquareTimes(ones_200, 50), ones_50);
}

// a^((p - 5) / 8) = a^(2^252 - 3)
FieldElement PowerForRoot(const FieldElement& a) {
  FieldElement power_11;
  return Multiply(SquareTimes(PowerOf250Ones(a, &power_11), 2), a);
}

// A root of u/v, if there is one.
bool SquareRootOfRatio(const FieldElement& u, const FieldElement& v,
                       FieldElement* root) {
  const FieldElement v3 = Multiply(Square(v), v);
  const FieldElement uv7 = Multiply(Multiply(Square(v3), v), u);
  *root = Multiply(Multiply(PowerForRoot(uv7), v3), u);
  const FieldElement check = Multiply(Square(*root), v);
  if (IsZero(Carry(Sub(check, u)))) return true;
  *root = Multiply(*root, kSqrtMinusOne);
  return IsZero(Carry(Add(check, u)));
}

// The sum, from its four factors (E, F, G, H in the paper).
Point PointFromFactors(const LooseElement& e, const LooseElement& f,
                       const LooseElement& g, const LooseElement& h) {
  return {Mul(e, f), Mul(g, h), Mul(f, g), Mul(e, h)};
}

// Twice the point, without its T.
Point Double(const Point& a) {
  const FieldElement xx = Square(a.x);
  const FieldElement yy = Square(a.y);
  const FieldElement zz = Square(a.z);
  const FieldElement h = Carry(Add(xx, yy));
  const LooseElement e = Sub(Square(Add(a.x, a.y)), h);
  const FieldElement g = Carry(Sub(yy, xx));
  const LooseElement f = Sub(Carry(Add(zz, zz)), g);
  return {Mul(e, f), Mul(Relax(g), h), Mul(f, g), kZero};
}

}  // namespace

const FieldElement kZero = {{0}};
const FieldElement kOne = {{1}};

Point IdentityPoint() { return {kZero, kOne, kOne, kZero}; }

FieldElement Multiply(const FieldElement& a, const FieldElement& b) {
  return Mul(Relax(a), Relax(b));
}

FieldElement Invert(const FieldElement& a) {
  FieldElement power_11;
  const FieldElement ones = PowerOf250Ones(a, &power_11);
  return Multiply(SquareTimes(ones, 5), power_11);  // a^(p - 2)
}

namespace {

// The limbs of an entry are tight.
void Unpack(const TableEntry& entry, FieldElement* y_plus_x,
            FieldElement* y_minus_x, FieldElement* xy2d) {
  std::memcpy(y_plus_x->limbs, entry.y_plus_x, sizeof y_plus_x->limbs);
  std::memcpy(y_minus_x->limbs, entry.y_minus_x, sizeof y_minus_x->limbs);
  std::memcpy(xy2d->limbs, entry.xy2d_low, sizeof entry.xy2d_low);
  std::memcpy(xy2d->limbs + 3, entry.xy2d_high, sizeof entry.xy2d_high);
}

}  // namespace

// With Z = 2, which spares the halving of x and y.
Point PointOf(const TableEntry& entry) {
  FieldElement y_plus_x, y_minus_x, xy2d;
  Unpack(entry, &y_plus_x, &y_minus_x, &xy2d);
  const FieldElement xy = Multiply(xy2d, kHalfOfInverseD);
  return {Carry(Sub(y_plus_x, y_minus_x)), Carry(Add(y_plus_x, y_minus_x)),
          Carry(Add(kOne, kOne)), Carry(Add(xy, xy))};
}

Point AddEntry(const Point& a, const TableEntry& entry, bool negate) {
  FieldElement y_plus_x, y_minus_x, xy2d;
  Unpack(entry, &y_plus_x, &y_minus_x, &xy2d);
  const FieldElement minus = Mul(Sub(a.y, a.x), negate ? y_plus_x : y_minus_x);
  const FieldElement plus = Mul(Add(a.y, a.x), negate ? y_minus_x : y_plus_x);
  const FieldElement c = Multiply(a.t, xy2d);
  const FieldElement d = Carry(Add(a.z, a.z));
  const LooseElement e = Sub(plus, minus);
  const LooseElement f = negate ? Add(d, c) : Sub(d, c);
  const LooseElement g = negate ? Sub(d, c) : Add(d, c);
  const LooseElement h = Add(plus, minus);
  return PointFromFactors(e, f, g, h);
}

TableEntry EntryOf(const FieldElement& x, const FieldElement& y,
                   const FieldElement& z_inverse) {
  const FieldElement affine_x = Multiply(x, z_inverse);
  const FieldElement affine_y = Multiply(y, z_inverse);
  const FieldElement y_plus_x = Carry(Add(affine_y, affine_x));
  const FieldElement y_minus_x = Carry(Sub(affine_y, affine_x));
  const FieldElement xy2d = Multiply(Multiply(affine_x, affine_y), k2D);
  TableEntry entry = {};
  std::memcpy(entry.y_plus_x, y_plus_x.limbs, sizeof entry.y_plus_x);
  std::memcpy(entry.y_minus_x, y_minus_x.limbs, sizeof entry.y_minus_x);
  std::memcpy(entry.xy2d_low, xy2d.limbs, sizeof entry.xy2d_low);
  std::memcpy(entry.xy2d_high, xy2d.limbs + 3, sizeof entry.xy2d_high);
  return entry;
}

void Encode(const FieldElement& x, const FieldElement& y,
            const FieldElement& z_inverse, uint8_t* encoded) {
  ToBytes(Multiply(y, z_inverse), encoded);
  if (IsOdd(Multiply(x, z_inverse))) encoded[31] |= 0x80;
}

bool DecodeNegated(const uint8_t* encoded, PreparedKey* key) {
  uint8_t y_bytes[32];
  std::memcpy(y_bytes, encoded, sizeof y_bytes);
  y_bytes[31] &= 0x7f;
  FieldElement y, x;
  fiat_25519_from_bytes(y.limbs, y_bytes);
  const FieldElement yy = Square(y);
  const FieldElement u = Carry(Sub(yy, kOne));
  const FieldElement v = Carry(Add(Multiply(yy, kD), kOne));
  if (!SquareRootOfRatio(u, v, &x)) return false;
  const bool wants_odd = (encoded[31] & 0x80) != 0;
  // A's x has the parity asked for (zero has no other); -A has the other x.
  if (IsOdd(x) == wants_odd) x = Negate(x);
  *key = EntryOf(x, y, kOne);
  return true;
}

PreparedKey BasePoint() { return EntryOf(kBaseX, kBaseY, kOne); }

void FillWindowBases(const TableEntry& point, int window_bits, int num_windows,
                     size_t stride, TableEntry* entries) {
  constexpr int kMaxWindows = NumWindows(kWindowSizes[0]);
  Point bases[kMaxWindows];
  // products[i] = Z_0 ... Z_i, by which all are inverted together.
  FieldElement products[kMaxWindows];
  Point base = PointOf(point);
  for (int i = 0; i < num_windows; ++i) {
    if (i > 0) {
      for (int bit = 0; bit < window_bits; ++bit) base = Double(base);
    }
    bases[i] = base;
    products[i] = i == 0 ? base.z : Multiply(products[i - 1], base.z);
  }
  FieldElement inverse = Invert(products[num_windows - 1]);
  for (int i = num_windows - 1; i >= 0; --i) {
    const FieldElement z_inverse =
        i == 0 ? inverse : Multiply(inverse, products[i - 1]);
    inverse = Multiply(inverse, bases[i].z);
    entries[i * stride] = EntryOf(bases[i].x, bases[i].y, z_inverse);
  }
}

}  // namespace assay::simd::ed25519
