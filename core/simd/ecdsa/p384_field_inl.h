// The field of P-384 (FIPS 186-4 D.1.2.4) in eight limbs of 48 bits, which are
// exactly its 384. Textual, as radix48_inl.h, which comes first.
//
// p = 2^384 - f with f = 2^128 + 2^96 - 2^32 + 1.

template <class B>
struct P384Field {
  using Backend = B;
  using Word = typename B::Word;
  static constexpr int kLimbs = 8;
  static constexpr int kTopBits = 48;
  static constexpr uint64_t kTopMask = kLimbMask;
  // Bounds of a tight element: each limb is at most this.
  static constexpr uint64_t kTightLimb = (uint64_t{1} << 48) + (1 << 13);
  static constexpr uint64_t kTightTop = kTightLimb;

  // Limb i of 2^k p: the digits of p, of which the first two borrow one from
  // the next.
  static constexpr uint64_t Bias(int k, int i) {
    const uint64_t b = uint64_t{1} << 48;
    const uint64_t e = uint64_t{1} << 32;
    return (i == 0 ? b + e - 1 : i == 2 ? b - e - 2 : b - 1) << k;
  }

  // a += t f, for a small t.
  static ASSAY_INLINE void AddFold(Word t, Element<P384Field>* a) {
    const Word t32 = B::template Shl<32>(t);
    a->limb[0] = B::Add(a->limb[0], B::Sub(t, t32));
    a->limb[2] = B::Add(a->limb[2], B::Add(t, t32));
  }

  // The upper columns, carried once; the last keeps what it has.
  static ASSAY_INLINE void CarryUpper(const Columns<P384Field>& c, Word* h) {
    h[0] = B::And(c.column[8], kLimbMask);
    ASSAY_UNROLL for (int i = 1; i < 7; ++i) {
      h[i] = B::Add(B::And(c.column[8 + i], kLimbMask),
                    B::template Shr<kRadix>(c.column[7 + i]));
    }
    h[7] = B::Add(c.column[15], B::template Shr<kRadix>(c.column[14]));
  }

  // The element that is congruent to `c`.
  // h[i], of weight 2^384 2^(48 i), comes in again as h[i] (1 + 2^96) at i, and
  // h[i] 2^32 (2^96 - 1), where h[i] 2^32 is cut into 48 bits at i (low) and
  // the rest at i + 1 (high). With g[i] = low[i] + high[i - 1] that makes
  // h[i] - g[i] at i, and h[i] + g[i] at i + 2. What so comes to lie at 8, 9
  // and 10 is due to h[5] and up: it is added to h[0], h[1], h[2] beforehand.
  static ASSAY_INLINE Element<P384Field> Reduce(const Columns<P384Field>& c) {
    Word h[10], low[8], high[8], g[9];
    CarryUpper(c, h);
    ASSAY_UNROLL for (int i = 7; i >= 5; --i) Cut(h[i], &low[i], &high[i]);
    g[6] = B::Add(low[6], high[5]);
    g[7] = B::Add(low[7], high[6]);
    h[0] = B::Add(h[0], B::Sub(B::Add(h[6], g[6]), high[7]));
    h[1] = B::Add(h[1], B::Add(h[7], g[7]));
    h[2] = B::Add(h[2], high[7]);
    ASSAY_UNROLL for (int i = 0; i < 5; ++i) Cut(h[i], &low[i], &high[i]);
    g[0] = low[0];
    ASSAY_UNROLL for (int i = 1; i < 6; ++i) g[i] = B::Add(low[i], high[i - 1]);
    Element<P384Field> r;
    ASSAY_UNROLL for (int i = 0; i < 8; ++i) {
      r.limb[i] = B::Add(c.column[i], B::Sub(h[i], g[i]));
      if (i >= 2) {
        r.limb[i] = B::Add(r.limb[i], B::Add(h[i - 2], g[i - 2]));
      }
    }
    return CarryOnce(r);
  }

  // h 2^32 = low + high 2^48.
  static ASSAY_INLINE void Cut(Word h, Word* low, Word* high) {
    *low = B::And(B::template ShlLosingBits<32>(h), kLimbMask);
    *high = B::template Sar<16>(h);
  }

  // Carries every limb to the next at once. The limbs are positive.
  static ASSAY_INLINE Element<P384Field> CarryOnce(Element<P384Field> a) {
    const Word top = B::template Shr<kRadix>(a.limb[7]);
    a.limb[7] = B::And(a.limb[7], kLimbMask);
    AddFold(top, &a);
    Element<P384Field> r;
    r.limb[0] = B::And(a.limb[0], kLimbMask);
    ASSAY_UNROLL for (int i = 1; i < 8; ++i) {
      r.limb[i] = B::Add(B::And(a.limb[i], kLimbMask),
                         B::template Shr<kRadix>(a.limb[i - 1]));
    }
    return r;
  }
};
