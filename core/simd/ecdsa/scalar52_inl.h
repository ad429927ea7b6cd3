// Numbers modulo the group's order, in Montgomery form. Textual: included
// inside an anonymous namespace, after radix48_inl.h and wide_words_inl.h.
//
// Representation. limb[i] * 2^(52 i), every limb in [0, 2^52). With
// R = 2^(52 kLimbs), Mul(a, b) is congruent to a b / R and below n + a b / R:
// for operands below 4 n it is below 2 n, R having at least 32 bits more than
// n. Columns gather at most 4 kLimbs terms below 2^52 and a carry: they stay
// below 2^58.

constexpr uint64_t kMask52 = (uint64_t{1} << 52) - 1;

// What follows from an odd modulus C::kOrder of C::kWords words.
template <class C>
struct OrderConstants {
  static constexpr int kLimbs = C::kScalarLimbs;

  uint64_t limb[kLimbs] = {};
  uint64_t r_squared[kLimbs] = {};
  uint64_t minus_inverse = 1;  // -n^-1 modulo 2^52

  constexpr OrderConstants() {
    uint64_t power[C::kWords] = {1};
    for (int i = 0; i < 2 * 52 * kLimbs; ++i) DoubleModulo(power);
    for (int i = 0; i < kLimbs; ++i) {
      limb[i] = BitsAt<C::kWords>(C::kOrder, 52 * i, 52);
      r_squared[i] = BitsAt<C::kWords>(power, 52 * i, 52);
    }
    for (int i = 0; i < 6; ++i) {
      minus_inverse *= 2 + C::kOrder[0] * minus_inverse;
    }
    minus_inverse &= kMask52;
  }

  static constexpr void DoubleModulo(uint64_t* a) {
    uint64_t reduced[C::kWords] = {};
    const uint64_t out = a[C::kWords - 1] >> 63;
    AddWords<C::kWords>(a, a, a);
    const bool below = SubtractWords<C::kWords>(a, C::kOrder, reduced);
    for (int i = 0; (out != 0 || !below) && i < C::kWords; ++i)
      a[i] = reduced[i];
  }
};

template <class C, class B>
struct Scalar52 {
  using Word = typename B::Word;
  static constexpr int kLimbs = C::kScalarLimbs;
  static constexpr OrderConstants<C> kOrder = OrderConstants<C>();

  Word limb[kLimbs];

  static ASSAY_INLINE Scalar52 FromConstant(const uint64_t* limbs) {
    Scalar52 a;
    ASSAY_UNROLL for (int i = 0; i < kLimbs; ++i) a.limb[i] =
        B::Const(limbs[i]);
    return a;
  }

  static ASSAY_INLINE Scalar52 Mul(const Scalar52& a, const Scalar52& b) {
    Word c[2 * kLimbs];
    ASSAY_UNROLL for (int i = 0; i < 2 * kLimbs; ++i) c[i] = B::Const(0);
    AddRow<0>(a.limb, b, c);
    ReduceRow<0>(c);
    Scalar52 r;
    Word carry = B::Const(0);
    ASSAY_UNROLL for (int i = 0; i < kLimbs; ++i) {
      const Word sum = B::Add(c[kLimbs + i], carry);
      r.limb[i] = B::And(sum, kMask52);
      carry = B::template Shr<52>(sum);
    }
    return r;
  }

  template <int i>
  static ASSAY_INLINE void AddRow(const Word* a, const Scalar52& b, Word* c) {
    ASSAY_UNROLL for (int j = 0; j < kLimbs; ++j) {
      c[i + j] = B::MulLow(c[i + j], a[i], b.limb[j]);
      c[i + j + 1] = B::MulHigh(c[i + j + 1], a[i], b.limb[j]);
    }
    if constexpr (i + 1 < kLimbs) AddRow<i + 1>(a, b, c);
  }

  // Adds the multiple of n that clears column i.
  template <int i>
  static ASSAY_INLINE void ReduceRow(Word* c) {
    const Word q = B::MulLow(B::Const(0), B::And(c[i], kMask52),
                             B::Const(kOrder.minus_inverse));
    ASSAY_UNROLL for (int j = 0; j < kLimbs; ++j) {
      const Word n = B::Const(kOrder.limb[j]);
      c[i + j] = B::MulLow(c[i + j], q, n);
      c[i + j + 1] = B::MulHigh(c[i + j + 1], q, n);
    }
    c[i + 1] = B::Add(c[i + 1], B::template Shr<52>(c[i]));
    if constexpr (i + 1 < kLimbs) ReduceRow<i + 1>(c);
  }

  // a - n, or a if that is negative.
  static ASSAY_INLINE Scalar52 Canonical(const Scalar52& a) {
    Scalar52 reduced;
    Word carry = B::Const(0);
    ASSAY_UNROLL for (int i = 0; i < kLimbs; ++i) {
      const Word n = B::Const(kOrder.limb[i]);
      const Word sum = B::Add(B::Sub(a.limb[i], n), carry);
      reduced.limb[i] = B::And(sum, kMask52);
      carry = B::template Sar<52>(sum);
    }
    ASSAY_UNROLL for (int i = 0; i < kLimbs; ++i) {
      reduced.limb[i] = B::IfNegative(carry, a.limb[i], reduced.limb[i]);
    }
    return reduced;
  }
};
