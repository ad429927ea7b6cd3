// The arithmetic of rsa_avx512.cc, which includes it inside its target region
// and says what it is about. It is a file of its own so that the tests reach
// its parts. Includes nothing; everything is in an unnamed namespace.
namespace assay::simd {
namespace {

constexpr int kLanes = 8;

struct IfmaLanes {
  using Word = __m512i;
  static ASSAY_INLINE Word Zero() { return _mm512_setzero_si512(); }
  static ASSAY_INLINE Word Mask() { return _mm512_set1_epi64(kLimbMask); }
  static ASSAY_INLINE Word Add(Word a, Word b) {
    return _mm512_add_epi64(a, b);
  }
  static ASSAY_INLINE Word MulAddLow(Word sum, Word a, Word b) {
    return _mm512_madd52lo_epu64(sum, a, b);
  }
  static ASSAY_INLINE Word MulAddHigh(Word sum, Word a, Word b) {
    return _mm512_madd52hi_epu64(sum, a, b);
  }
  // The low 52 bits of the product of the operands' low 52 bits.
  static ASSAY_INLINE Word MulLow(Word a, Word b) {
    return _mm512_madd52lo_epu64(Zero(), a, b);
  }
  static ASSAY_INLINE Word Low52(Word a) { return _mm512_and_si512(a, Mask()); }
  static ASSAY_INLINE Word Divide(Word a) {
    return _mm512_srli_epi64(a, kLimbBits);
  }
  static ASSAY_INLINE Word DivideRoundingUp(Word a) {
    return Divide(Add(a, Mask()));
  }
};

// Row i's word j becomes row j's word i.
ASSAY_INLINE void Transpose(__m512i* rows) {
  __m512i words[2][4];  // [h][p]: words h, h + 2, h + 4, h + 6 of rows 2p, 2p+1
  ASSAY_UNROLL
  for (int p = 0; p < 4; ++p) {
    words[0][p] = _mm512_unpacklo_epi64(rows[2 * p], rows[2 * p + 1]);
    words[1][p] = _mm512_unpackhi_epi64(rows[2 * p], rows[2 * p + 1]);
  }
  ASSAY_UNROLL
  for (int h = 0; h < 2; ++h) {
    const __m512i* const pairs = words[h];
    const __m512i upper04 = _mm512_shuffle_i64x2(pairs[0], pairs[1], 0x88);
    const __m512i upper26 = _mm512_shuffle_i64x2(pairs[0], pairs[1], 0xdd);
    const __m512i lower04 = _mm512_shuffle_i64x2(pairs[2], pairs[3], 0x88);
    const __m512i lower26 = _mm512_shuffle_i64x2(pairs[2], pairs[3], 0xdd);
    rows[h] = _mm512_shuffle_i64x2(upper04, lower04, 0x88);
    rows[h + 2] = _mm512_shuffle_i64x2(upper26, lower26, 0x88);
    rows[h + 4] = _mm512_shuffle_i64x2(upper04, lower04, 0xdd);
    rows[h + 6] = _mm512_shuffle_i64x2(upper26, lower26, 0xdd);
  }
}

// How far an odd limb lies above the start of its first byte.
ASSAY_INLINE __m512i NibbleShifts() {
  return _mm512_set_epi64(4, 0, 4, 0, 4, 0, 4, 0);
}

// A row's bytes as eight limbs.
ASSAY_INLINE __m512i LoadRow(const uint8_t* bytes, const RowShape& shape) {
  const __m512i row = _mm512_maskz_loadu_epi8(shape.has_byte, bytes);
  const __m512i limbs = _mm512_maskz_permutexvar_epi8(
      shape.has_limb_byte, _mm512_load_si512(shape.to_limbs), row);
  return IfmaLanes::Low52(_mm512_srlv_epi64(limbs, NibbleShifts()));
}

ASSAY_INLINE void StoreRow(__m512i limbs, const RowShape& shape,
                           uint8_t* bytes) {
  const __m512i shifted = _mm512_sllv_epi64(limbs, NibbleShifts());
  const __m512i even = _mm512_maskz_permutexvar_epi8(
      shape.has_even, _mm512_load_si512(shape.from_even), shifted);
  const __m512i odd = _mm512_maskz_permutexvar_epi8(
      shape.has_odd, _mm512_load_si512(shape.from_odd), shifted);
  _mm512_mask_storeu_epi8(bytes, shape.has_byte, _mm512_or_si512(even, odd));
}

// The lanes in which a is below b.
inline __mmask8 LanesBelow(const __m512i* a, const __m512i* b, int num_limbs) {
  __m512i borrow = _mm512_setzero_si512();  // 0 or -1
  for (int i = 0; i < num_limbs; ++i) {
    const __m512i difference = _mm512_sub_epi64(a[i], b[i]);
    borrow = _mm512_srai_epi64(_mm512_add_epi64(difference, borrow), 63);
  }
  return _mm512_movepi64_mask(borrow);
}

// a -= b in `lanes`, in which a is not below b.
inline void SubtractInLanes(__mmask8 lanes, const __m512i* b, int num_limbs,
                            __m512i* a) {
  __m512i borrow = _mm512_setzero_si512();
  for (int i = 0; i < num_limbs; ++i) {
    const __m512i difference = _mm512_add_epi64(
        _mm512_sub_epi64(a[i], _mm512_maskz_mov_epi64(lanes, b[i])), borrow);
    a[i] = IfmaLanes::Low52(difference);
    borrow = _mm512_srai_epi64(difference, 63);
  }
}

// From [0, 2n) to [0, n).
inline void ReduceFully(const __m512i* n, int num_limbs, __m512i* a) {
  const auto lanes = static_cast<__mmask8>(~LanesBelow(a, n, num_limbs));
  if (lanes != 0) SubtractInLanes(lanes, n, num_limbs, a);
}

template <int kModulusLen, int kTiles>
class Rsa {
  using Field = Montgomery<IfmaLanes, kTiles>;
  static constexpr int kLimbs = Field::kLimbs;
  static constexpr int kRows = NumRows(kModulusLen);
  static constexpr int kPaddedLimbs = kRows * kLimbsPerRow;
  static constexpr RowShape kWholeRow = MakeRowShape(kBytesPerRow);
  static constexpr RowShape kLastRow = MakeRowShape(LastRowLen(kModulusLen));
  static_assert(kPaddedLimbs >= kLimbs);
  static_assert(kLimbBits * kLimbs >= 8 * kModulusLen + 2);  // R > 4n

