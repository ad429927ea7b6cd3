#include "service/cli/profile_flags.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "service/cli/diagnostics.h"
#include "service/cli/duration.h"
#include "service/cli/optional_flag.h"
#include "service/text_file.h"

namespace assay::cli {
namespace {

// Sets `*text` to the one line that the file holds, if there is a file.
absl::Status ReadLineFile(absl::string_view flag,
                          const absl::optional<std::string>& path,
                          absl::optional<std::string>* text) {
  if (!path.has_value()) return absl::OkStatus();
  const absl::StatusOr<std::string> whole = service::ReadTextFile(*path);
  if (!whole.ok()) return Annotate(flag, whole.status());
  text->emplace(absl::StripAsciiWhitespace(*whole));
  if ((*text)->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(flag, ": ", *path, " is empty"));
  }
  return absl::OkStatus();
}

absl::Status ReadAge(const absl::optional<std::string>& text,
                     absl::optional<absl::Duration>* age) {
  if (!text.has_value()) return absl::OkStatus();
  const absl::StatusOr<absl::Duration> duration = ParseDuration(*text);
  if (!duration.ok()) return Annotate("--max-auth-age", duration.status());
  *age = *duration;
  return absl::OkStatus();
}

}  // namespace

void AddProfileFlags(CLI::App* app, ProfileFlags* flags) {
  constexpr char kGroup[] = "What kind of token it must be";
  app->add_option("--profile", flags->profile,
                  "access-token (RFC 9068), id-token or logout-token (OpenID "
                  "Connect), jwt-svid (SPIFFE): demand what it prescribes")
      ->check(CLI::IsMember(
          {"access-token", "id-token", "logout-token", "jwt-svid"}))
      ->type_name("P")
      ->group(kGroup);
  AddOptionalFlag(app, "--nonce", &flags->nonce,
                  "Of an ID token: nonce must be this", "N")
      ->group(kGroup);
  app->add_flag("--require-nonce", flags->require_nonce,
                "Of an ID token: nonce must be there, whatever it is")
      ->group(kGroup);
  AddOptionalFlag(app, "--access-token-file", &flags->access_token_file,
                  "Of an ID token: at_hash must be of the access token in "
                  "this file",
                  "FILE")
      ->group(kGroup);
  AddOptionalFlag(app, "--code-file", &flags->code_file,
                  "Of an ID token: c_hash must be of the code in this file",
                  "FILE")
      ->group(kGroup);
  AddOptionalFlag(app, "--max-auth-age", &flags->max_auth_age,
                  "Of an ID token: auth_time must be there and no further "
                  "back, such as 1h",
                  "D")
      ->group(kGroup);
  app->add_option("--trusted-audience", flags->trusted_audiences,
                  "Of an ID token: aud may name this beside --audience; "
                  "repeat the flag for further ones")
      ->allow_extra_args(false)
      ->type_name("A")
      ->group(kGroup);
  app->add_option("--trust-domain", flags->trust_domain,
                  "Of a JWT-SVID: the trust domain that the keys are of")
      ->type_name("T")
      ->group(kGroup);
}

absl::StatusOr<jose::Profile> MakeProfile(const ProfileFlags& flags) {
  jose::Profile profile;
  profile.kind = jose::ProfileFromName(flags.profile);
  profile.nonce = flags.nonce;
  profile.require_nonce = flags.require_nonce;
  profile.trusted_audiences = flags.trusted_audiences;
  profile.trust_domain = flags.trust_domain;
  absl::Status status = ReadLineFile(
      "--access-token-file", flags.access_token_file, &profile.access_token);
  status.Update(ReadLineFile("--code-file", flags.code_file, &profile.code));
  status.Update(ReadAge(flags.max_auth_age, &profile.max_auth_age));
  if (!status.ok()) return status;
  return profile;
}

}  // namespace assay::cli
