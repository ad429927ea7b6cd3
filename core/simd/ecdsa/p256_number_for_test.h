// Plain arithmetic on numbers of up to 640 bits, slow and simple, for tests of
// the P-256 field arithmetic to compare with.
#ifndef ASSAY_CORE_SIMD_ECDSA_P256_NUMBER_FOR_TEST_H_
#define ASSAY_CORE_SIMD_ECDSA_P256_NUMBER_FOR_TEST_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace assay::simd {

// The least significant word first.
using NumberForTest = std::array<uint64_t, 10>;

__extension__ typedef unsigned __int128 WideWordForTest;

inline NumberForTest NumberFromWords(const uint64_t* words, int count) {
  NumberForTest r = {};
  for (int i = 0; i < count; ++i) r[i] = words[i];
  return r;
}

inline bool IsLess(const NumberForTest& a, const NumberForTest& b) {
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

inline NumberForTest Plus(const NumberForTest& a, const NumberForTest& b) {
  NumberForTest r;
  WideWordForTest carry = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    carry += static_cast<WideWordForTest>(a[i]) + b[i];
    r[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return r;
}

inline NumberForTest Minus(const NumberForTest& a, const NumberForTest& b) {
  NumberForTest r;
  uint64_t borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const WideWordForTest d =
        static_cast<WideWordForTest>(a[i]) - b[i] - borrow;
    r[i] = static_cast<uint64_t>(d);
    borrow = static_cast<uint64_t>(d >> 64) & 1;
  }
  return r;
}

inline NumberForTest Times(const NumberForTest& a, const NumberForTest& b) {
  NumberForTest r = {};
  for (size_t i = 0; i < a.size(); ++i) {
    uint64_t carry = 0;
    for (size_t j = 0; i + j < a.size(); ++j) {
      const WideWordForTest x =
          static_cast<WideWordForTest>(a[i]) * b[j] + r[i + j] + carry;
      r[i + j] = static_cast<uint64_t>(x);
      carry = static_cast<uint64_t>(x >> 64);
    }
  }
  return r;
}

inline NumberForTest ShiftLeft(const NumberForTest& a, int bits) {
  NumberForTest r = {};
  for (int i = 639; i >= bits; --i) {
    const int from = i - bits;
    r[i / 64] |= (a[from / 64] >> from % 64 & 1) << i % 64;
  }
  return r;
}

// Bit by bit from the top; the modulus is below 2^256.
inline NumberForTest Modulo(const NumberForTest& a, const uint64_t modulus[4]) {
  const NumberForTest m = NumberFromWords(modulus, 4);
  NumberForTest r = {};
  for (int i = 639; i >= 0; --i) {
    r = Plus(r, r);
    r[0] |= a[i / 64] >> i % 64 & 1;
    if (!IsLess(r, m)) r = Minus(r, m);
  }
  return r;
}

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ECDSA_P256_NUMBER_FOR_TEST_H_
