// Whether a chain of certificates leads from a leaf to a root that somebody has
// chosen, and whether the leaf is one that may sign (RFC 5280 6).
//
// Trust is given by the caller alone: no root of the system, no network, no
// revocation list. Everything is refused that is not asked for: another order,
// a certificate too many, SHA-1, a weak key.
//
// Thread safety: immutable; all methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_CERTIFICATE_CHAIN_H_
#define ASSAY_CORE_CRYPTO_CERTIFICATE_CHAIN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/crypto/key_material.h"

namespace assay::crypto {

// Why a chain is not trusted. The first fault that is found counts, in this
// order but for the last ones.
enum class ChainFault : uint8_t {
  kNone = 0,
  kTooLong,        // More certificates than the policy allows.
  kMalformed,      // Not one certificate in DER each, or none at all.
  kWeakKey,        // A key that ValidateKeyMaterial refuses.
  kWeakSignature,  // Signed with SHA-1 or another algorithm that is not ours.
  kSelfSigned,     // The leaf is signed by itself.
  kOrder,          // All are of one path, but not leaf first.
  kUnrelated,      // One that has not signed the one before it.
  kIssuerNotCa,    // An issuer that may not sign certificates.
  kPathLength,     // More intermediates than an issuer allows.
  kNoPath,         // The end is neither a root nor signed by one.
  kSignature,      // A signature does not match.
  kNotYetValid,    // Some certificate of the path, the root included.
  kExpired,        // The same.
  kExtension,      // A critical extension that is not understood, or a name
                   // constraint that is broken.
  kLeafIsCa,       // The leaf signs certificates, not tokens.
  kKeyUsage,       // Its keyUsage is without digitalSignature.
  kExtendedKeyUsage,  // It, or an issuer that is restricted, lacks a purpose.
  kName,              // It bears none of the policy's names.
  kOther,             // BoringSSL refuses the path for another reason.
};
inline constexpr int kNumChainFaults = static_cast<int>(ChainFault::kOther) + 1;

struct ChainPolicy {
  // The leaf's subject alternative names: one of all these must be there,
  // exactly (no wildcard is expanded; the case of a DNS name does not count).
  std::vector<std::string> dns_names, uris, emails;
  // OIDs as "1.3.6.1.5.5.7.3.4": all must be in the leaf's extended key usage.
  std::vector<std::string> extended_key_usages;
  // Without a root that is not sent.
  size_t max_certificates = 4;
  int max_rsa_modulus_bits = 8192;
};

// What is known of a leaf whose chain is trusted.
struct TrustedLeaf {
  KeyMaterial key;
  // While the whole path is valid; the last second included.
  absl::Time not_before, not_after;
};

class ChainVerifier {
 public:
  // `roots` are self-signed certificates of authorities, in DER. Fails if there
  // is none, if one is not such, or for a policy without any name: whatever
  // else its authority has certified would be trusted as well.
  static absl::StatusOr<std::unique_ptr<const ChainVerifier>> Create(
      absl::Span<const std::string> roots, ChainPolicy policy);
  ~ChainVerifier();
  ChainVerifier(const ChainVerifier&) = delete;
  ChainVerifier& operator=(const ChainVerifier&) = delete;

  // `ders` begins with the leaf; each further one certifies the one before it;
  // the last may be a root. `*leaf` is set if the answer is kNone. Costs a
  // signature check for each certificate.
  ChainFault Verify(absl::Span<const std::string> ders, absl::Time now,
                    TrustedLeaf* leaf) const;

 private:
  struct Roots;

  ChainVerifier(std::unique_ptr<const Roots> roots, ChainPolicy policy);

  const std::unique_ptr<const Roots> roots_;
  const ChainPolicy policy_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_CERTIFICATE_CHAIN_H_
