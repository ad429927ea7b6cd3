// The inverse modulo an odd number, one at a time, in variable time.
//
// Textual: included inside an anonymous namespace; it includes nothing itself.
//
// Bernstein and Yang's division steps ("Fast constant-time gcd computation and
// modular inversion", 2019), in batches of 62 as in libsecp256k1's modinv64
// (its doc/safegcd_implementation.md derives every bound used here). A number
// is the sum of limb[i] 2^(62 i); all limbs but the last are in [0, 2^62), the
// last carries the sign.

constexpr uint64_t kMask62 = ~uint64_t{0} >> 2;

template <int kLimbs>
struct Signed62 {
  int64_t limb[kLimbs];
};

// 2^62 times the matrix that 62 steps apply to (f, g).
struct StepMatrix {
  int64_t u, v, q, r;
};

// Numbers of up to 64 kWords bits, words in little-endian order.
template <int kWords>
class ModularInverter {
 public:
  explicit ModularInverter(const uint64_t* modulus) {
    modulus_ = FromWords(modulus);
    uint64_t inverse = modulus[0];  // of the modulus, modulo 8
    for (int bits = 3; bits < 64; bits *= 2)
      inverse *= 2 - modulus[0] * inverse;
    inverse_62_ = inverse & kMask62;
  }

  // Writes x^-1 mod modulus for x below the modulus; false if there is none.
  bool Invert(const uint64_t* x, uint64_t* inverse) const {
    Number d = {}, e = {}, f = modulus_, g = FromWords(x);
    e.limb[0] = 1;
    int64_t eta = -1;
    while (!IsZero(g)) {
      StepMatrix t;
      eta = Steps(eta, static_cast<uint64_t>(f.limb[0]),
                  static_cast<uint64_t>(g.limb[0]), &t);
      UpdateCoefficients(t, &d, &e);
      UpdateRemainders(t, &f, &g);
    }
    const bool negative = f.limb[kLimbs - 1] < 0;
    if (negative) Negate(&f);
    if (!IsOne(f)) return false;
    ToRange(negative, &d);
    ToWords(d, inverse);
    return true;
  }

 private:
  static constexpr int kLimbs = (64 * kWords + 2 + 61) / 62;
  using Number = Signed62<kLimbs>;
  using Wide = __int128;

  static Number FromWords(const uint64_t* words) {
    Number n;
    for (int i = 0; i < kLimbs; ++i) {
      const int word = 62 * i / 64, shift = 62 * i % 64;
      uint64_t bits = word < kWords ? words[word] >> shift : 0;
      if (shift > 2 && word + 1 < kWords)
        bits |= words[word + 1] << (64 - shift);
      n.limb[i] = static_cast<int64_t>(bits & kMask62);
    }
    return n;
  }

  static void ToWords(const Number& n, uint64_t* words) {
    for (int i = 0; i < kWords; ++i) {
      const int limb = 64 * i / 62, shift = 64 * i % 62;
      words[i] = static_cast<uint64_t>(n.limb[limb]) >> shift;
      words[i] |= static_cast<uint64_t>(n.limb[limb + 1]) << (62 - shift);
      if (shift > 60 && limb + 2 < kLimbs) {
        words[i] |= static_cast<uint64_t>(n.limb[limb + 2]) << (124 - shift);
      }
    }
  }

  static bool IsZero(const Number& n) {
    int64_t bits = 0;
    for (int64_t limb : n.limb) bits |= limb;
    return bits == 0;
  }

  static bool IsOne(Number n) {
    n.limb[0] ^= 1;
    return IsZero(n);
  }

  static void Carry(Number* n) {
    for (int i = 0; i + 1 < kLimbs; ++i) {
      n->limb[i + 1] += n->limb[i] >> 62;
      n->limb[i] &= static_cast<int64_t>(kMask62);
    }
  }

  static void Negate(Number* n) {
    for (int64_t& limb : n->limb) limb = -limb;
    Carry(n);
  }

  void AddModulusIfNegative(Number* n) const {
    if (n->limb[kLimbs - 1] >= 0) return;
    for (int i = 0; i < kLimbs; ++i) n->limb[i] += modulus_.limb[i];
    Carry(n);
  }

  // From (-2 modulus, modulus), perhaps of the wrong sign, to [0, modulus).
  void ToRange(bool negate, Number* n) const {
    AddModulusIfNegative(n);
    if (negate) Negate(n);
    AddModulusIfNegative(n);
  }

