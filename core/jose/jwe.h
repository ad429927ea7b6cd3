// One compact JWE for one recipient: encrypted (RFC 7516 5.1), decrypted (5.2).
//
// Encrypting and verifying are never chosen by a token's looks: this takes no
// JWS, and core/jose/compact.h no JWE (CVE-2023-51774).
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_JWE_H_
#define ASSAY_CORE_JOSE_JWE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/jose/decryption_key.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"

namespace assay::jose {

// Whether `options` go with a key for `alg`: INVALID_ARGUMENT for an
// unspecified enc, texts that are not UTF-8, or a p2c out of bounds.
absl::Status ValidateEncryptOptions(const EncryptOptions& options,
                                    KeyManagement alg, const Limits& limits);

// Encrypts `plaintext` into a token, with fresh random numbers for whatever
// must be new. The errors are those of ValidateEncryptOptions and
// EncryptionKey::MakeContentKey, and OUT_OF_RANGE for what DecryptCompact's
// callers would refuse by the same `limits`: too large a token or header.
// `budget` is not null.
absl::StatusOr<std::string> EncryptCompact(const EncryptOptions& options,
                                           absl::string_view plaintext,
                                           const EncryptionKey& key,
                                           const Limits& limits,
                                           IterationBudget* budget);

// Decrypts what SplitJwe and JweHeaderParser have let pass: `header` is what
// jwe.header holds; one that was refused is refused again, for its reason.
// `*plaintext` is overwritten and emptied first, and stays empty unless the
// answer is kValid; it is a secret, which the caller wipes; no part of `jwe`
// lies in it. `budget` is not null.
// kValid says that nothing was changed since the token was encrypted. It does
// not say by whom: anybody can encrypt for a public key (RSA-OAEP, ECDH-ES), so
// a JWT within is to be trusted only if it is signed, and verified, itself.
// Otherwise kSegmentEncoding, kEmptySegment, kKeyMissing, kKeyUnexpected,
// kAlgorithmNotOfKey, kIterationBudgetSpent (before any work), or
// kDecryptionFailed for everything else.
DecryptReason DecryptCompact(const UnverifiedJwe& jwe, const JweHeader& header,
                             const DecryptionKey& key, IterationBudget* budget,
                             std::string* plaintext);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_H_
