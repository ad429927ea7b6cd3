// A key made ready for use: parsed once, everything precomputable computed.
//
// Thread safety: immutable; all methods may be called concurrently.
#ifndef ASSAY_CORE_KEYS_PREPARED_KEY_H_
#define ASSAY_CORE_KEYS_PREPARED_KEY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/crypto/signing_key.h"
#include "core/crypto/verifying_key.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"

namespace assay::keys {

class PreparedKey {
 public:
  // With `for_signing`, the private half is prepared too where `jwk` has it
  // and may sign; without, no private number is kept. Fails if the key can do
  // neither (use, key_ops, no compatible algorithm).
  static absl::StatusOr<std::unique_ptr<const PreparedKey>> Create(
      jose::Jwk jwk, bool for_signing, const Limits& limits);

  // The kid that tokens name, never empty: the JWK's or its thumbprint. A JWK
  // whose kid is "" keeps it.
  const std::string& kid() const { return kid_; }

  // The algorithms that the key may check: the JWK's alg alone or, where it
  // has none, all compatible ones. EdDSA and Ed25519 are one key's two names
  // only where alg is absent.
  jose::AlgorithmSet verify_algorithms() const { return verify_algorithms_; }
  jose::AlgorithmSet sign_algorithms() const { return sign_algorithms_; }

  const crypto::VerifyingKey& verifying_key() const { return *verifying_key_; }
  // Null if the key cannot sign.
  const crypto::SigningKey* signing_key() const { return signing_key_.get(); }

  // The public JWK; nullopt for a symmetric key.
  const absl::optional<jose::Jwk>& public_jwk() const { return public_jwk_; }
  bool is_symmetric() const { return !public_jwk_.has_value(); }

 private:
  PreparedKey() = default;

  std::string kid_;
  jose::AlgorithmSet verify_algorithms_;
  jose::AlgorithmSet sign_algorithms_;
  std::unique_ptr<crypto::VerifyingKey> verifying_key_;
  std::unique_ptr<crypto::SigningKey> signing_key_;
  absl::optional<jose::Jwk> public_jwk_;
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_PREPARED_KEY_H_