  // 62 division steps on the lowest bits of f (odd) and g. Several zeros of g
  // are shifted out at once, and up to 6 or 4 more are made by adding a
  // multiple of f.
  static int64_t Steps(int64_t eta, uint64_t f, uint64_t g, StepMatrix* t) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    int left = 62;
    for (;;) {
      const int zeros = __builtin_ctzll(g | (~uint64_t{0} << left));
      g >>= zeros;
      u <<= zeros;
      v <<= zeros;
      eta -= zeros;
      left -= zeros;
      if (left == 0) break;
      uint64_t multiple;
      if (eta < 0) {
        eta = -eta;
        Exchange(&f, &g);
        Exchange(&u, &q);
        Exchange(&v, &r);
        multiple = f * g * (f * f - 2) & LowBits(eta + 1, left, 6);
      } else {
        const uint64_t w = f + (((f + 1) & 4) << 1);
        multiple = -w * g & LowBits(eta + 1, left, 4);
      }
      g += f * multiple;
      q += u * multiple;
      r += v * multiple;
    }
    *t = {static_cast<int64_t>(u), static_cast<int64_t>(v),
          static_cast<int64_t>(q), static_cast<int64_t>(r)};
    return eta;
  }

  // (a, b) becomes (b, -a).
  static void Exchange(uint64_t* a, uint64_t* b) {
    const uint64_t old = *a;
    *a = *b;
    *b = -old;
  }

  static uint64_t LowBits(int64_t a, int64_t b, int64_t c) {
    int64_t bits = a < b ? a : b;
    if (c < bits) bits = c;
    return ~(~uint64_t{0} << bits);
  }

  // (d, e) becomes the matrix times (d, e) / 2^62 modulo the modulus, in
  // (-2 modulus, modulus).
  void UpdateCoefficients(const StepMatrix& t, Number* d, Number* e) const {
    const int64_t sd = d->limb[kLimbs - 1] >> 63;
    const int64_t se = e->limb[kLimbs - 1] >> 63;
    int64_t md = (t.u & sd) + (t.v & se);
    int64_t me = (t.q & sd) + (t.r & se);
    Wide cd = Wide{t.u} * d->limb[0] + Wide{t.v} * e->limb[0];
    Wide ce = Wide{t.q} * d->limb[0] + Wide{t.r} * e->limb[0];
    md -= ToClear(cd, md);
    me -= ToClear(ce, me);
    cd += Wide{modulus_.limb[0]} * md;
    ce += Wide{modulus_.limb[0]} * me;
    for (int i = 1; i < kLimbs; ++i) {
      cd = (cd >> 62) + Wide{t.u} * d->limb[i] + Wide{t.v} * e->limb[i] +
           Wide{modulus_.limb[i]} * md;
      ce = (ce >> 62) + Wide{t.q} * d->limb[i] + Wide{t.r} * e->limb[i] +
           Wide{modulus_.limb[i]} * me;
      d->limb[i - 1] = static_cast<int64_t>(cd) & static_cast<int64_t>(kMask62);
      e->limb[i - 1] = static_cast<int64_t>(ce) & static_cast<int64_t>(kMask62);
    }
    d->limb[kLimbs - 1] = static_cast<int64_t>(cd >> 62);
    e->limb[kLimbs - 1] = static_cast<int64_t>(ce >> 62);
  }

  // How many times less than `times` the modulus is to be added to a number
  // that ends in `low`, for 62 zeros at its end.
  int64_t ToClear(Wide low, int64_t times) const {
    return static_cast<int64_t>((inverse_62_ * static_cast<uint64_t>(low) +
                                 static_cast<uint64_t>(times)) &
                                kMask62);
  }

  // (f, g) becomes the matrix times (f, g) / 2^62, which is exact.
  static void UpdateRemainders(const StepMatrix& t, Number* f, Number* g) {
    Wide cf = Wide{t.u} * f->limb[0] + Wide{t.v} * g->limb[0];
    Wide cg = Wide{t.q} * f->limb[0] + Wide{t.r} * g->limb[0];
    for (int i = 1; i < kLimbs; ++i) {
      cf = (cf >> 62) + Wide{t.u} * f->limb[i] + Wide{t.v} * g->limb[i];
      cg = (cg >> 62) + Wide{t.q} * f->limb[i] + Wide{t.r} * g->limb[i];
      f->limb[i - 1] = static_cast<int64_t>(cf) & static_cast<int64_t>(kMask62);
      g->limb[i - 1] = static_cast<int64_t>(cg) & static_cast<int64_t>(kMask62);
    }
    f->limb[kLimbs - 1] = static_cast<int64_t>(cf >> 62);
    g->limb[kLimbs - 1] = static_cast<int64_t>(cg >> 62);
  }

  Number modulus_;
  uint64_t inverse_62_;
};
