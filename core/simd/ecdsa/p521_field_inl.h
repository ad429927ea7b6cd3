// The field of P-521 (FIPS 186-4 D.1.2.5) in eleven limbs of 48 bits, of which
// the last needs 41. Textual, as radix48_inl.h, which comes first.
//
// p = 2^521 - 1, so 2^528 = 2^7.

template <class B>
struct P521Field {
  using Backend = B;
  using Word = typename B::Word;
  static constexpr int kLimbs = 11;
  static constexpr int kTopBits = 41;
  static constexpr uint64_t kTopMask = (uint64_t{1} << kTopBits) - 1;
  // Bounds of a tight element.
  static constexpr uint64_t kTightLimb = (uint64_t{1} << 48) + (1 << 13);
  static constexpr uint64_t kTightTop = (uint64_t{1} << 41) + (1 << 13);

  // Limb i of 2^k p: the digits of p.
  static constexpr uint64_t Bias(int k, int i) {
    return (i == 10 ? kTopMask : kLimbMask) << k;
  }

  // a += t (2^521 - p).
  static ASSAY_INLINE void AddFold(Word t, Element<P521Field>* a) {
    a->limb[0] = B::Add(a->limb[0], t);
  }

  // The element that is congruent to `c`: the upper columns, carried once, come
  // in again times 2^7.
  static ASSAY_INLINE Element<P521Field> Reduce(const Columns<P521Field>& c) {
    Element<P521Field> r;
    r.limb[0] = AddFolded(c.column[0], B::And(c.column[11], kLimbMask));
    ASSAY_UNROLL for (int i = 1; i < 11; ++i) {
      const Word own =
          i == 10 ? c.column[21] : B::And(c.column[11 + i], kLimbMask);
      r.limb[i] = AddFolded(
          c.column[i], B::Add(own, B::template Shr<kRadix>(c.column[10 + i])));
    }
    return CarryOnce(r);
  }

  static ASSAY_INLINE Word AddFolded(Word low, Word high) {
    return B::Add(low, B::template Shl<7>(high));
  }

  // Carries every limb to the next at once. The limbs are positive.
  static ASSAY_INLINE Element<P521Field> CarryOnce(Element<P521Field> a) {
    AddFold(B::template Shr<kTopBits>(a.limb[10]), &a);
    Element<P521Field> r;
    r.limb[0] = B::And(a.limb[0], kLimbMask);
    ASSAY_UNROLL for (int i = 1; i < 11; ++i) {
      r.limb[i] = B::Add(B::And(a.limb[i], i == 10 ? kTopMask : kLimbMask),
                         B::template Shr<kRadix>(a.limb[i - 1]));
    }
    return r;
  }
};
