// Eight lanes of 64 bits in AVX-512 with IFMA: the backend of the arithmetic.
// Textual: included inside an anonymous namespace and inside a region compiled
// for the instruction set; <immintrin.h> comes before that region.

struct IfmaLanes {
  using Word = __m512i;

  static ASSAY_INLINE Word Const(uint64_t value) {
    return _mm512_set1_epi64(static_cast<long long>(value));
  }
  static ASSAY_INLINE Word Add(Word a, Word b) {
    return _mm512_add_epi64(a, b);
  }
  static ASSAY_INLINE Word Sub(Word a, Word b) {
    return _mm512_sub_epi64(a, b);
  }
  static ASSAY_INLINE Word And(Word a, uint64_t mask) {
    return _mm512_and_si512(a, Const(mask));
  }
  // sum + the low and the high 52 bits of a * b.
  static ASSAY_INLINE Word MulLow(Word sum, Word a, Word b) {
    return _mm512_madd52lo_epu64(sum, a, b);
  }
  static ASSAY_INLINE Word MulHigh(Word sum, Word a, Word b) {
    return _mm512_madd52hi_epu64(sum, a, b);
  }
  template <int k>
  static ASSAY_INLINE Word Shl(Word a) {
    return _mm512_slli_epi64(a, k);
  }
  template <int k>
  static ASSAY_INLINE Word ShlLosingBits(Word a) {
    return _mm512_slli_epi64(a, k);
  }
  // Of what is not negative.
  template <int k>
  static ASSAY_INLINE Word Shr(Word a) {
    return _mm512_srli_epi64(a, k);
  }
  template <int k>
  static ASSAY_INLINE Word Sar(Word a) {
    return _mm512_srai_epi64(a, k);
  }
  static ASSAY_INLINE Word IfNegative(Word condition, Word a, Word b) {
    return _mm512_mask_mov_epi64(b, _mm512_movepi64_mask(condition), a);
  }
};

// The transposed matrix of eight rows of eight words.
ASSAY_INLINE void Transpose(const __m512i* row, __m512i* column) {
  __m512i even[4], odd[4];
  ASSAY_UNROLL for (int i = 0; i < 4; ++i) {
    even[i] = _mm512_unpacklo_epi64(row[2 * i], row[2 * i + 1]);
    odd[i] = _mm512_unpackhi_epi64(row[2 * i], row[2 * i + 1]);
  }
  ASSAY_UNROLL for (int i = 0; i < 2; ++i) {
    const __m512i* const pair = i == 0 ? even : odd;
    const __m512i a = _mm512_shuffle_i64x2(pair[0], pair[1], 0x88);
    const __m512i b = _mm512_shuffle_i64x2(pair[2], pair[3], 0x88);
    const __m512i c = _mm512_shuffle_i64x2(pair[0], pair[1], 0xdd);
    const __m512i d = _mm512_shuffle_i64x2(pair[2], pair[3], 0xdd);
    column[i] = _mm512_shuffle_i64x2(a, b, 0x88);
    column[i + 4] = _mm512_shuffle_i64x2(a, b, 0xdd);
    column[i + 2] = _mm512_shuffle_i64x2(c, d, 0x88);
    column[i + 6] = _mm512_shuffle_i64x2(c, d, 0xdd);
  }
}

// The first `count` lanes, for count in [1, 8].
constexpr __mmask8 FirstLanes(int count) {
  return static_cast<__mmask8>(0xff >> (8 - count));
}

// word[i] becomes word i of each of eight rows.
template <int kCount>
ASSAY_INLINE void LoadRows(const uint64_t* const* row, __m512i* word) {
  ASSAY_UNROLL for (int at = 0; at < kCount; at += 8) {
    const int count = kCount - at < 8 ? kCount - at : 8;
    __m512i rows[8], columns[8];
    ASSAY_UNROLL for (int lane = 0; lane < 8; ++lane) {
      rows[lane] = _mm512_maskz_loadu_epi64(FirstLanes(count), row[lane] + at);
    }
    Transpose(rows, columns);
    ASSAY_UNROLL for (int i = 0; i < count; ++i) word[at + i] = columns[i];
  }
}

template <int kCount>
ASSAY_INLINE void StoreRows(const __m512i* word, uint64_t* const* row) {
  ASSAY_UNROLL for (int at = 0; at < kCount; at += 8) {
    const int count = kCount - at < 8 ? kCount - at : 8;
    __m512i rows[8], columns[8];
    ASSAY_UNROLL for (int i = 0; i < 8; ++i) {
      columns[i] = i < count ? word[at + i] : _mm512_setzero_si512();
    }
    Transpose(columns, rows);
    ASSAY_UNROLL for (int lane = 0; lane < 8; ++lane) {
      _mm512_mask_storeu_epi64(row[lane] + at, FirstLanes(count), rows[lane]);
    }
  }
}

// Digits of kBits bits of numbers of kWords words, and back. Digits beyond the
// words are zero, and must be so for the way back.
template <int kBits, int kWords, int kLimbs>
ASSAY_INLINE void LimbsFromWords(const __m512i* word, __m512i* limb) {
  ASSAY_UNROLL for (int i = 0; i < kLimbs; ++i) {
    const int at = kBits * i / 64, shift = kBits * i % 64;
    limb[i] = at < kWords ? _mm512_srli_epi64(word[at], shift)
                          : _mm512_setzero_si512();
    if (shift + kBits > 64 && at + 1 < kWords) {
      limb[i] =
          _mm512_or_si512(limb[i], _mm512_slli_epi64(word[at + 1], 64 - shift));
    }
    limb[i] = IfmaLanes::And(limb[i], (uint64_t{1} << kBits) - 1);
  }
}

template <int kBits, int kWords, int kLimbs>
ASSAY_INLINE void WordsFromLimbs(const __m512i* limb, __m512i* word) {
  ASSAY_UNROLL for (int i = 0; i < kWords; ++i) {
    const int at = 64 * i / kBits, shift = 64 * i % kBits;
    word[i] = _mm512_srli_epi64(limb[at], shift);
    if (at + 1 < kLimbs) {
      word[i] = _mm512_or_si512(word[i],
                                _mm512_slli_epi64(limb[at + 1], kBits - shift));
    }
    if (at + 2 < kLimbs && 2 * kBits - shift < 64) {
      word[i] = _mm512_or_si512(
          word[i], _mm512_slli_epi64(limb[at + 2], 2 * kBits - shift));
    }
  }
}
