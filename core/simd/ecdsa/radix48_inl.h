// Prime fields of P-384 and P-521 in limbs of 48 bits, and the points'
// formulas.
//
// Textual: included inside an anonymous namespace (and, by kernels, inside a
// region compiled for the instruction set); it includes nothing itself.
//
// Representation. An element is the sum of limb[i] * 2^(48 i), not unique, with
// limbs that are never negative. The multiplier takes operands below 2^52 and
// gives the low and the high 52 bits of a product apart, so that four bits of
// each limb are free: sums of several elements are multiplied without a carry.
// High halves weigh 2^52 = 2^4 * 2^48: they are added up apart and enter the
// next column shifted by four.
//
// Range contract. Three bounds, per limb, of which a field gives the numbers:
//   tight   what Reduce returns: 2^48 and a little (kTightLimb, kTightTop);
//   Bias<k> 2^k p written so that every limb is about 2^(48 + k): what is
//           subtracted must not exceed it, limb by limb;
//   2^52    no operand of a product reaches it; 2^51 for a square.
// A product enters Reduce as columns of 64 bits, to which the column bias
// (Bias<4>) is added first: up to eight times a tight element may be
// subtracted, and what the reduction itself subtracts still leaves the columns
// positive. Every function here is a template over the backend B, a vector of
// eight lanes in the kernel; radix48_ranges_test.cc runs the same functions on
// intervals and so proves each of these claims for all inputs.

// (Tests that run this on other things than vectors define these otherwise.)
#if !defined(ASSAY_INLINE)
#define ASSAY_INLINE __attribute__((always_inline)) inline
#if defined(__clang__)
#define ASSAY_UNROLL _Pragma("unroll")
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(undefined_behavior_sanitizer)
#define ASSAY_SANITIZED
#endif
#else
#define ASSAY_UNROLL _Pragma("GCC unroll 32")
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    defined(ASSAY_UBSAN)
#define ASSAY_SANITIZED
#endif
#endif
// Reduced products are inlined into the points' formulas; with a sanitizer's
// checks in them that takes the compiler minutes.
#if defined(ASSAY_SANITIZED)
#define ASSAY_FORMULA __attribute__((noinline))
#else
#define ASSAY_FORMULA ASSAY_INLINE
#endif
#endif

constexpr int kRadix = 48;
constexpr uint64_t kLimbMask = (uint64_t{1} << kRadix) - 1;

template <class F>
struct Element {
  typename F::Word limb[F::kLimbs];
};

// A point (X / Z^2, Y / Z^3). X and Z are tight, Y is tight or at most Bias<1>.
template <class F>
struct Jacobian {
  Element<F> x, y, z;
};

// A table's entry: x has limbs of 48 bits, y the same or at most Bias<1>.
template <class F>
struct Affine {
  Element<F> x, y;
};

template <class F>
struct Columns {
  typename F::Word column[2 * F::kLimbs];
};

// Columns that hold 2^4 p, which is nothing.
template <class F>
ASSAY_INLINE Columns<F> ColumnBias() {
  using B = typename F::Backend;
  Columns<F> c;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    c.column[i] = B::Const(F::Bias(4, i));
    c.column[F::kLimbs + i] = B::Const(0);
  }
  return c;
}

template <class F>
ASSAY_INLINE void Subtract(const Element<F>& a, Columns<F>* c) {
  using B = typename F::Backend;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    c->column[i] = B::Sub(c->column[i], a.limb[i]);
  }
}

// Adds the sum of a[p] * b[p], from column k upwards: one column after the
// other needs the fewest registers.
template <class F, int kPairs, int k = 0>
ASSAY_INLINE void AddProducts(const Element<F>* const* a,
                              const Element<F>* const* b, Columns<F>* c) {
  using B = typename F::Backend;
  constexpr int kFirst = k < F::kLimbs ? 0 : k - F::kLimbs + 1;
  constexpr int kLast = k < F::kLimbs ? k : F::kLimbs - 1;
  typename B::Word low = c->column[k];
  typename B::Word high = B::Const(0);
  ASSAY_UNROLL for (int p = 0; p < kPairs; ++p) {
    ASSAY_UNROLL for (int i = kFirst; i <= kLast; ++i) {
      low = B::MulLow(low, a[p]->limb[i], b[p]->limb[k - i]);
      high = B::MulHigh(high, a[p]->limb[i], b[p]->limb[k - i]);
    }
  }
  c->column[k] = low;
  c->column[k + 1] = B::Add(c->column[k + 1], B::template Shl<4>(high));
  if constexpr (k + 2 < 2 * F::kLimbs) {
    AddProducts<F, kPairs, k + 1>(a, b, c);
  }
}

