// edwards25519 once more, slowly, on BoringSSL's big numbers: what the public
// interface of BoringSSL cannot be asked. It decodes points, makes signatures
// under keys with a component of small order, and judges a signature for any
// challenge. It shares nothing with the kernels.
#ifndef ASSAY_TESTS_KERNELS_ED25519_REFERENCE_H_
#define ASSAY_TESTS_KERNELS_ED25519_REFERENCE_H_

#include <openssl/base.h>

#include <array>
#include <cstdint>
#ifndef OPENSSL_IS_BORINGSSL
#error "BoringSSL's headers were not found"
#endif
#include <openssl/bn.h>

namespace assay::simd {

using Bytes32 = std::array<uint8_t, 32>;
using Bytes64 = std::array<uint8_t, 64>;

// A number that is not negative, with value semantics.
class Number {
 public:
  Number(uint64_t value = 0);  // NOLINT: as the built-in types convert.
  Number(const Number& other);
  Number& operator=(const Number& other);

  static Number FromDecimal(const char* digits);
  // Little-endian.
  static Number FromBytes(const uint8_t* bytes, size_t size);
  Bytes32 ToBytes32() const;
  Bytes64 ToBytes64() const;
  bool IsOdd() const;
  int NumBits() const;
  bool Bit(int i) const;

  Number operator+(const Number& b) const;
  Number operator-(const Number& b) const;
  Number operator*(const Number& b) const;
  Number operator%(const Number& b) const;
  Number PowerModulo(const Number& exponent, const Number& modulus) const;
  bool operator==(const Number& b) const;
  bool operator<(const Number& b) const;

 private:
  void ToBytes(uint8_t* bytes, size_t size) const;

  bssl::UniquePtr<BIGNUM> number_;
};

const Number& FieldPrime();  // 2^255 - 19
const Number& GroupOrder();  // L

// X : Y : Z
struct ReferencePoint {
  Number x, y, z;
};

ReferencePoint ReferenceIdentity();
ReferencePoint ReferenceBase();
// T in [0, 8): the points of order 8 and less, T = t·(one of order 8).
ReferencePoint SmallOrderPoint(int t);
ReferencePoint operator+(const ReferencePoint& a, const ReferencePoint& b);
ReferencePoint Negated(const ReferencePoint& a);
ReferencePoint operator*(const Number& scalar, const ReferencePoint& point);
bool operator==(const ReferencePoint& a, const ReferencePoint& b);
Bytes32 EncodePoint(const ReferencePoint& point);
// Decodes as BoringSSL does.
bool DecodePoint(const Bytes32& encoded, ReferencePoint* point);

// The verdict that BoringSSL gives if SHA-512 gives `challenge`.
bool VerifyByReference(const Bytes32& key, const Bytes64& signature,
                       const Bytes64& challenge);

}  // namespace assay::simd

#endif  // ASSAY_TESTS_KERNELS_ED25519_REFERENCE_H_
