// Keys at rest, encrypted under a password: a JWE whose plaintext is a JWK or a
// JWK Set (RFC 7517 7 and appendix C), compact or as JSON for one recipient.
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_ENCRYPTED_KEY_FILE_H_
#define ASSAY_CORE_JOSE_ENCRYPTED_KEY_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"

namespace assay::jose {

// Whether `text`, which has no white space at its ends, is meant to be a JWE:
// compact, or a JSON object with a ciphertext. Never so for PEM or DER, nor for
// an object that is a JWK or a JWK Set as it is, whatever else is in it.
bool LooksEncrypted(absl::string_view text);

struct DecryptedKeyFile {
  std::string json;  // A secret, which the caller wipes.
  // What cty says that it is: "jwk+json", "jwk-set+json", or nothing.
  enum class Content { kUnknown, kJwk, kJwkSet } content = Content::kUnknown;
};

// What is in `jwe`, which is for one recipient and bears a PBES2 alg.
// INVALID_ARGUMENT if it is no such JWE, for other algorithms or another cty,
// for more iterations than `limits` allow, and, in one text for all that can be
// wrong then, if `password` does not open it. Takes as long as the iterations
// do, half a second by default.
absl::StatusOr<DecryptedKeyFile> DecryptKeyFile(absl::string_view jwe,
                                                absl::string_view password,
                                                const Limits& limits);

// The compact JWE of one JWK: PBES2-HS512+A256KW with kDefaultPbes2Iterations,
// A256GCM. `password` is not empty.
absl::StatusOr<std::string> EncryptJwk(absl::string_view jwk,
                                       absl::string_view password,
                                       const Limits& limits);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_ENCRYPTED_KEY_FILE_H_