// Adds a * a, given also the limbs of 2 a.
template <class F, int k = 0>
ASSAY_INLINE void AddSquare(const Element<F>& a, const Element<F>& twice,
                            Columns<F>* c) {
  using B = typename F::Backend;
  constexpr int kFirst = k < F::kLimbs ? 0 : k - F::kLimbs + 1;
  typename B::Word low = c->column[k];
  typename B::Word high = B::Const(0);
  ASSAY_UNROLL for (int i = kFirst; 2 * i < k; ++i) {
    low = B::MulLow(low, twice.limb[i], a.limb[k - i]);
    high = B::MulHigh(high, twice.limb[i], a.limb[k - i]);
  }
  if constexpr (k % 2 == 0) {
    low = B::MulLow(low, a.limb[k / 2], a.limb[k / 2]);
    high = B::MulHigh(high, a.limb[k / 2], a.limb[k / 2]);
  }
  c->column[k] = low;
  c->column[k + 1] = B::Add(c->column[k + 1], B::template Shl<4>(high));
  if constexpr (k + 2 < 2 * F::kLimbs) AddSquare<F, k + 1>(a, twice, c);
}

template <class F>
ASSAY_INLINE Element<F> Add(const Element<F>& a, const Element<F>& b) {
  Element<F> sum;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    sum.limb[i] = F::Backend::Add(a.limb[i], b.limb[i]);
  }
  return sum;
}

// a - b, for b of at most Bias<k>.
template <int k, class F>
ASSAY_INLINE Element<F> Sub(const Element<F>& a, const Element<F>& b) {
  using B = typename F::Backend;
  Element<F> difference;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    difference.limb[i] =
        B::Sub(B::Add(a.limb[i], B::Const(F::Bias(k, i))), b.limb[i]);
  }
  return difference;
}

// -a, for a of at most Bias<k>.
template <int k, class F>
ASSAY_INLINE Element<F> Negate(const Element<F>& a) {
  using B = typename F::Backend;
  Element<F> negative;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    negative.limb[i] = B::Sub(B::Const(F::Bias(k, i)), a.limb[i]);
  }
  return negative;
}

template <int k, class F>
ASSAY_INLINE Element<F> TimesPowerOf2(const Element<F>& a) {
  Element<F> multiple;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    multiple.limb[i] = F::Backend::template Shl<k>(a.limb[i]);
  }
  return multiple;
}

template <class F>
ASSAY_INLINE Element<F> One() {
  Element<F> one;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    one.limb[i] = F::Backend::Const(i == 0 ? 1 : 0);
  }
  return one;
}

template <class F>
ASSAY_FORMULA Element<F> Mul(const Element<F>& a, const Element<F>& b) {
  const Element<F>* const left[] = {&a};
  const Element<F>* const right[] = {&b};
  Columns<F> c = ColumnBias<F>();
  AddProducts<F, 1>(left, right, &c);
  return F::Reduce(c);
}

// a b - c, for c of at most eight times a tight element.
template <class F>
ASSAY_FORMULA Element<F> MulSub(const Element<F>& a, const Element<F>& b,
                                const Element<F>& c) {
  const Element<F>* const left[] = {&a};
  const Element<F>* const right[] = {&b};
  Columns<F> columns = ColumnBias<F>();
  Subtract(c, &columns);
  AddProducts<F, 1>(left, right, &columns);
  return F::Reduce(columns);
}

// a b + c d, reduced once.
template <class F>
ASSAY_FORMULA Element<F> MulMulAdd(const Element<F>& a, const Element<F>& b,
                                   const Element<F>& c, const Element<F>& d) {
  const Element<F>* const left[] = {&a, &c};
  const Element<F>* const right[] = {&b, &d};
  Columns<F> columns = ColumnBias<F>();
  AddProducts<F, 2>(left, right, &columns);
  return F::Reduce(columns);
}

