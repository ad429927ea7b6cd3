// The flags of `assay verify` that make a profile (core/jose/profile.h).
#ifndef ASSAY_SERVICE_CLI_PROFILE_FLAGS_H_
#define ASSAY_SERVICE_CLI_PROFILE_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "core/jose/profile.h"

namespace assay::cli {

struct ProfileFlags {
  std::string profile;  // Empty: none.
  absl::optional<std::string> nonce;
  bool require_nonce = false;
  absl::optional<std::string> access_token_file;
  absl::optional<std::string> code_file;
  absl::optional<std::string> max_auth_age;
  std::vector<std::string> trusted_audiences;
  std::string trust_domain;
};

void AddProfileFlags(CLI::App* app, ProfileFlags* flags);

// The profile, with files read, or an error that names the flag. Whether it
// goes with a policy is ApplyProfile's to say.
absl::StatusOr<jose::Profile> MakeProfile(const ProfileFlags& flags);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_PROFILE_FLAGS_H_
