// JSON Web Keys and Key Sets (RFC 7517, RFC 7518 6, RFC 8037 2): the type, its
// parser and its writer. Key files are in key_file.h, thumbprints in
// thumbprint.h, fresh keys in jwk_generation.h.
#ifndef ASSAY_CORE_JOSE_JWK_H_
#define ASSAY_CORE_JOSE_JWK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/algorithm.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::jose {

// RFC 7517 4.2.
enum class KeyUse : uint8_t { kUnspecified, kSignature, kEncryption };

// RFC 7517 4.3, as bits; 0 is "key_ops absent".
enum KeyOperation : uint32_t {
  kKeyOpSign = 1u << 0,
  kKeyOpVerify = 1u << 1,
  kKeyOpEncrypt = 1u << 2,
  kKeyOpDecrypt = 1u << 3,
  kKeyOpWrapKey = 1u << 4,
  kKeyOpUnwrapKey = 1u << 5,
  kKeyOpDeriveKey = 1u << 6,
  kKeyOpDeriveBits = 1u << 7,
  kKeyOpOther = 1u << 8,  // Unknown.
};
inline constexpr uint32_t kKeyOpsOfSignatures = kKeyOpSign | kKeyOpVerify;
inline constexpr uint32_t kKeyOpsOfEncryption =
    kKeyOpEncrypt | kKeyOpDecrypt | kKeyOpWrapKey | kKeyOpUnwrapKey |
    kKeyOpDeriveKey | kKeyOpDeriveBits;

// One key: validated numbers, and what its owner said about their use.
// Move-only; copied by CloneJwk.
struct Jwk {
  crypto::KeyMaterial material;
  absl::optional<std::string> kid;
  // The JWK's alg, which is of signatures or of encryption: one of the two is
  // kUnspecified. Both: any compatible one.
  Algorithm alg = Algorithm::kUnspecified;
  KeyManagement key_management = KeyManagement::kUnspecified;
  KeyUse use = KeyUse::kUnspecified;
  uint32_t key_ops = 0;
  std::vector<std::string> other_key_ops;  // The names behind kKeyOpOther.
  // RFC 7517 4.7: certificates in DER. The first is of this very key; nobody
  // has judged them beyond that.
  std::vector<std::string> x5c;
  // RFC 7517 4.9: the SHA-256 of the certificate; 32 bytes, or empty if absent.
  std::string x5t_s256;

  // kid, or the thumbprint where kid is absent.
  std::string EffectiveKid() const;

  // What its owner allows, by use, alg and key_ops. Where it takes private
  // numbers, the key has them. A private key with key_ops ["sign"] may verify,
  // and one with ["unwrapKey"] may encrypt: its public half is meant.
  bool MayVerify() const;
  bool MaySign() const;
  bool MayEncrypt() const;
  bool MayDecrypt() const;
  // Whether use, alg or key_ops say that it encrypts and does not sign.
  bool IsForEncryption() const;
};

// One entry of a set that was left out, and why. Never holds key bytes.
struct SkippedKey {
  size_t index = 0;  // In the set, from 0.
  std::string kid;   // If it had one.
  absl::Status why;
  // Whether it has members that only private and symmetric keys have: what is
  // left out is a secret all the same.
  bool holds_secret = false;
};

struct JwkSet {
  std::vector<Jwk> keys;
  std::vector<SkippedKey> skipped;
};

// `json` is one JWK. Unknown members are ignored (RFC 7517 4); unknown kty or
// crv is UNIMPLEMENTED; an alg that is not ours, or that does not fit the key,
// an empty or bad number, or anything that ValidateKeyMaterial refuses, is
// INVALID_ARGUMENT; so is a secret too short for every HMAC (RFC 7518 3.2) that
// does not say that it is for encryption. Duplicate members are refused. x5c
// must hold the key's own public half in its first certificate, and x5t#S256
// be that certificate's; whether to trust it is not asked, for it is the JWK's
// owner that is trusted. x5u and x5t are not looked at. Errors name members and
// never contain their values.
absl::StatusOr<Jwk> ParseJwk(absl::string_view json, const Limits& limits);

// `json` is an object with "keys". A bad key is skipped, counted and told
// about, also one that has a member twice; only a bad set fails (one that is
// not JSON, nests too deeply, has a member twice outside of its keys, or more
// than max_keys_per_set of them).
absl::StatusOr<JwkSet> ParseJwkSet(absl::string_view json,
                                   const Limits& limits);

// `json` is either of the two: an object with "keys" is a set, any other is one
// JWK. One with both "keys" and "kty" is refused, for it could be read as both.
absl::StatusOr<JwkSet> ParseJwkOrJwkSet(absl::string_view json,
                                        const Limits& limits);

// The public JWK, members in a fixed order (kty, kid, use, key_ops, alg,
// numbers, x5c, x5t#S256). Unknown key_ops are kept, so that writing never
// widens what a key is for. `key` is not symmetric.
std::string WritePublicJwk(const Jwk& key);
// The whole JWK with its secrets; the caller wipes it (WipeString).
std::string WritePrivateJwk(const Jwk& key);
// {"keys":[...]} of public halves; symmetric keys are left out.
std::string WritePublicJwkSet(const std::vector<const Jwk*>& keys);

// A copy without private numbers; key_ops "sign" becomes "verify", "decrypt"
// "encrypt", and "unwrapKey" "wrapKey". `key` is not symmetric.
Jwk PublicHalf(const Jwk& key);
Jwk CloneJwk(const Jwk& key);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWK_H_
