// Points of edwards25519 in portable code: what both kernels need of the curve
// one point at a time, and the additions of the portable one.
//
// The field is fiat-crypto's, whose functions and bounds are proved by machine:
// a FieldElement is "tight" (limbs up to 2^51), a LooseElement "loose" (limbs
// up to 3·2^51), and multiplication takes loose ones and gives a tight one.
// Variable time, for public data only.
#ifndef ASSAY_CORE_SIMD_ED25519_POINT_H_
#define ASSAY_CORE_SIMD_ED25519_POINT_H_

#include <cstddef>
#include <cstdint>

#include "core/simd/ed25519/table_layout.h"

namespace assay::simd::ed25519 {

struct FieldElement {
  uint64_t limbs[5];
};
struct LooseElement {
  uint64_t limbs[5];
};

// Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z (Hisil, Wong, Carter and
// Dawson, "Twisted Edwards curves revisited", 2008). The formulas for a = -1
// are complete on this curve: they know no exceptional points.
struct Point {
  FieldElement x, y, z, t;
};

extern const FieldElement kZero, kOne;

Point IdentityPoint();
Point PointOf(const TableEntry& entry);
// The sum of a point and an entry's, or its negative if `negate`.
Point AddEntry(const Point& a, const TableEntry& entry, bool negate);

FieldElement Multiply(const FieldElement& a, const FieldElement& b);
// 1/a, or 0 for 0.
FieldElement Invert(const FieldElement& a);

// The entry for x, y, given as X, Y and 1/Z.
TableEntry EntryOf(const FieldElement& x, const FieldElement& y,
                   const FieldElement& z_inverse);
// The 32 bytes of RFC 8032 5.1.2, from X, Y and 1/Z.
void Encode(const FieldElement& x, const FieldElement& y,
            const FieldElement& z_inverse, uint8_t* encoded);

// Decodes a public key A as BoringSSL does, and gives -A. Not RFC 8032's rule:
// a y of p or more is taken modulo p, and x = 0 may bear the sign bit.
bool DecodeNegated(const uint8_t* encoded, PreparedKey* key);
PreparedKey BasePoint();

// P, 2^w P, 2^(2w) P, ..., num_windows of them, as entries `stride` apart: the
// first entries of a table's windows.
void FillWindowBases(const TableEntry& point, int window_bits, int num_windows,
                     size_t stride, TableEntry* entries);

}  // namespace assay::simd::ed25519

#endif  // ASSAY_CORE_SIMD_ED25519_POINT_H_
