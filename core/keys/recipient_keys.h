// The keys of a set that encrypts or decrypts (JWE), each prepared for every
// alg that its owner lets it serve: the JWK's alg alone or, where it has none,
// all that fit its type. A secret must name its alg: nothing else tells a key
// that wraps from a password, and which of them it is must not be the token's
// word.
//
// Thread safety: immutable once all keys are added; const methods may then be
// called concurrently.
#ifndef ASSAY_CORE_KEYS_RECIPIENT_KEYS_H_
#define ASSAY_CORE_KEYS_RECIPIENT_KEYS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/jose/decryption_key.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"
#include "core/jose/jwk.h"

namespace assay::keys {

// The keys that may decrypt a token, in the order to try them.
struct DecryptionCandidates {
  const jose::DecryptionKey* keys[kMaxKeyCandidates] = {};
  size_t num_keys = 0;
  // More fit than there is room for here.
  bool has_more = false;
  // Why there is none; kValid if there is one. kKidUnknown,
  // kAlgorithmNotOfKey, kNoCompatibleKey or kKeyUnavailable (an empty set).
  DecryptReason reason = DecryptReason::kValid;
};

class RecipientKeys {
 public:
  enum class Half { kEncrypts, kDecrypts };

  explicit RecipientKeys(Half half) : half_(half) {}
  RecipientKeys(const RecipientKeys&) = delete;
  RecipientKeys& operator=(const RecipientKeys&) = delete;

  // Prepares `jwk`. The error says why it is of no use: its use, alg or
  // key_ops, a secret that names no alg, a public key that is to decrypt.
  absl::Status Add(const jose::Jwk& jwk, const Limits& limits);

  size_t size() const { return keys_.size(); }

  // Whether a key is a password (PBES2), with which one token may cost as much
  // as thousands of others.
  bool HasPassword() const { return has_password_; }

  // The keys for a token's header. With a kid: those that bear exactly this kid
  // and serve the algorithms. Without: those that serve them. No lock.
  DecryptionCandidates FindForDecrypt(
      const absl::optional<absl::string_view>& kid, jose::KeyManagement alg,
      jose::ContentAlgorithm enc) const;

  // A key to encrypt for. `kid` nullopt: the only key (or the only one for
  // `alg`); `alg` kUnspecified: the key's only one (for keys of several:
  // RSA-OAEP-256 or ECDH-ES). NOT_FOUND or FAILED_PRECONDITION with a text that
  // says what there is.
  struct EncryptionChoice {
    const jose::EncryptionKey* key;
    // What the token's header is to name: the JWK's, or the thumbprint of a
    // public key. A secret without kid has none: its thumbprint would let
    // anybody guess at a password at the price of a hash (RFC 7638 7). Lives
    // with the set.
    absl::optional<absl::string_view> kid;
  };
  absl::StatusOr<EncryptionChoice> FindForEncrypt(
      const absl::optional<std::string>& kid, jose::KeyManagement alg) const;

 private:
  struct Key {
    absl::optional<std::string> kid;
    // By alg; null where the key does not serve it.
    std::unique_ptr<const jose::EncryptionKey>
        encrypting[jose::kNumKeyManagements];
    std::unique_ptr<const jose::DecryptionKey>
        decrypting[jose::kNumKeyManagements];
  };

  static void AddCandidate(const jose::DecryptionKey* key,
                           DecryptionCandidates* candidates);
  void IndexForDecrypt(const Key& key);
  absl::Status Prepare(const jose::Jwk& jwk, jose::KeyManagement alg,
                       const Limits& limits, Key* key) const;
  std::string Kids() const;

  const Half half_;
  bool has_password_ = false;
  std::vector<std::unique_ptr<const Key>> keys_;
  // Kid to the keys that bear it, in the order of adding. Views into keys_.
  absl::flat_hash_map<absl::string_view, std::vector<const Key*>> by_kid_;
  // For tokens without kid: by alg but for "dir", whose keys are told apart by
  // enc.
  DecryptionCandidates by_alg_[jose::kNumKeyManagements];
  DecryptionCandidates direct_[jose::kNumContentAlgorithms];
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_RECIPIENT_KEYS_H_
