// A named set of prepared keys: an immutable snapshot of what a source held at
// one moment.
//
// Thread safety: immutable but for its header memo and what its certificate
// keys remember, which are safe by their own contracts; all const methods may
// be called concurrently.
#ifndef ASSAY_CORE_KEYS_KEY_SET_H_
#define ASSAY_CORE_KEYS_KEY_SET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/jose/jwk.h"
#include "core/keys/certificate_keys.h"
#include "core/keys/header_memo.h"
#include "core/keys/prepared_key.h"
#include "core/keys/recipient_keys.h"

namespace assay::keys {

// What a set is for, which decides what may be in it.
enum class KeySetUse : uint8_t {
  kPublic,  // Public keys only: private and symmetric keys are refused.
  kVerify,  // Public keys or secrets; of private keys the public half is used.
  kSign,    // Private keys or secrets; verifies with them too.
  // JWE. Never one set with signatures: what is encrypted for anybody's public
  // key is no proof of anything.
  kEncrypt,  // Public keys or secrets; of private keys the public half.
  kDecrypt,  // Private keys or secrets.
};

// The keys that may have signed a token, in the order to try them.
struct KeyCandidates {
  const PreparedKey* keys[kMaxKeyCandidates] = {};
  size_t num_keys = 0;
  // Why there is none; kValid if there is one. kKidUnknown,
  // kAlgorithmNotOfKey, kNoCompatibleKey or kKeyUnavailable (an empty set).
  Reason reason = Reason::kValid;
};

class KeySet {
 public:
  // Prepares all keys of `jwks`. A key that cannot be prepared is added to the
  // skipped ones. Fails with INVALID_ARGUMENT for what the use refuses, for a
  // mix of symmetric and asymmetric keys (of signatures), and for more than
  // max_keys_per_set. `issuers`: if not empty, the keys belong to these issuers
  // alone, and a token they verify must bear one of them as iss whatever a
  // policy says.
  static absl::StatusOr<std::unique_ptr<KeySet>> Create(
      absl::string_view name, KeySetUse use, jose::JwkSet jwks,
      std::vector<std::string> issuers, const Limits& limits);

  const std::string& name() const { return name_; }
  KeySetUse use() const { return use_; }
  // Given by KeyCache::Publish: 1 for the first snapshot of a name, then
  // rising by one. 0 before.
  uint64_t generation() const { return generation_; }
  const std::vector<std::string>& issuers() const { return issuers_; }
  // Of signatures; empty where recipients() is not null.
  const std::vector<std::unique_ptr<const PreparedKey>>& keys() const {
    return keys_;
  }
  // Of JWE: null unless the use is kEncrypt or kDecrypt.
  const RecipientKeys* recipients() const { return recipients_.get(); }
  size_t num_keys() const {
    return keys_.size() + (recipients_ == nullptr ? 0 : recipients_->size());
  }
  const std::vector<jose::SkippedKey>& skipped() const { return skipped_; }
  // A digest of all that the set was made from, or empty where nobody has said:
  // sets of one source with the same digest are the same.
  const std::string& source_digest() const { return source_digest_; }
  // Before it is published.
  void set_source_digest(std::string digest) {
    source_digest_ = std::move(digest);
  }

  // Lets tokens bring certificates along (x5c) whose keys are as good as the
  // set's own: whatever `certificates` trusts. Before the set is published.
  // INVALID_ARGUMENT for a set of secrets, and for the uses kEncrypt and
  // kDecrypt.
  absl::Status TrustCertificates(
      std::unique_ptr<const CertificateKeys> certificates);
  // Null unless certificates are trusted.
  const CertificateKeys* certificate_keys() const {
    return certificate_keys_.get();
  }

  // The keys for a token's header. With a kid: those that bear exactly this
  // kid and may check `alg`. Without (which is not the same as ""): those that
  // may check `alg`. No lock, no allocation, no shared write.
  KeyCandidates FindForVerify(const absl::optional<absl::string_view>& kid,
                              jose::Algorithm alg) const;

  // A key to sign with, and its algorithm. `kid` nullopt: the only signing key
  // (or the only one for `alg`); `alg` kUnspecified: the key's only algorithm
  // (for keys of several: the first of RS256, HS256, EdDSA that it has).
  // Where several keys bear the kid, the first that may sign with `alg`.
  // NOT_FOUND or FAILED_PRECONDITION with a text that says what there is.
  struct SigningChoice {
    const PreparedKey* key;
    jose::Algorithm alg;
  };
  absl::StatusOr<SigningChoice> FindForSign(
      const absl::optional<std::string>& kid, jose::Algorithm alg) const;

  HeaderMemo& header_memo() const { return *header_memo_; }

  ~KeySet();
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;
  // How many key sets exist in this process: shows that retired snapshots go.
  static int NumAliveForTest();

 private:
  friend class KeyCache;  // Numbers generations.
  KeySet();
  absl::Status AddKeys(jose::JwkSet jwks, const Limits& limits);
  // The error is why the key is of no use.
  absl::Status AddKey(jose::Jwk jwk, const Limits& limits);
  absl::Status CheckNoMix() const;
  void IndexKeys();

  std::string name_;
  KeySetUse use_ = KeySetUse::kPublic;
  uint64_t generation_ = 0;
  std::vector<std::string> issuers_;
  std::string source_digest_;
  std::vector<std::unique_ptr<const PreparedKey>> keys_;
  std::unique_ptr<RecipientKeys> recipients_;
  std::vector<jose::SkippedKey> skipped_;
  // Kid to the keys that bear it, in input order, but for those that would
  // never be tried: per algorithm the first kMaxKeyCandidates. Views into
  // keys_.
  absl::flat_hash_map<absl::string_view, std::vector<const PreparedKey*>>
      by_kid_;
  // For tokens without kid: per algorithm the first kMaxKeyCandidates keys.
  KeyCandidates by_algorithm_[jose::kNumAlgorithms];
  // The same of signing keys; under kUnspecified, of any algorithm.
  KeyCandidates signing_by_algorithm_[jose::kNumAlgorithms];
  std::unique_ptr<HeaderMemo> header_memo_;
  std::unique_ptr<const CertificateKeys> certificate_keys_;
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_KEY_SET_H_
