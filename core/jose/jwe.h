// One compact JWE for one recipient: encrypted (RFC 7516 5.1), decrypted (5.2).
//
// Encrypting and verifying are never chosen by a token's looks: this takes no
// JWS, and core/jose/compact.h no JWE (CVE-2023-51774).
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_JWE_H_
#define ASSAY_CORE_JOSE_JWE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/jose/decryption_key.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"

namespace assay::jose {

// Encrypts `plaintext` into `*token`, with fresh random numbers for whatever
// must be new. The errors are those of EncryptionKey::MakeContentKey, and
// INVALID_ARGUMENT for an unspecified enc or a plaintext too long for it. Under
// "dir" with GCM a secret is good for 2^32 tokens, as IVs are random (NIST SP
// 800-38D 8.3); so is the wrapping key of AES-GCM key wrapping.
absl::Status EncryptCompact(const EncryptOptions& options,
                            absl::string_view plaintext,
                            const EncryptionKey& key, std::string* token);

// Decrypts what SplitJwe and JweHeaderParser have let pass: `header` is what
// jwe.header holds. `*plaintext` is overwritten and emptied first, and stays
// empty unless the answer is kValid; it is a secret, which the caller wipes.
// Otherwise kSegmentEncoding, kEmptySegment, kKeyMissing, kKeyUnexpected,
// kAlgorithmNotOfKey, kIterationBudgetSpent (before any work), or
// kDecryptionFailed for everything else.
DecryptReason DecryptCompact(const UnverifiedJwe& jwe, const JweHeader& header,
                             const DecryptionKey& key, IterationBudget* budget,
                             std::string* plaintext);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_H_
