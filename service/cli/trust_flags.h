// --trust-x5c-root and what goes with it: whose certificates are trusted where
// tokens bring them along (x5c, RFC 7515 4.1.6).
#ifndef ASSAY_SERVICE_CLI_TRUST_FLAGS_H_
#define ASSAY_SERVICE_CLI_TRUST_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "core/keys/key_source.h"

namespace assay::cli {

struct TrustFlags {
  std::vector<std::string> root_files;
  std::vector<std::string> names;  // "dns:N", "uri:U" or "email:E".
  std::vector<std::string> extended_key_usages;

  bool given() const {
    return !root_files.empty() || !names.empty() ||
           !extended_key_usages.empty();
  }
};

// Adds --trust-x5c-root, --x5c-name and --x5c-eku, all repeatable.
void AddTrustFlags(CLI::App* app, TrustFlags* flags);

// What they ask for; absent if none is given. INVALID_ARGUMENT, saying what to
// do, for flags that do not make up a trust.
absl::StatusOr<absl::optional<keys::CertificateTrust>> MakeTrust(
    const TrustFlags& flags);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_TRUST_FLAGS_H_
