// The division steps of Bernstein and Yang, "Fast constant-time gcd computation
// and modular inversion" (2019), in their variable-time form: 62 steps at a
// time on the low words of f and g give a matrix that is then applied to the
// whole numbers, and to d and e, which follow f and g modulo the modulus:
//   f = d * value, g = e * value  (mod the modulus, up to the powers of 2 that
//   every application divides out again).
//
// Representation: five limbs of 62 bits, the last one signed; f, g in
// (-2^258, 2^258), d, e in (-2 * modulus, modulus). The matrix' entries are at
// most 2^62 in magnitude, and each row's magnitudes sum to at most 2^62, so two
// products of an entry and a limb, a multiple of the modulus (below 2^62 times
// a limb) and the carry stay below 2^126 in magnitude.
#include "core/simd/ecdsa/p256_inverse.h"

#include <cstring>

namespace assay::simd {

const uint64_t kP256Prime[4] = {0xffffffffffffffff, 0x00000000ffffffff, 0,
                                0xffffffff00000001};
const uint64_t kP256Order[4] = {0xf3b9cac2fc632551, 0xbce6faada7179e84,
                                0xffffffffffffffff, 0xffffffff00000000};

namespace {

__extension__ typedef __int128 int128;

constexpr int kLimbs = 5;
constexpr int kSteps = 62;  // Bits of a limb, and division steps at a time.
constexpr uint64_t kLimbMask = ~uint64_t{0} >> 2;

struct Signed62 {
  int64_t limb[kLimbs];
};

struct Modulus {
  Signed62 value;
  uint64_t inverse;  // 1/value mod 2^62
};

// 2^62 times the transition: (f, g) becomes (u*f + v*g, q*f + r*g) / 2^62.
struct Matrix {
  int64_t u, v, q, r;
};

Signed62 FromWords(const uint64_t w[4]) {
  const uint64_t limbs[kLimbs] = {
      w[0] & kLimbMask, (w[0] >> 62 | w[1] << 2) & kLimbMask,
      (w[1] >> 60 | w[2] << 4) & kLimbMask,
      (w[2] >> 58 | w[3] << 6) & kLimbMask, w[3] >> 56};
  Signed62 number;
  std::memcpy(number.limb, limbs, sizeof(limbs));
  return number;
}

void ToWords(const Signed62& number, uint64_t w[4]) {
  uint64_t l[kLimbs];
  std::memcpy(l, number.limb, sizeof(l));
  w[0] = l[0] | l[1] << 62;
  w[1] = l[1] >> 2 | l[2] << 60;
  w[2] = l[2] >> 4 | l[3] << 58;
  w[3] = l[3] >> 6 | l[4] << 56;
}

// By Newton's iteration: each round doubles the correct bits, 5 at first.
uint64_t InverseMod2To62(uint64_t odd) {
  uint64_t inverse = odd * 3 ^ 2;
  for (int round = 0; round < 4; ++round) inverse *= 2 - odd * inverse;
  return inverse & kLimbMask;
}

Modulus MakeModulus(const uint64_t words[4]) {
  return {FromWords(words), InverseMod2To62(words[0])};
}

// Up to 6 bits of g become zero at once by adding a multiple of f: returns
// that multiple modulo 2^bits, -g/f, whose low `bits` bits alone matter.
uint64_t CancellingMultiple(uint64_t f, uint64_t g, int bits) {
  const uint64_t mask = (~uint64_t{0} >> (64 - bits)) & 63;
  return (f * g * (f * f - 2)) & mask;  // f * (2 - f*f) = 1/f mod 2^6
}

// 62 division steps on the low words. `eta` is minus the paper's delta.
int64_t DivisionSteps(int64_t eta, uint64_t f, uint64_t g, Matrix* t) {
  uint64_t u = 1, v = 0, q = 0, r = 1;
  int left = kSteps;
  for (;;) {
    // A sentinel bit stops the count at the steps that are left.
    const int zeros = __builtin_ctzll(g | (~uint64_t{0} << left));
    g >>= zeros;
    u <<= zeros;
    v <<= zeros;
    eta -= zeros;
    left -= zeros;
    if (left == 0) break;
    if (eta < 0) {
      eta = -eta;
      const uint64_t old_f = f, old_u = u, old_v = v;
      f = g, g = -old_f;
      u = q, q = -old_u;
      v = r, r = -old_v;
    }
    // Until eta would turn negative again.
    const int limit = eta + 1 > left ? left : static_cast<int>(eta + 1);
    const uint64_t multiple = CancellingMultiple(f, g, limit);
    g += f * multiple;
    q += u * multiple;
    r += v * multiple;
  }
  const uint64_t rows[4] = {u, v, q, r};
  std::memcpy(t, rows, sizeof(rows));
  return eta;
}

// One limb of x, shifted out of the carry.
int64_t TakeLimb(int128* carry) {
  const int64_t limb =
      static_cast<int64_t>(static_cast<uint64_t>(*carry) & kLimbMask);
  *carry >>= kSteps;
  return limb;
}

void ApplyToFG(const Matrix& t, Signed62* f, Signed62* g) {
  int128 cf = 0, cg = 0;
  for (int i = 0; i < kLimbs; ++i) {
    const int64_t fi = f->limb[i], gi = g->limb[i];
    cf += static_cast<int128>(t.u) * fi + static_cast<int128>(t.v) * gi;
    cg += static_cast<int128>(t.q) * fi + static_cast<int128>(t.r) * gi;
    // The lowest limb is zero: that is the division by 2^62.
    const int64_t lf = TakeLimb(&cf), lg = TakeLimb(&cg);
    if (i == 0) continue;
    f->limb[i - 1] = lf;
    g->limb[i - 1] = lg;
  }
  f->limb[kLimbs - 1] = static_cast<int64_t>(cf);
  g->limb[kLimbs - 1] = static_cast<int64_t>(cg);
}

// The multiple of the modulus, in (-2^62, 2^62), that makes `low` plus it
// divisible by 2^62. `start` brings a negative d or e back into range.
int64_t Correction(const Modulus& modulus, int64_t start, int128 low) {
  const uint64_t wrong = modulus.inverse * static_cast<uint64_t>(low) +
                         static_cast<uint64_t>(start);
  return start - static_cast<int64_t>(wrong & kLimbMask);
}

void ApplyToDE(const Matrix& t, const Modulus& modulus, Signed62* d,
               Signed62* e) {
  const int64_t d_sign = d->limb[kLimbs - 1] >> 63;
  const int64_t e_sign = e->limb[kLimbs - 1] >> 63;
  int128 cd = static_cast<int128>(t.u) * d->limb[0] +
              static_cast<int128>(t.v) * e->limb[0];
  int128 ce = static_cast<int128>(t.q) * d->limb[0] +
              static_cast<int128>(t.r) * e->limb[0];
  const int64_t md = Correction(modulus, (t.u & d_sign) + (t.v & e_sign), cd);
  const int64_t me = Correction(modulus, (t.q & d_sign) + (t.r & e_sign), ce);
  cd += static_cast<int128>(modulus.value.limb[0]) * md;
  ce += static_cast<int128>(modulus.value.limb[0]) * me;
  cd >>= kSteps;
  ce >>= kSteps;
  for (int i = 1; i < kLimbs; ++i) {
    const int64_t di = d->limb[i], ei = e->limb[i], ni = modulus.value.limb[i];
    cd += static_cast<int128>(t.u) * di + static_cast<int128>(t.v) * ei +
          static_cast<int128>(ni) * md;
    ce += static_cast<int128>(t.q) * di + static_cast<int128>(t.r) * ei +
          static_cast<int128>(ni) * me;
    d->limb[i - 1] = TakeLimb(&cd);
    e->limb[i - 1] = TakeLimb(&ce);
  }
  d->limb[kLimbs - 1] = static_cast<int64_t>(cd);
  e->limb[kLimbs - 1] = static_cast<int64_t>(ce);
}

void Carry(Signed62* x) {
  for (int i = 0; i + 1 < kLimbs; ++i) {
    x->limb[i + 1] += x->limb[i] >> kSteps;
    x->limb[i] &= static_cast<int64_t>(kLimbMask);
  }
}

void AddIfNegative(const Modulus& modulus, Signed62* x) {
  const int64_t mask = x->limb[kLimbs - 1] >> 63;
  for (int i = 0; i < kLimbs; ++i) x->limb[i] += modulus.value.limb[i] & mask;
  Carry(x);
}

// x, or -x, as a number in [0, modulus).
void Normalize(const Modulus& modulus, bool negate, Signed62* x) {
  AddIfNegative(modulus, x);
  if (negate) {
    for (int64_t& limb : x->limb) limb = -limb;
    Carry(x);
  }
  AddIfNegative(modulus, x);
}

bool IsZero(const Signed62& x) {
  int64_t bits = 0;
  for (const int64_t limb : x.limb) bits |= limb;
  return bits == 0;
}

void Invert(const Modulus& modulus, const uint64_t value[4],
            uint64_t inverse[4]) {
  Signed62 d = {}, e = {{1, 0, 0, 0, 0}};
  Signed62 f = modulus.value, g = FromWords(value);
  int64_t eta = -1;
  while (!IsZero(g)) {
    Matrix t;
    eta = DivisionSteps(eta, static_cast<uint64_t>(f.limb[0]),
                        static_cast<uint64_t>(g.limb[0]), &t);
    ApplyToDE(t, modulus, &d, &e);
    ApplyToFG(t, &f, &g);
  }
  // f is 1 or -1 (or the modulus, if the value was 0, and then d is 0).
  Normalize(modulus, f.limb[kLimbs - 1] < 0, &d);
  ToWords(d, inverse);
}

}  // namespace

void P256InvertModPrime(const uint64_t value[4], uint64_t inverse[4]) {
  static const Modulus modulus = MakeModulus(kP256Prime);
  Invert(modulus, value, inverse);
}

void P256InvertModOrder(const uint64_t value[4], uint64_t inverse[4]) {
  static const Modulus modulus = MakeModulus(kP256Order);
  Invert(modulus, value, inverse);
}

}  // namespace assay::simd
