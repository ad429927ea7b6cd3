// The keys of certificates that tokens bring along (x5c, RFC 7515 4.1.6): found
// trustworthy by a ChainVerifier, prepared, and remembered while they are
// valid, so that a batch verifies a chain once and not for every token.
//
// Only chains that are trusted are remembered: whoever has no certificate of a
// root can neither fill the memory nor push others out of it.
//
// Thread safety: all methods may be called concurrently; a mutex guards what is
// remembered, and is not held while a chain is verified.
#ifndef ASSAY_CORE_KEYS_CERTIFICATE_KEYS_H_
#define ASSAY_CORE_KEYS_CERTIFICATE_KEYS_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/crypto/certificate_chain.h"
#include "core/jose/iteration_budget.h"
#include "core/keys/prepared_key.h"

namespace assay::keys {

class CertificateKeys {
 public:
  CertificateKeys(std::unique_ptr<const crypto::ChainVerifier> verifier,
                  const Limits& limits);
  CertificateKeys(const CertificateKeys&) = delete;
  CertificateKeys& operator=(const CertificateKeys&) = delete;

  struct Found {
    // Null if the chain is not trusted. Its kid is the thumbprint.
    std::shared_ptr<const PreparedKey> key;
    crypto::ChainFault fault = crypto::ChainFault::kNone;
    // The chain is unknown and `budget` did not suffice to judge it.
    bool budget_spent = false;
  };
  // The leaf's key of the chain `ders` (see ChainVerifier::Verify) as of `now`.
  // A chain that is not remembered costs one of `budget`, which counts chains
  // here and is not null. What is remembered is not given out before its
  // notBefore or from its notAfter on: the chain is judged anew, and its fault
  // told. Whether the key fits the token's alg is the caller's to see.
  Found Find(absl::Span<const std::string> ders, absl::Time now,
             jose::IterationBudget* budget) const;

  size_t NumRememberedForTest() const;

 private:
  struct Entry {
    std::shared_ptr<const PreparedKey> key;
    absl::Time not_before, not_after;
  };

  std::shared_ptr<const PreparedKey> FindRemembered(const std::string& digest,
                                                    absl::Time now) const;
  void Remember(const std::string& digest, Entry entry, absl::Time now) const;

  const std::unique_ptr<const crypto::ChainVerifier> verifier_;
  const Limits limits_;
  mutable std::mutex mutex_;
  // By the digest of the chain. Under mutex_.
  mutable absl::flat_hash_map<std::string, Entry> remembered_;
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_CERTIFICATE_KEYS_H_
