#include "service/cli/nested_flags.h"

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace assay::cli {
namespace {

constexpr char kPasswordFlag[] = "--decrypt-password-file";

// The first of these flags that is given, or "".
absl::string_view GivenFlag(const NestedFlags& flags) {
  if (!flags.keys.paths.empty()) return "--decrypt-keys";
  if (!flags.keys.password_file.empty()) return kPasswordFlag;
  if (flags.max_layers.has_value()) return "--max-layers";
  return "";
}

}  // namespace

void AddNestedFlags(CLI::App* app, NestedFlags* flags) {
  constexpr char kGroup[] = "Nested tokens";
  app->add_option("--decrypt-keys", flags->keys.paths,
                  "Of --form nested: key file, folder or - with the keys that "
                  "decrypt its encrypted layers; repeat the flag for further "
                  "ones")
      ->allow_extra_args(false)
      ->type_name("FILE")
      ->group(kGroup);
  app->add_option(kPasswordFlag, flags->keys.password_file,
                  "As --password-file, for --decrypt-keys")
      ->type_name("FILE")
      ->group(kGroup);
  app->add_option_function<int>(
         "--max-layers", [flags](int layers) { flags->max_layers = layers; },
         absl::StrCat("Of --form nested: how many signatures and encryptions "
                      "a token may have together; default ",
                      kDefaultNestedLayers))
      ->check(CLI::Range(2, kMaxNestedLayers))
      ->type_name("N")
      ->group(kGroup);
}

absl::Status CheckNestedFlags(absl::string_view form, const NestedFlags& flags,
                              const KeyFlags& keys, bool server_given) {
  const absl::string_view given = GivenFlag(flags);
  if (!IsNested(form)) {
    if (given.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(given, " is about nested tokens, not those of --form ",
                     form, "; say --form nested"));
  }
  if (server_given) {
    return absl::InvalidArgumentError(
        "--form nested does not go with --server; say --keys and "
        "--decrypt-keys");
  }
  if (flags.keys.paths.empty()) {
    return absl::InvalidArgumentError(
        "--form nested needs keys that decrypt: give --decrypt-keys FILE");
  }
  if (keys.reads_stdin() && flags.keys.reads_stdin()) {
    return absl::InvalidArgumentError(
        "--keys and --decrypt-keys cannot both be standard input: name a file "
        "for one of them");
  }
  return absl::OkStatus();
}

}  // namespace assay::cli