 public:
  struct alignas(64) Key {
    uint64_t n[kPaddedLimbs];
    uint64_t r_squared[kPaddedLimbs];
    uint64_t minus_inverse;
  };

  static void PrepareKey(const uint8_t* modulus, void* key) {
    Key* const k = static_cast<Key*>(key);
    BytesToLimbs(modulus, kModulusLen, k->n, kPaddedLimbs);
    for (int i = kLimbs; i < kPaddedLimbs; ++i) k->r_squared[i] = 0;
    MontgomeryRSquared(k->n, kLimbs, k->r_squared);
    k->minus_inverse = MinusInverse52(k->n[0]);
  }

  static void Power65537(const RsaJob* jobs, size_t num, bool* in_range) {
    for (size_t first = 0; first < num; first += kLanes) {
      const size_t rest = num - first;
      const int used = rest < kLanes ? static_cast<int>(rest) : kLanes;
      const RsaJob* lanes[kLanes];
      // Lanes without a job repeat one.
      for (int i = 0; i < kLanes; ++i) {
        lanes[i] = jobs + first + (i < used ? i : 0);
      }
      PowerInLanes(lanes, used, in_range + first);
    }
  }

 private:
  struct Keys {
    typename Field::Modulus modulus;
    __m512i r_squared[kLimbs];
  };

