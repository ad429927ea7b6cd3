// What a key file may hold, told apart by its first bytes: a JWK or a JWK Set
// (RFC 7517), either of them encrypted under a password (RFC 7517 7), PEM
// blocks (RFC 7468) or one DER key.
//
// Every key comes out typed. Text of an asymmetric key can never turn into the
// bytes of an HMAC secret (CVE-2026-34950, CVE-2026-48526): a secret has one
// form only, a JWK of kty "oct".
#ifndef ASSAY_CORE_JOSE_KEY_FILE_H_
#define ASSAY_CORE_JOSE_KEY_FILE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"
#include "core/jose/jwk.h"

namespace assay::jose {

// The keys in `contents`. Bad keys of a JWK Set and bad PEM blocks are skipped;
// PEM without any usable block, and text that is none of the above, fail with
// INVALID_ARGUMENT and a message that says what was expected. Keys from PEM and
// DER have no kid, alg or use. `password` opens an encrypted file and is not
// looked at for any other; one that is needed and empty is FAILED_PRECONDITION.
// The caller wipes `contents`.
absl::StatusOr<JwkSet> ParseKeys(absl::string_view contents,
                                 absl::string_view password,
                                 const Limits& limits);

// Whether `contents` is an encrypted JWK or JWK Set: whoever may read the file
// may not read its keys.
bool IsEncryptedKeyFile(absl::string_view contents);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_KEY_FILE_H_
