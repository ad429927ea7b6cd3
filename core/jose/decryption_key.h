// A recipient's key, prepared once for many tokens, and how it gets at the key
// of a token's content (RFC 7516 5.2 steps 6 to 12).
//
// A key serves one alg: what it may be used for is its owner's word, never the
// token's. One that serves several is prepared once for each.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_JOSE_DECRYPTION_KEY_H_
#define ASSAY_CORE_JOSE_DECRYPTION_KEY_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/crypto/key_material.h"
#include "core/jose/content_key.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe_header.h"

namespace assay::jose {

class DecryptionKey {
 public:
  // INVALID_ARGUMENT if `key` does not fit `alg` (IsCompatible, for some enc),
  // is a public key, or ValidateKeyMaterial refuses it. It is not kept.
  static absl::StatusOr<std::unique_ptr<const DecryptionKey>> Create(
      KeyManagement alg, const crypto::KeyMaterial& key,
      int max_rsa_modulus_bits);
  virtual ~DecryptionKey() = default;

  KeyManagement alg() const { return alg_; }
  // Whether it can be used with `enc`: of a "dir" key, whether the secret has
  // its length; of any other, always.
  virtual bool Serves(ContentAlgorithm /*enc*/) const { return true; }

  // Finds the content's key of a token with `header`, whose alg is this key's,
  // and the decoded `encrypted_key`. A key that does not unwrap, an epk that is
  // on another curve or on none: whatever goes wrong, `*content_key` becomes a
  // random key, under which no content is authentic, and the answer is kValid
  // (RFC 7516 11.5). So neither the answer nor its time tells what it was.
  // Otherwise kAlgorithmNotOfKey, if a "dir" key is not for the header's enc,
  // or kIterationBudgetSpent, before any work: `budget`, which is not null, is
  // charged the header's p2c, and kMinPbes2Iterations at least, so that it is
  // no cheap way to guess at passwords.
  virtual DecryptReason FindContentKey(const JweHeader& header,
                                       absl::string_view encrypted_key,
                                       IterationBudget* budget,
                                       ContentKey* content_key) const = 0;

 protected:
  explicit DecryptionKey(KeyManagement alg) : alg_(alg) {}

 private:
  const KeyManagement alg_;
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_DECRYPTION_KEY_H_
