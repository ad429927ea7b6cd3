#include "service/cli/nested_flags.h"

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace assay::cli {
namespace {

constexpr char kPasswordFlag[] = "--decrypt-password-file";
constexpr char kKeySetFlag[] = "--decryption-key-set";

// The first of these flags that is given, or "".
absl::string_view GivenFlag(const NestedFlags& flags) {
  if (!flags.keys.paths.empty()) return "--decrypt-keys";
  if (!flags.keys.password_file.empty()) return kPasswordFlag;
  if (!flags.decryption_key_set.empty()) return kKeySetFlag;
  if (flags.max_layers.has_value()) return "--max-layers";
  return "";
}

// Of what decrypts in this process.
absl::Status CheckLocalFlags(const NestedFlags& flags, const KeyFlags& keys) {
  if (!flags.decryption_key_set.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        kKeySetFlag, " goes with --server ADDR, which is not given"));
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

// Of what the server decrypts.
absl::Status CheckRemoteFlags(const NestedFlags& flags) {
  if (!flags.keys.paths.empty() || !flags.keys.password_file.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(GivenFlag(flags), " and --server exclude each other; say ",
                     kKeySetFlag, " NAME, the server's key set that decrypts"));
  }
  if (flags.decryption_key_set.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--form nested with --server needs ", kKeySetFlag,
                     " NAME, the server's key set that decrypts"));
  }
  return absl::OkStatus();
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
  app->add_option(kKeySetFlag, flags->decryption_key_set,
                  "Of --form nested with --server: the server's key set that "
                  "decrypts the encrypted layers")
      ->type_name("NAME")
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
  return server_given ? CheckRemoteFlags(flags) : CheckLocalFlags(flags, keys);
}

}  // namespace assay::cli
