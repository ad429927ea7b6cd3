// The flags of `assay verify --form nested`.
#ifndef ASSAY_SERVICE_CLI_NESTED_FLAGS_H_
#define ASSAY_SERVICE_CLI_NESTED_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "service/cli/key_flags.h"

namespace assay::cli {

struct NestedFlags {
  // Of --decrypt-keys and its password. Whether readable secrets are allowed
  // is said once, with --keys.
  KeyFlags keys;
  std::string decryption_key_set;  // The server's, where there is one.
  absl::optional<int> max_layers;
};

inline bool IsNested(absl::string_view form) { return form == "nested"; }

// Adds --decrypt-keys, --decrypt-password-file, --decryption-key-set and
// --max-layers.
void AddNestedFlags(CLI::App* app, NestedFlags* flags);

// Whether these flags go with `form` and the others. `keys` are those of
// --keys.
absl::Status CheckNestedFlags(absl::string_view form, const NestedFlags& flags,
                              const KeyFlags& keys, bool server_given);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_NESTED_FLAGS_H_