// a^2 - c, for c of at most eight times a tight element.
template <class F>
ASSAY_FORMULA Element<F> SquareSub(const Element<F>& a, const Element<F>& c) {
  Columns<F> columns = ColumnBias<F>();
  Subtract(c, &columns);
  AddSquare<F>(a, TimesPowerOf2<1>(a), &columns);
  return F::Reduce(columns);
}

template <class F>
ASSAY_FORMULA Element<F> Square(const Element<F>& a) {
  Columns<F> columns = ColumnBias<F>();
  AddSquare<F>(a, TimesPowerOf2<1>(a), &columns);
  return F::Reduce(columns);
}

// Carries from limb to limb, and returns what leaves the field's last bit. The
// limbs may be anything whose sums stay within 63 bits, negative ones too.
template <class F>
ASSAY_INLINE typename F::Word CarryThrough(Element<F>* a) {
  using B = typename F::Backend;
  typename F::Word carry = B::Const(0);
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs - 1; ++i) {
    const typename F::Word sum = B::Add(a->limb[i], carry);
    a->limb[i] = B::And(sum, kLimbMask);
    carry = B::template Sar<kRadix>(sum);
  }
  const typename F::Word top = B::Add(a->limb[F::kLimbs - 1], carry);
  a->limb[F::kLimbs - 1] = B::And(top, F::kTopMask);
  return B::template Sar<F::kTopBits>(top);
}

// The one representative below p, in limbs of 48 bits, of an element of limbs
// up to 2^52. With N = 2^bits and N = p + f: what leaves the top comes in again
// times f. After the first carry that is below 2^12, so the value is below
// N + 2^12 f; after the second it is below N, or N was subtracted and it is
// below 2^12 f, to which f is added: less than N either way, and the last carry
// is nothing. Then v + f carries out just if v >= p, and what is left is v - p.
template <class F>
ASSAY_INLINE Element<F> Canonical(Element<F> a) {
  F::AddFold(CarryThrough<F>(&a), &a);
  F::AddFold(CarryThrough<F>(&a), &a);
  CarryThrough<F>(&a);
  Element<F> above = a;
  F::AddFold(F::Backend::Const(1), &above);
  F::AddFold(CarryThrough<F>(&above), &a);
  CarryThrough<F>(&a);
  return a;
}

// a + b for affine b (madd, 8M + 3S). Z of the sum is zero if a = b, a = -b or
// a is at infinity, and only then: all of these are left to others.
template <class F>
ASSAY_INLINE Jacobian<F> AddMixed(const Jacobian<F>& a, const Affine<F>& b) {
  const Element<F> zz = Square(a.z);
  const Element<F> h = MulSub(b.x, zz, a.x);
  const Element<F> zzz = Mul(a.z, zz);
  const Element<F> r = MulSub(b.y, zzz, a.y);
  const Element<F> hh = Square(h);
  Jacobian<F> sum;
  sum.z = Mul(a.z, h);
  const Element<F> hhh = Mul(h, hh);
  const Element<F> v = Mul(a.x, hh);
  sum.x = SquareSub(r, Add(hhh, TimesPowerOf2<1>(v)));
  sum.y = MulMulAdd(r, Sub<1>(v, sum.x), Negate<2>(a.y), hhh);
  return sum;
}

// 2 a on a curve with a = -3 (dbl-2001-b, 3M + 5S). Infinity stays infinity.
template <class F>
ASSAY_INLINE Jacobian<F> Double(const Jacobian<F>& a) {
  const Element<F> delta = Square(a.z);
  const Element<F> gamma = Square(a.y);
  const Element<F> sum = Add(a.x, delta);
  const Element<F> alpha =
      Mul(Sub<1>(a.x, delta), Add(sum, TimesPowerOf2<1>(sum)));
  const Element<F> beta = Mul(a.x, gamma);
  Jacobian<F> twice;
  twice.z = SquareSub(Add(a.y, a.z), Add(gamma, delta));
  twice.x = SquareSub(alpha, TimesPowerOf2<3>(beta));
  twice.y = MulSub(alpha, Sub<1>(TimesPowerOf2<2>(beta), twice.x),
                   TimesPowerOf2<3>(Square(gamma)));
  return twice;
}
