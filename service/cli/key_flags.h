// --keys and what goes with it, and the key set that it names.
#ifndef ASSAY_SERVICE_CLI_KEY_FLAGS_H_
#define ASSAY_SERVICE_CLI_KEY_FLAGS_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/jose/jwk.h"
#include "core/keys/key_set.h"
#include "core/keys/key_source.h"

namespace assay::cli {

struct KeyFlags {
  std::vector<std::string> paths;  // "-" is standard input.
  bool allow_readable_secrets = false;
  // Of encrypted keys (RFC 7517 7); "-" is standard input. Empty: not given.
  std::string password_file;

  // Of tokens that bring certificates along; absent: x5c is ignored. What is
  // trusted may stand instead of keys.
  absl::optional<keys::CertificateTrust> certificate_trust;

  // For keys or their password.
  bool reads_stdin() const;
};

// Adds --keys (repeatable) and what AddKeyFileFlags adds.
void AddKeyFlags(CLI::App* app, KeyFlags* flags);
// Adds --allow-readable-secrets and --password-file: how files are read.
void AddKeyFileFlags(CLI::App* app, KeyFlags* flags);

// Whether there is exactly one source of keys: --keys or --server.
absl::Status CheckKeysOrServer(const KeyFlags& flags, bool server_given);

// The password in `path`, which may be "-" or a pipe.
absl::StatusOr<SecretBytes> LoadPassword(const std::string& path,
                                         const Limits& limits);

inline constexpr absl::string_view kLocalKeySet = "--keys";
inline constexpr absl::string_view kLocalDecryptionKeySet = "--decrypt-keys";

// Loads all the keys as one set, whose name is the flag that gave them. Keys
// that had to be left out are told on stderr. An error says what to do; a set
// without any usable key is one.
absl::StatusOr<std::unique_ptr<keys::KeySet>> LoadKeys(
    absl::string_view command, const KeyFlags& flags, keys::KeySetUse use,
    const Limits& limits, absl::string_view name = kLocalKeySet);

// Loads all the keys as they are, whatever they are for. Told and failing as
// LoadKeys does, but for keys that are merely of no use.
absl::StatusOr<jose::JwkSet> LoadJwks(absl::string_view command,
                                      const KeyFlags& flags,
                                      const Limits& limits);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_KEY_FLAGS_H_
