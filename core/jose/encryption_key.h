// A key to encrypt for, prepared once for many tokens: a recipient's public
// key, or a secret shared with it. And how it makes the key of a token's
// content (RFC 7516 5.1 steps 1 to 8).
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_JOSE_ENCRYPTION_KEY_H_
#define ASSAY_CORE_JOSE_ENCRYPTION_KEY_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/content_key.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/iteration_budget.h"

namespace assay::jose {

// What the caller chooses about a token.
struct EncryptOptions {
  ContentAlgorithm enc = ContentAlgorithm::kA256Gcm;
  absl::optional<absl::string_view> kid;
  absl::optional<absl::string_view> typ;
  absl::optional<absl::string_view> cty;
  // Names of the parties, for key agreement alone; empty ones are left out.
  absl::string_view apu, apv;
  // PBKDF2 iterations, for PBES2 alone: kMinPbes2Iterations at least, and
  // Limits::max_pbes2_iterations at most.
  uint32_t p2c = kDefaultPbes2Iterations;
  // Compress the content (RFC 7516 4.1.3). Whoever sees the token's length then
  // learns something of what is in it.
  bool zip = false;
};

// What a token tells its recipient about its content's key; bytes, not encoded.
// What an alg has no use for stays empty.
struct KeyParameters {
  std::string encrypted_key;
  absl::optional<crypto::KeyMaterial> epk;  // Public.
  std::string iv, tag;
  std::string p2s;
};

class EncryptionKey {
 public:
  // INVALID_ARGUMENT if `key` does not fit `alg` (IsCompatible, for some enc),
  // or ValidateKeyMaterial refuses it. Of a private key the public half is
  // used. The key is not kept.
  static absl::StatusOr<std::unique_ptr<const EncryptionKey>> Create(
      KeyManagement alg, const crypto::KeyMaterial& key,
      int max_rsa_modulus_bits);
  virtual ~EncryptionKey() = default;

  KeyManagement alg() const { return alg_; }
  // Whether it can be used with `enc`: of a "dir" key, whether the secret has
  // its length; of any other, always.
  virtual bool Serves(ContentAlgorithm /*enc*/) const { return true; }

  // Makes or, for "dir", takes the key of one token's content. INVALID_ARGUMENT
  // if the secret of "dir" is not for options.enc. RESOURCE_EXHAUSTED if
  // options.p2c is more than `budget`, which is not null, has left, or if a
  // secret has been used with as many random IVs as are safe (RandomIvUses).
  // INTERNAL if the cryptography fails.
  virtual absl::Status MakeContentKey(const EncryptOptions& options,
                                      IterationBudget* budget,
                                      ContentKey* content_key,
                                      KeyParameters* parameters) const = 0;
  // Wraps `cek`, the key of a content that several recipients share, whose
  // length fits options.enc. The errors are MakeContentKey's, and
  // INVALID_ARGUMENT for "dir" and "ECDH-ES", which leave no key to share.
  virtual absl::Status WrapSharedKey(const EncryptOptions& options,
                                     IterationBudget* budget,
                                     absl::string_view cek,
                                     KeyParameters* parameters) const;

 protected:
  explicit EncryptionKey(KeyManagement alg) : alg_(alg) {}

 private:
  const KeyManagement alg_;
};

// INVALID_ARGUMENT: why `alg`, "dir" or "ECDH-ES", is for one recipient alone.
absl::Status NoKeyToShare(KeyManagement alg);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_ENCRYPTION_KEY_H_