  static void PowerInLanes(const RsaJob* const* jobs, int used,
                           bool* in_range) {
    Keys keys;
    LoadKeys(jobs, &keys);
    __m512i s[kLimbs];
    LoadSignatures(jobs, s);
    const unsigned below = LanesBelow(s, keys.modulus.n, kLimbs);
    __m512i power[kLimbs];
    Power(keys, s, power);
    ReduceFully(keys.modulus.n, kLimbs, power);
    StoreResults(power, jobs, used);
    for (int i = 0; i < used; ++i) in_range[i] = (below >> i & 1) != 0;
  }

  // s^65537 mod n, in [0, 2n). The last factor is not in Montgomery form, so
  // the result is not either.
  static void Power(const Keys& keys, const __m512i* s, __m512i* power) {
    Field::Multiply(s, keys.r_squared, keys.modulus, power);
    for (int i = 0; i < 16; ++i) Field::Square(power, keys.modulus, power);
    Field::Multiply(power, s, keys.modulus, power);
  }

  static ASSAY_INLINE const RowShape& ShapeOf(int row) {
    return row == kRows - 1 ? kLastRow : kWholeRow;
  }

  static void LoadKeys(const RsaJob* const* jobs, Keys* keys) {
    alignas(64) uint64_t inverses[kLanes];
    const uint64_t* n[kLanes];
    const uint64_t* r_squared[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      const Key* const key = static_cast<const Key*>(jobs[lane]->key);
      inverses[lane] = key->minus_inverse;
      n[lane] = key->n;
      r_squared[lane] = key->r_squared;
    }
    keys->modulus.minus_inverse = _mm512_load_si512(inverses);
    LoadLimbs(n, keys->modulus.n);
    LoadLimbs(r_squared, keys->r_squared);
  }

  static void LoadLimbs(const uint64_t* const* numbers, __m512i* limbs) {
    for (int row = 0; row < kRows; ++row) {
      __m512i block[kLanes];
      ASSAY_UNROLL
      for (int lane = 0; lane < kLanes; ++lane) {
        block[lane] = _mm512_loadu_si512(numbers[lane] + kLimbsPerRow * row);
      }
      Transpose(block);
      CopyRow(block, row, limbs);
    }
  }

  static void LoadSignatures(const RsaJob* const* jobs, __m512i* limbs) {
    for (int row = 0; row < kRows; ++row) {
      const RowShape& shape = ShapeOf(row);
      __m512i block[kLanes];
      ASSAY_UNROLL
      for (int lane = 0; lane < kLanes; ++lane) {
        block[lane] =
            LoadRow(jobs[lane]->signature + RowOffset(kModulusLen, row), shape);
      }
      Transpose(block);
      CopyRow(block, row, limbs);
    }
  }

  // Without the last row's padding.
  static ASSAY_INLINE void CopyRow(const __m512i* block, int row,
                                   __m512i* limbs) {
    ASSAY_UNROLL
    for (int i = 0; i < kLimbsPerRow; ++i) {
      const int limb = kLimbsPerRow * row + i;
      if (limb < kLimbs) limbs[limb] = block[i];
    }
  }

  static void StoreResults(const __m512i* limbs, const RsaJob* const* jobs,
                           int used) {
    for (int row = 0; row < kRows; ++row) {
      __m512i block[kLanes];
      ASSAY_UNROLL
      for (int i = 0; i < kLimbsPerRow; ++i) {
        const int limb = kLimbsPerRow * row + i;
        block[i] = limb < kLimbs ? limbs[limb] : _mm512_setzero_si512();
      }
      Transpose(block);
      for (int lane = 0; lane < used; ++lane) {
        StoreRow(block[lane], ShapeOf(row),
                 jobs[lane]->encoded_message + RowOffset(kModulusLen, row));
      }
    }
  }
};

}  // namespace
}  // namespace assay::simd
