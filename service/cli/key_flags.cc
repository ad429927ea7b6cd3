#include "service/cli/key_flags.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/keys/key_source.h"
#include "service/cli/diagnostics.h"
#include "service/cli/pipe_file.h"

namespace assay::cli {
namespace {

// Standard input and pipes, as files that a key source reads.
using PipeFiles = std::vector<std::unique_ptr<PipeFile>>;

bool IsStdin(const std::string& path) {
  return path == "-" || path == "/dev/stdin";
}

// `path`, or the file that stands for it where it is a pipe or the like.
absl::StatusOr<std::string> FileFor(const std::string& path,
                                    const Limits& limits, PipeFiles* pipes) {
  const std::string name = path == "-" ? "/dev/stdin" : path;
  if (!PipeFile::IsPipe(name)) return name;
  absl::StatusOr<std::unique_ptr<PipeFile>> pipe =
      PipeFile::ReadToEnd(name, limits.max_key_file_bytes);
  if (!pipe.ok()) return pipe.status();
  pipes->push_back(*std::move(pipe));
  return pipes->back()->path();
}

// Names the pipes of a message as the user knows them.
absl::Status WithPipeNames(const absl::Status& status, const PipeFiles& pipes) {
  std::string message(status.message());
  for (const std::unique_ptr<PipeFile>& pipe : pipes) {
    absl::StrReplaceAll({{pipe->path(), pipe->name()}}, &message);
  }
  return absl::Status(status.code(), message);
}

void TellSkipped(absl::string_view command, const PipeFiles& pipes,
                 const std::vector<jose::SkippedKey>& all_skipped) {
  for (const jose::SkippedKey& skipped : all_skipped) {
    const std::string kid =
        skipped.kid.empty() ? "" : absl::StrCat(" (kid \"", skipped.kid, "\")");
    Say(command,
        absl::StrCat("warning: key ", skipped.index, kid, " is left out: ",
                     WithPipeNames(skipped.why, pipes).message()));
  }
}

absl::StatusOr<keys::KeySource> SourceOf(const KeyFlags& flags,
                                         const Limits& limits,
                                         PipeFiles* pipes) {
  keys::KeySource source;
  source.name = std::string(kLocalKeySet);
  source.allow_readable_secrets = flags.allow_readable_secrets;
  source.certificate_trust = flags.certificate_trust;
  for (const std::string& path : flags.paths) {
    absl::StatusOr<std::string> file = FileFor(path, limits, pipes);
    if (!file.ok()) return file.status();
    source.paths.push_back(*std::move(file));
  }
  if (flags.password_file.empty()) return source;
  if (IsStdin(flags.password_file) &&
      std::any_of(flags.paths.begin(), flags.paths.end(), IsStdin)) {
    return absl::InvalidArgumentError(
        "keys and their password cannot both be standard input: name a file "
        "for one of them");
  }
  absl::StatusOr<std::string> file =
      FileFor(flags.password_file, limits, pipes);
  if (!file.ok()) return file.status();
  source.password_file = *std::move(file);
  return source;
}

absl::Status WithAdvice(const absl::Status& error, const PipeFiles& pipes) {
  const absl::Status status = WithPipeNames(error, pipes);
  if (!absl::IsPermissionDenied(status)) return status;
  return absl::PermissionDeniedError(
      absl::StrCat(status.message(), ", or pass --allow-readable-secrets"));
}

}  // namespace

bool KeyFlags::reads_stdin() const {
  return IsStdin(password_file) ||
         std::any_of(paths.begin(), paths.end(), IsStdin);
}

void AddKeyFlags(CLI::App* app, KeyFlags* flags) {
  app->add_option("--keys", flags->paths,
                  "Key file (JWK, JWK Set, encrypted or not, PEM or DER), a "
                  "folder of them, or - "
                  "for standard input; repeat the flag for further ones")
      ->allow_extra_args(false)
      ->type_name("FILE");
  AddKeyFileFlags(app, flags);
}

void AddKeyFileFlags(CLI::App* app, KeyFlags* flags) {
  app->add_flag(
      "--allow-readable-secrets", flags->allow_readable_secrets,
      "Accept files with private keys or secrets that group or others "
      "may read");
  app->add_option("--password-file", flags->password_file,
                  "File with the password of encrypted keys, in one line; or - "
                  "for standard input. Never the password itself: arguments "
                  "can be seen by other users (ps)")
      ->type_name("FILE");
}

absl::StatusOr<SecretBytes> LoadPassword(const std::string& path,
                                         const Limits& limits) {
  PipeFiles pipes;
  const absl::StatusOr<std::string> file = FileFor(path, limits, &pipes);
  if (!file.ok()) return file.status();
  auto password =
      keys::ReadPasswordFile(*file, /*allow_readable_secrets=*/false, limits);
  if (!password.ok()) return WithPipeNames(password.status(), pipes);
  return password;
}

absl::Status CheckKeysOrServer(const KeyFlags& flags, bool server_given) {
  const bool keys_given =
      !flags.paths.empty() || flags.certificate_trust.has_value();
  if (!keys_given && !server_given) {
    return absl::InvalidArgumentError(
        "no keys: give --keys FILE, or --server ADDR with --key-set NAME");
  }
  if (!flags.paths.empty() && server_given) {
    return absl::InvalidArgumentError(
        "--keys and --server exclude each other: a server uses its own keys");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<keys::KeySet>> LoadKeys(
    absl::string_view command, const KeyFlags& flags, keys::KeySetUse use,
    const Limits& limits, absl::string_view name) {
  PipeFiles pipes;
  absl::StatusOr<keys::KeySource> source = SourceOf(flags, limits, &pipes);
  if (!source.ok()) return source.status();
  source->name = std::string(name);
  source->use = use;
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      keys::LoadKeySet(*source, limits);
  if (!key_set.ok()) return WithAdvice(key_set.status(), pipes);
  TellSkipped(command, pipes, (*key_set)->skipped());
  return key_set;
}

absl::StatusOr<jose::JwkSet> LoadJwks(absl::string_view command,
                                      const KeyFlags& flags,
                                      const Limits& limits) {
  PipeFiles pipes;
  const absl::StatusOr<keys::KeySource> source =
      SourceOf(flags, limits, &pipes);
  if (!source.ok()) return source.status();
  absl::StatusOr<jose::JwkSet> jwks = keys::LoadJwks(*source, limits);
  if (!jwks.ok()) return WithAdvice(jwks.status(), pipes);
  TellSkipped(command, pipes, jwks->skipped);
  return jwks;
}

}  // namespace assay::cli
