// How the bytes of a big-endian number and limbs of 52 bits lie to each other,
// as permutations for vector instructions that move bytes.
//
// Eight limbs are 52 bytes, a row. Rows are counted from the number's end, its
// least significant bytes; the last row, with the number's first bytes, may be
// shorter. Limb i of a row begins at bit 52 * i: in byte 6.5 * i from the row's
// end, in the upper half of that byte when i is odd.
#ifndef ASSAY_CORE_SIMD_RSA_LIMB_BYTES_H_
#define ASSAY_CORE_SIMD_RSA_LIMB_BYTES_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd {

constexpr int kLimbsPerRow = 8;
constexpr int kBytesPerRow = 52;

struct alignas(64) RowShape {
  // Byte b of limb i is byte to_limbs[8 * i + b] of the row, if the bit
  // 8 * i + b of has_limb_byte is set, and else 0. The limb then is 4 bits too
  // high if i is odd, and has 4 bits too many if i is even.
  uint8_t to_limbs[64] = {};
  // Byte i of the row is byte from_even[i] of the limbs, if has_even says so,
  // together with byte from_odd[i] of the limbs shifted 4 bits up, likewise.
  uint8_t from_even[64] = {};
  uint8_t from_odd[64] = {};
  uint64_t has_limb_byte = 0;
  uint64_t has_even = 0;
  uint64_t has_odd = 0;
  uint64_t has_byte = 0;  // The row's bytes.
};

constexpr RowShape MakeRowShape(int row_len) {
  RowShape shape;
  shape.has_byte = (uint64_t{1} << row_len) - 1;
  for (int limb = 0; limb < kLimbsPerRow; ++limb) {
    for (int b = 0; b < 7; ++b) {
      const int byte = row_len - 1 - limb * 13 / 2 - b;
      if (byte < 0) continue;
      const int limb_byte = 8 * limb + b;
      shape.to_limbs[limb_byte] = static_cast<uint8_t>(byte);
      shape.has_limb_byte |= uint64_t{1} << limb_byte;
      if (limb % 2 == 0) {
        shape.from_even[byte] = static_cast<uint8_t>(limb_byte);
        shape.has_even |= uint64_t{1} << byte;
      } else {
        shape.from_odd[byte] = static_cast<uint8_t>(limb_byte);
        shape.has_odd |= uint64_t{1} << byte;
      }
    }
  }
  return shape;
}

constexpr int NumRows(int number_len) {
  return (number_len + kBytesPerRow - 1) / kBytesPerRow;
}

constexpr int LastRowLen(int number_len) {
  return number_len - kBytesPerRow * (NumRows(number_len) - 1);
}

// Of the row's first byte in the number.
constexpr size_t RowOffset(int number_len, int row) {
  return row == NumRows(number_len) - 1
             ? 0
             : static_cast<size_t>(number_len - kBytesPerRow * (row + 1));
}

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_RSA_LIMB_BYTES_H_
