// One JWE for one recipient: encrypted in the compact form (RFC 7516 5.1),
// decrypted in any (5.2). core/jose/jwe_json_encrypt.h encrypts for several.
//
// Encrypting and verifying are never chosen by a token's looks: this takes no
// JWS, and core/jose/compact.h no JWE (CVE-2023-51774).
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_JWE_H_
#define ASSAY_CORE_JOSE_JWE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/jose/decryption_key.h"
#include "core/jose/deflate.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_content.h"
#include "core/jose/jwe_header.h"

namespace assay::jose {

// Whether `options` go with a key for `alg`: INVALID_ARGUMENT for an
// unspecified enc, texts that are not UTF-8, or a p2c out of bounds.
absl::Status ValidateEncryptOptions(const EncryptOptions& options,
                                    KeyManagement alg, const Limits& limits);

// What one thread keeps from token to token, so that it is not made anew: with
// one key and the same options, and one at a time.
struct EncryptScratch {
  std::string header;  // Encoded, once it is known to serve all tokens.
  SealedContent sealed;
};
struct DecryptScratch {  // Whatever the keys.
  std::string encrypted_key;
  SealedContent sealed;
};

// Encrypts `plaintext` into a token, with fresh random numbers for whatever
// must be new. The errors are those of ValidateEncryptOptions and
// EncryptionKey::MakeContentKey, and OUT_OF_RANGE for what DecryptCompact's
// callers would refuse by the same `limits`: too large a token or header.
// `budget` is not null.
absl::StatusOr<std::string> EncryptCompact(const EncryptOptions& options,
                                           absl::string_view plaintext,
                                           const EncryptionKey& key,
                                           const Limits& limits,
                                           IterationBudget* budget,
                                           EncryptScratch* scratch = nullptr);

// What decrypting a token may cost beyond what its length tells.
struct DecryptBudgets {
  IterationBudget* iterations = nullptr;  // Not null where it is used.
  // Null: compressed content is kZipUnsupported.
  InflateBudget* inflated = nullptr;
  size_t max_inflated_bytes = 0;  // Of one token.
  // Of one token with several recipients, who are tried one after the other;
  // for the caller to heed.
  uint64_t max_token_iterations = 0;
};

// Decrypts what SplitJwe and JweHeaderParser, or JweJsonParser, have let pass:
// `header` is the recipient's; one that was refused is refused again, for its
// reason.
// `*plaintext` is overwritten and emptied first, and stays empty unless the
// answer is kValid; it is a secret, which the caller wipes; no part of `jwe`
// lies in it.
// kValid says that nothing was changed since the token was encrypted. It does
// not say by whom: anybody can encrypt for a public key (RSA-OAEP, ECDH-ES),
// and each recipient of a token can make another for the others, whatever their
// keys are. So a JWT within is to be trusted only if it is signed, and
// verified, itself. Otherwise kSegmentEncoding, kEmptySegment, kKeyMissing,
// kKeyUnexpected, kAlgorithmNotOfKey, kIterationBudgetSpent (before any work),
// those of Inflate for authentic content, or kDecryptionFailed for everything
// else.
DecryptReason DecryptJwe(const UnverifiedJwe& jwe, const JweHeader& header,
                         const DecryptionKey& key,
                         const DecryptBudgets& budgets, std::string* plaintext,
                         DecryptScratch* scratch = nullptr);

// The same for content that is not compressed. `budget` is not null.
DecryptReason DecryptCompact(const UnverifiedJwe& jwe, const JweHeader& header,
                             const DecryptionKey& key, IterationBudget* budget,
                             std::string* plaintext);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_H_
