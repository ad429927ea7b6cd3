// Keys out of files: a file (JWK, JWK Set, PEM, DER) or a folder of them is a
// key set.
#ifndef ASSAY_CORE_KEYS_KEY_SOURCE_H_
#define ASSAY_CORE_KEYS_KEY_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/certificate_chain.h"
#include "core/keys/key_set.h"

namespace assay::keys {

// Whose certificates are trusted where tokens bring them along (x5c).
struct CertificateTrust {
  // Of PEM: every certificate in them is a root.
  std::vector<std::string> root_files;
  // Names which leaves are meant. Its bound on RSA is the limits'.
  crypto::ChainPolicy policy;
};

// Whether `text` looks as an extended key usage must: numbers and dots.
bool IsOid(absl::string_view text);

struct KeySource {
  std::string name;  // Of the key set.
  // Files and folders. Of a folder every regular file directly in it counts
  // whose name does not start with '.' and ends with .jwk, .jwks, .json, .pem,
  // .der, .crt, .cer, .key or .pub; in the order of their names.
  std::vector<std::string> paths;
  KeySetUse use = KeySetUse::kVerify;
  std::vector<std::string> issuers;
  // Accept files with private or symmetric keys that group or others may read.
  bool allow_readable_secrets = false;
  // A file whose only line is the password of the encrypted files among them
  // (RFC 7517 7); empty: there is none.
  std::string password_file;
  // Absent: x5c in tokens is ignored.
  absl::optional<CertificateTrust> certificate_trust;
};

// Whether a file of this name, without its folder, counts in a folder.
bool IsKeyFileName(absl::string_view name);

// Reads and prepares the set. A set without one usable key is an error that
// says why its keys were skipped; one that trusts certificates may have none.
// Any file that cannot be read or parsed fails the whole load with a message
// that names it (a single bad key of a JWK Set is skipped instead). A file that
// holds private or symmetric keys and that group or others may read is refused
// with PERMISSION_DENIED, unless allowed; the check is made on the open file.
// An encrypted file may be readable: that is what it was encrypted for. Its
// password's file may not. Contents are wiped after parsing; the set's
// source_digest is that of the files' names and contents.
absl::StatusOr<std::unique_ptr<KeySet>> LoadKeySet(const KeySource& source,
                                                   const Limits& limits);

// Reads the keys of the source's files as they are, whatever its use; the same
// errors, but for keys that are of no use.
absl::StatusOr<jose::JwkSet> LoadJwks(const KeySource& source,
                                      const Limits& limits);

// The password in `path`: its only line, without the line end. INVALID_ARGUMENT
// if that is empty, if there are further lines, or for more than
// kMaxSymmetricKeyBytes; PERMISSION_DENIED if group or others may read the
// file, unless allowed.
absl::StatusOr<SecretBytes> ReadPasswordFile(const std::string& path,
                                             bool allow_readable_secrets,
                                             const Limits& limits);

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_KEY_SOURCE_H_
