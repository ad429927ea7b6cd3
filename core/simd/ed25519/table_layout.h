// The tables of multiples of a point that both kernels add up.
//
// A scalar k < L is split into windows of w bits with signed digits,
// k = sum of d_j 2^(wj), and k·P is the sum of the points d_j 2^(wj) P, each of
// them looked up: no doubling. Window j of the table holds 2^(wj) P times 1, 2,
// 3, ..., 2^(w-1); a negative digit negates the point, which costs nothing, and
// a digit of zero is the point kIdentity.
//
// The last window has no higher one to carry into. Since L - 1 < 2^252 + 2^125,
// its digit is at most 2^(252 - w(n-1)), and so many entries it has: fewer than
// the others for w = 8 or 10, twice as many where w divides 252, and the carry
// beyond bit 252 never needs a window of its own.
#ifndef ASSAY_CORE_SIMD_ED25519_TABLE_LAYOUT_H_
#define ASSAY_CORE_SIMD_ED25519_TABLE_LAYOUT_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd::ed25519 {

// An affine point as an addition wants it: y + x, y - x and 2dxy modulo p, in
// five limbs of 51 bits. The coordinates lie so that the two halves, exchanged,
// are the first two coordinates of the negated point: whoever loads the halves
// in the other order has them, and must only put the limbs of 2dxy in order and
// change their sign.
struct alignas(64) TableEntry {
  uint64_t y_plus_x[5];
  uint64_t xy2d_low[3];  // Limbs 0, 1, 2.
  uint64_t y_minus_x[5];
  uint64_t xy2d_high[2];  // Limbs 3, 4.
  uint64_t unused;        // Zero.
};
static_assert(sizeof(TableEntry) == 128, "two cache lines");

constexpr TableEntry kIdentity = {{1}, {0}, {1}, {0}, 0};

// What prepare_key makes of a public key A: the point -A.
using PreparedKey = TableEntry;

// Windows that build_table takes, ended by 0.
constexpr int kWindowSizes[] = {4, 6, 8, 9, 10, 0};

constexpr bool IsWindowSize(int window_bits) {
  for (int size : kWindowSizes) {
    if (size == window_bits) return size != 0;
  }
  return false;
}

constexpr int NumWindows(int window_bits) {
  return (252 + window_bits - 1) / window_bits;
}
constexpr size_t FullWindowEntries(int window_bits) {
  return size_t{1} << (window_bits - 1);
}
constexpr size_t LastWindowEntries(int window_bits) {
  return size_t{1} << (252 - window_bits * (NumWindows(window_bits) - 1));
}

// The shape of a table; entries of window j start at j * full_entries.
struct TableShape {
  int window_bits;
  int num_windows;
  size_t full_entries;
  size_t last_entries;

  constexpr size_t EntriesOf(int window) const {
    return window + 1 == num_windows ? last_entries : full_entries;
  }
  constexpr size_t NumEntries() const {
    return (num_windows - 1) * full_entries + last_entries;
  }
};

// Tables of keys, for scalars in [0, L).
constexpr TableShape KeyTableShape(int window_bits) {
  return {window_bits, NumWindows(window_bits), FullWindowEntries(window_bits),
          LastWindowEntries(window_bits)};
}

// The table of the base point B is shared by all keys, so it can be large. S is
// taken as a number in (-L/2, L/2), which 21 digits of 12 bits hold. (B has
// order L, so S and S - L are the same; a key's point may have a component of
// small order, and its scalar must not be shifted by L.)
constexpr int kBaseWindowBits = 12;
constexpr TableShape kBaseTableShape = {kBaseWindowBits, 252 / kBaseWindowBits,
                                        FullWindowEntries(kBaseWindowBits),
                                        FullWindowEntries(kBaseWindowBits)};

}  // namespace assay::simd::ed25519

#endif  // ASSAY_CORE_SIMD_ED25519_TABLE_LAYOUT_H_
