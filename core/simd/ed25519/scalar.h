// Scalars of edwards25519: numbers modulo the order of the base point,
// L = 2^252 + 27742317777372353535851937790883648493 (RFC 8032 5.1), and their
// signed digits. Portable code, 64-bit words with the least significant first;
// variable time, for public data only.
#ifndef ASSAY_CORE_SIMD_ED25519_SCALAR_H_
#define ASSAY_CORE_SIMD_ED25519_SCALAR_H_

#include <cstdint>

#include "core/simd/ed25519/table_layout.h"

namespace assay::simd::ed25519 {

struct Scalar {
  uint64_t words[4];
};

// Reads the S of a signature, 32 bytes. False if S >= L.
bool ReadCanonicalScalar(const uint8_t* bytes, Scalar* scalar);

// The remainder in [0, L) of a number of 64 bytes. Exactly that one, and not a
// number congruent to it: h multiplies points whose order may be 8L.
Scalar ReduceChallenge(const uint8_t* bytes);

// A scalar split into the digits of a table's windows. The number kept is the
// scalar plus 2^(w-1) in every window: each digit is then the field of w bits
// at its place, less 2^(w-1), whatever the others are. The last window's field
// is all that lies above.
struct WindowedScalar {
  uint64_t words[5];
};

// For scalar < L and tables of the shape KeyTableShape(window_bits), from 4 to
// 10 bits.
WindowedScalar SplitForKeyTable(const Scalar& scalar, int window_bits);
// For scalar < L and tables of the shape kBaseTableShape.
WindowedScalar SplitForBaseTable(const Scalar& scalar);

// The digit of `window`; its magnitude is at most shape.EntriesOf(window).
int DigitOf(const WindowedScalar& scalar, const TableShape& shape, int window);

}  // namespace assay::simd::ed25519

#endif  // ASSAY_CORE_SIMD_ED25519_SCALAR_H_
