// Montgomery multiplication of big numbers, one number per lane (Montgomery,
// "Modular multiplication without trial division", 1985; in radix 2^52 after
// Gueron and Krasnov, "Software implementation of modular exponentiation,
// using advanced vector instructions architectures", 2012).
//
// Included by one instruction set's file *inside* its target region, and by
// tests, which run this very code on plain words and on bounds. So it includes
// nothing, and everything is in an unnamed namespace.
//
// Representation: a number is kLimbs = kTile * kTiles words per lane, least
// significant first, of 52 bits each. R = 2^(52 * kLimbs).
//
// Ranges. `Lanes` is the arithmetic: MulAddLow(s, a, b) adds the low and
// MulAddHigh(s, a, b) the high 52 bits of a * b to s. They see only the low 52
// bits of a and b; sums have 64 bits.
//  - Limbs, of inputs and outputs, are below 2^52, so no factor loses bits.
//  (The
//    one factor that is a sum, in ReduceColumns, is meant modulo 2^52, and has
//    an operation of its own, MulLow.)
//  - A column's sum receives at most 2 * kLimbs low and 2 * kLimbs high halves,
//    each below 2^52, and one carry below 2^12: for 80 limbs less than
//    321 * 2^52 < 2^61. What is doubled is at most half of the products.
//  - Values: the modulus n is odd with R > 4n. Factors are below 2n; then so is
//    the result: (a * b + q * n) / R < (4n^2 + R * n) / R < 2n, as q < R. No
//    subtraction is needed between multiplications.
// montgomery_lanes_test proves the bounds of columns by running this code on
// bounds.
//
// The product is made in blocks of kTile columns. A tile of kTile x kTile limb
// products touches the columns of two blocks, which fit into 32 registers: a
// limb that is loaded serves kTile times, and sums stay where they are from
// tile to tile.
namespace assay::simd {
namespace {

// A test that runs this on something else than registers may define the first
// three otherwise.
#if !defined(ASSAY_UNROLL)
#define ASSAY_INLINE inline __attribute__((always_inline))
#if defined(__clang__)
#define ASSAY_UNROLL _Pragma("clang loop unroll(full)")
#else
#define ASSAY_UNROLL _Pragma("GCC unroll 32")
#endif
// Makes the compiler load again what `pointer` points to, rather than keep too
// much in registers, run out of them and spill.
#define ASSAY_FORGET(pointer) asm("" : "+r"(pointer))
#endif

constexpr int kTile = 10;

template <class Lanes, int kTiles>
class Montgomery {
 public:
  using Word = typename Lanes::Word;
  static constexpr int kLimbs = kTile * kTiles;

  struct Modulus {
    Word n[kLimbs];
    Word minus_inverse;  // -1/n mod 2^52
  };

  // out = a * b / R mod n, in [0, 2n). `out` may be `a` or `b`.
  static void Multiply(const Word* a, const Word* b, const Modulus& modulus,
                       Word* out) {
    Word q[kLimbs];
    Word columns[2 * kTile];
    ClearColumns(columns);
    Word carry = Lanes::Zero();
    for (int block = 0; block < 2 * kTiles - 1; ++block) {
      const int first = block < kTiles ? 0 : block - kTiles + 1;
      const int last = block < kTiles ? block : kTiles - 1;
      for (int i = first; i <= last; ++i) {
        AddTile(a + kTile * i, b + kTile * (block - i), columns);
      }
      Reduce(block, modulus, q, columns, &carry, out);
      ShiftColumns(columns);
    }
    WriteLimbs(columns, &carry, out + kLimbs - kTile);
  }

  // out = a^2 / R mod n, in [0, 2n). `out` may be `a`.
  static void Square(const Word* a, const Modulus& modulus, Word* out) {
    Word q[kLimbs];
    Word columns[2 * kTile];
    Word upper[kTile];  // What the last block left for this one.
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) upper[i] = Lanes::Zero();
    Word carry = Lanes::Zero();
    for (int block = 0; block < 2 * kTiles - 1; ++block) {
      ClearColumns(columns);
      AddSquareTiles(block, a, columns);
      ASSAY_UNROLL
      for (int i = 0; i < kTile; ++i) {
        columns[i] = Lanes::Add(columns[i], upper[i]);
      }
      Reduce(block, modulus, q, columns, &carry, out);
      ASSAY_UNROLL
      for (int i = 0; i < kTile; ++i) upper[i] = columns[kTile + i];
    }
    WriteLimbs(upper, &carry, out + kLimbs - kTile);
  }

