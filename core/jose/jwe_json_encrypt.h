// Encrypts into the JSON serializations of a JWE (RFC 7516 5.1, 7.2):
// flattened for one recipient, general for one or several who share the key of
// the content.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_JWE_JSON_ENCRYPT_H_
#define ASSAY_CORE_JOSE_JWE_JSON_ENCRYPT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"

namespace assay::jose {

enum class JweJsonShape : uint8_t { kFlattened, kGeneral };

// What JSON has beyond the compact form.
struct JweJsonOptions {
  JweJsonShape shape = JweJsonShape::kFlattened;
  // Additional authenticated data: goes along in the clear, and a change of it
  // is noticed. Empty is as if it were absent.
  absl::string_view aad;
  // The shared unprotected header, as CompactUnprotectedHeader gives it; empty:
  // none. Nothing notices a change of it.
  absl::string_view unprotected;
};

// A key and the kid that the header is to name.
struct JweRecipient {
  const EncryptionKey* key = nullptr;
  absl::optional<absl::string_view> kid;
};

// `json`, a JSON object, without white space. INVALID_ARGUMENT if it is none,
// has a name twice, or one that is the token's own to write (alg, enc, kid,
// ...), or has no members.
absl::StatusOr<std::string> CompactUnprotectedHeader(absl::string_view json);

// Whether `options` go with `recipients`: those of ValidateEncryptOptions for
// each, and INVALID_ARGUMENT for none, more than the limit, several in the
// flattened form, or one of several whose alg leaves no key to share.
absl::Status ValidateJweRecipients(const EncryptOptions& options,
                                   const JweJsonOptions& json,
                                   absl::Span<const JweRecipient> recipients,
                                   const Limits& limits);

// Encrypts `plaintext` into a token, a line of JSON. In the general form each
// recipient's alg and kid stand in its own header, and enc, typ and cty are
// protected; in the flattened all are. options.kid is ignored, as the recipient
// has one. The errors are those of EncryptCompact and ValidateJweRecipients.
absl::StatusOr<std::string> EncryptJson(
    const EncryptOptions& options, const JweJsonOptions& json,
    absl::string_view plaintext, absl::Span<const JweRecipient> recipients,
    const Limits& limits, IterationBudget* budget);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_JSON_ENCRYPT_H_
