// The signature algorithms of JOSE that Assay speaks, in one table: RFC 7518
// 3.1, RFC 8037 3.1, RFC 9864 2.2. "none" is not among them and never will be.
#ifndef ASSAY_CORE_JOSE_ALGORITHM_H_
#define ASSAY_CORE_JOSE_ALGORITHM_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/crypto/key_material.h"
#include "core/crypto/signature_scheme.h"

namespace assay::jose {

// Stable numbers: they equal those of assay.v1.SignatureAlgorithm.
enum class Algorithm : uint8_t {
  kUnspecified = 0,
  kHs256 = 1,
  kHs384 = 2,
  kHs512 = 3,
  kRs256 = 4,
  kRs384 = 5,
  kRs512 = 6,
  kPs256 = 7,
  kPs384 = 8,
  kPs512 = 9,
  kEs256 = 10,
  kEs384 = 11,
  kEs512 = 12,
  kEdDsa = 13,    // Deprecated by RFC 9864, everywhere in use.
  kEd25519 = 14,  // RFC 9864; the same signature as kEdDsa.
};
inline constexpr size_t kNumAlgorithms = 15;  // With kUnspecified.

enum class KeyType : uint8_t { kOct, kRsa, kEc, kOkp };

struct AlgorithmInfo {
  Algorithm algorithm;
  absl::string_view name;  // The value of "alg".
  KeyType key_type;
  crypto::SignatureScheme scheme;
  crypto::Curve curve;  // kEc only.
};

// All supported algorithms, in the order of the enum, without kUnspecified.
absl::Span<const AlgorithmInfo> AllAlgorithms();
// `algorithm` is not kUnspecified.
const AlgorithmInfo& InfoOf(Algorithm algorithm);
// "" for kUnspecified.
absl::string_view AlgorithmName(Algorithm algorithm);
// Exact and case-sensitive (RFC 7515 4.1.1); kUnspecified if unknown.
Algorithm AlgorithmFromName(absl::string_view name);

KeyType KeyTypeOf(const crypto::KeyMaterial& key);
// Whether keys of this material may be used with `algorithm`: type, curve, and
// for secrets the length (RFC 7518 3.2: at least the hash's).
bool IsCompatible(Algorithm algorithm, const crypto::KeyMaterial& key);

// A set of algorithms, one bit each.
class AlgorithmSet {
 public:
  constexpr AlgorithmSet() = default;
  AlgorithmSet(std::initializer_list<Algorithm> algorithms) {
    for (Algorithm algorithm : algorithms) Add(algorithm);
  }
  void Add(Algorithm algorithm) {
    bits_ |= 1u << static_cast<unsigned>(algorithm);
  }
  bool Contains(Algorithm algorithm) const {
    return (bits_ >> static_cast<unsigned>(algorithm)) & 1u;
  }
  bool empty() const { return bits_ == 0; }
  bool operator==(const AlgorithmSet& other) const {
    return bits_ == other.bits_;
  }

 private:
  uint32_t bits_ = 0;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_ALGORITHM_H_
