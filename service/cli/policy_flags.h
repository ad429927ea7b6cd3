// The flags of `assay verify` that make a policy.
#ifndef ASSAY_SERVICE_CLI_POLICY_FLAGS_H_
#define ASSAY_SERVICE_CLI_POLICY_FLAGS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/jose/policy.h"
#include "service/cli/profile_flags.h"

namespace assay::cli {

struct PolicyFlags {
  std::string form = "jwt";
  std::vector<std::string> algorithms;
  std::vector<std::string> issuers;
  std::vector<std::string> audiences;
  bool reject_unexpected_audience = false;
  absl::optional<std::string> subject;
  std::vector<std::string> required_claims;
  absl::optional<std::string> typ;
  absl::optional<std::string> skew;
  absl::optional<std::string> max_age;
  absl::optional<std::string> as_of;
  std::string b64 = "true";
  std::string signatures = "any";
  std::vector<std::string> required_kids;
  ProfileFlags profile;
};

void AddPolicyFlags(CLI::App* app, PolicyFlags* flags);

// Adds --form, which is jwt, jws or jws-json; with AddPolicyFlags nested too,
// whose policy is of the form kJwt.
void AddFormFlag(CLI::App* app, std::string* form);
jose::Form ParseForm(absl::string_view form);

// Adds --b64, which is true or false.
CLI::Option* AddB64Flag(CLI::App* app, std::string* b64);

// A valid policy, or an error that names the flag and says what it takes.
absl::StatusOr<jose::Policy> MakePolicy(const PolicyFlags& flags);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_POLICY_FLAGS_H_