 private:
  // columns += a * b, of kTile limbs each.
  static ASSAY_INLINE void AddTile(const Word* a, const Word* b,
                                   Word* columns) {
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) {
      ASSAY_FORGET(a);
      const Word factor = b[i];
      ASSAY_UNROLL
      for (int j = 0; j < kTile; ++j) AddProduct(a[j], factor, columns + i + j);
    }
  }

  static ASSAY_INLINE void AddProduct(Word a, Word b, Word* columns) {
    columns[0] = Lanes::MulAddLow(columns[0], a, b);
    columns[1] = Lanes::MulAddHigh(columns[1], a, b);
  }

  // columns += what belongs to the block of a^2: every product of two different
  // limbs is added once, then doubled.
  static ASSAY_INLINE void AddSquareTiles(int block, const Word* a,
                                          Word* columns) {
    for (int i = block < kTiles ? 0 : block - kTiles + 1; 2 * i < block; ++i) {
      AddTile(a + kTile * i, a + kTile * (block - i), columns);
    }
    const bool has_squares = block % 2 == 0;
    const Word* const middle = a + kTile * (block / 2);
    if (has_squares) AddTriangle(middle, columns);
    ASSAY_UNROLL
    for (int i = 0; i < 2 * kTile; ++i) {
      columns[i] = Lanes::Add(columns[i], columns[i]);
    }
    if (has_squares) AddSquares(middle, columns);
  }

  // columns += the products of a[i] and a[j], i < j.
  static ASSAY_INLINE void AddTriangle(const Word* a, Word* columns) {
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) {
      ASSAY_FORGET(a);
      const Word factor = a[i];
      ASSAY_UNROLL
      for (int j = i + 1; j < kTile; ++j) {
        AddProduct(a[j], factor, columns + i + j);
      }
    }
  }

  static ASSAY_INLINE void AddSquares(const Word* a, Word* columns) {
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) AddProduct(a[i], a[i], columns + 2 * i);
  }

  // Adds the multiple q * n that makes the lower half of all columns vanish, as
  // far as it falls into this block. Then the block's lower columns are done:
  // zero in the lower half of the blocks, limbs of the result in the upper.
  static ASSAY_INLINE void Reduce(int block, const Modulus& modulus, Word* q,
                                  Word* columns, Word* carry, Word* out) {
    const int first = block < kTiles ? 0 : block - kTiles + 1;
    const int end = block < kTiles ? block : kTiles;
    for (int i = first; i < end; ++i) {
      AddTile(modulus.n + kTile * (block - i), q + kTile * i, columns);
    }
    if (block < kTiles) {
      ReduceColumns(modulus, q + kTile * block, columns);
    } else {
      WriteLimbs(columns, carry, out + kTile * (block - kTiles));
    }
  }

  // Chooses kTile limbs of q such that adding q * n makes the lower columns
  // vanish, and adds their products with n's lowest limbs.
  static ASSAY_INLINE void ReduceColumns(const Modulus& modulus, Word* q,
                                         Word* columns) {
    const Word* n = modulus.n;
    const Word minus_inverse = modulus.minus_inverse;
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) {
      ASSAY_FORGET(n);
      const Word factor = Lanes::MulLow(columns[i], minus_inverse);
      q[i] = factor;
      // The low half of factor * n[0] completes the column to a multiple of
      // 2^52: only to which is of interest.
      columns[i + 1] =
          Lanes::Add(columns[i + 1], Lanes::DivideRoundingUp(columns[i]));
      columns[i + 1] = Lanes::MulAddHigh(columns[i + 1], n[0], factor);
      ASSAY_UNROLL
      for (int j = 1; j < kTile; ++j) AddProduct(n[j], factor, columns + i + j);
    }
  }

  // Carries kTile columns into limbs.
  static ASSAY_INLINE void WriteLimbs(const Word* columns, Word* carry,
                                      Word* out) {
    Word c = *carry;
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) {
      const Word sum = Lanes::Add(columns[i], c);
      out[i] = Lanes::Low52(sum);
      c = Lanes::Divide(sum);
    }
    *carry = c;
  }

  static ASSAY_INLINE void ClearColumns(Word* columns) {
    ASSAY_UNROLL
    for (int i = 0; i < 2 * kTile; ++i) columns[i] = Lanes::Zero();
  }

  // Goes on to the next block.
  static ASSAY_INLINE void ShiftColumns(Word* columns) {
    ASSAY_UNROLL
    for (int i = 0; i < kTile; ++i) {
      columns[i] = columns[kTile + i];
      columns[kTile + i] = Lanes::Zero();
    }
  }
};

}  // namespace
}  // namespace assay::simd
