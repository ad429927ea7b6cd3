// The algorithms of JWE that Assay speaks, in two tables: what brings a content
// encryption key to its reader ("alg": RFC 7518 4, RFC 8037 3.2) and what
// encrypts the content under it ("enc": RFC 7518 5). RSA1_5 is not among them
// and never will be: its padding is an oracle (Bleichenbacher).
#ifndef ASSAY_CORE_JOSE_ENCRYPTION_ALGORITHM_H_
#define ASSAY_CORE_JOSE_ENCRYPTION_ALGORITHM_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/key_material.h"
#include "core/crypto/rsa_oaep.h"
#include "core/crypto/signature_scheme.h"

namespace assay::jose {

// Stable numbers: they equal those of assay.v1.KeyManagementAlgorithm.
enum class KeyManagement : uint8_t {
  kUnspecified = 0,
  kDir = 1,
  kA128Kw = 2,
  kA192Kw = 3,
  kA256Kw = 4,
  kA128GcmKw = 5,
  kA192GcmKw = 6,
  kA256GcmKw = 7,
  kRsaOaep = 8,  // SHA-1, in which OAEP needs no collision resistance.
  kRsaOaep256 = 9,
  kRsaOaep384 = 10,
  kRsaOaep512 = 11,
  kEcdhEs = 12,
  kEcdhEsA128Kw = 13,
  kEcdhEsA192Kw = 14,
  kEcdhEsA256Kw = 15,
  kPbes2Hs256A128Kw = 16,
  kPbes2Hs384A192Kw = 17,
  kPbes2Hs512A256Kw = 18,
};
inline constexpr size_t kNumKeyManagements = 19;  // With kUnspecified.

// Stable numbers: they equal those of assay.v1.ContentEncryptionAlgorithm.
enum class ContentAlgorithm : uint8_t {
  kUnspecified = 0,
  kA128CbcHs256 = 1,
  kA192CbcHs384 = 2,
  kA256CbcHs512 = 3,
  kA128Gcm = 4,
  kA192Gcm = 5,
  kA256Gcm = 6,
};
inline constexpr size_t kNumContentAlgorithms = 7;  // With kUnspecified.

enum class KeyManagementFamily : uint8_t {
  kDirect,         // The secret is the content encryption key.
  kAesKeyWrap,     // RFC 7518 4.4
  kAesGcmWrap,     // RFC 7518 4.7
  kRsaOaep,        // RFC 7518 4.3
  kEcdhEs,         // RFC 7518 4.6: what is agreed upon is the key...
  kEcdhEsKeyWrap,  // ...or wraps it.
  kPbes2,          // RFC 7518 4.8
};

struct KeyManagementInfo {
  KeyManagement alg;
  absl::string_view name;  // The value of "alg".
  KeyManagementFamily family;
  size_t kek_len;           // Bytes of the AES key that wraps; 0 if none does.
  crypto::OaepHash oaep;    // kRsaOaep only.
  crypto::Hash pbes2_hash;  // kPbes2 only.
};

struct ContentAlgorithmInfo {
  ContentAlgorithm enc;
  absl::string_view name;  // The value of "enc".
  crypto::ContentEncryption encryption;
};

// All supported algorithms, in the order of their enum, without kUnspecified.
absl::Span<const KeyManagementInfo> AllKeyManagements();
absl::Span<const ContentAlgorithmInfo> AllContentAlgorithms();
// The argument is not kUnspecified.
const KeyManagementInfo& InfoOf(KeyManagement alg);
const ContentAlgorithmInfo& InfoOf(ContentAlgorithm enc);
// "" for kUnspecified.
absl::string_view AlgorithmName(KeyManagement alg);
absl::string_view AlgorithmName(ContentAlgorithm enc);
// Exact and case-sensitive (RFC 7516 4.1.1, 4.1.2); kUnspecified if unknown.
KeyManagement KeyManagementFromName(absl::string_view name);
ContentAlgorithm ContentAlgorithmFromName(absl::string_view name);

// Whether tokens of `alg` carry an encrypted key (RFC 7516 5.1 steps 5 and 6).
// `alg` is not kUnspecified.
bool HasEncryptedKey(KeyManagement alg);

// Whether keys of this material may be used with the two: type, and for secrets
// the length: that of the AES key, of the content encryption key for "dir", any
// but 0 for PBES2. RSA moduli have kMinRsaModulusBits at least.
bool IsCompatible(KeyManagement alg, ContentAlgorithm enc,
                  const crypto::KeyMaterial& key);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_ENCRYPTION_ALGORITHM_H_
