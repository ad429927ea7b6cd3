#include "service/cli/jwks_command.h"

#include <unistd.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/jose/thumbprint.h"
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/key_flags.h"

namespace assay::cli {
namespace {

constexpr char kPublic[] = "jwks public";
constexpr char kThumbprint[] = "jwks thumbprint";

constexpr char kExamples[] = R"(Examples:
  assay jwks public signing.jwk > public.jwks
  assay jwks public old.pem new.jwk > public.jwks   # both, while keys rotate
  assay keygen --alg EdDSA | assay jwks public -

FILE holds a JWK, a JWK Set, PEM or DER, is a folder of such files (named .jwk
.jwks .json .pem .der .crt .cer .key .pub), or is - for standard input. A key
without kid gets its RFC 7638 thumbprint as kid. Secrets (HS256 and the like)
have no public half: they are left out, and said to be. x5c and x5t#S256 are
public and stay.)";

constexpr char kThumbprintExamples[] = R"(Examples:
  assay jwks thumbprint public.jwks
  assay jwks thumbprint --uri signing.jwk    # urn:ietf:params:oauth:...

One line per key, in the order of the keys: the SHA-256 of its required members
(RFC 7638), or that as a URI (RFC 9278). A private key has its public half's.
A secret's tells whoever guesses at it that the guess is right, so secrets are
left out unless --secrets asks for them; those that are long and random can bear
it, passwords cannot (RFC 7638 7).)";

struct ThumbprintFlags {
  KeyFlags keys;
  bool uri = false;
  bool secrets = false;
};

// A file without a key is an error: a set that lacks keys is not to be handed
// out unnoticed.
absl::StatusOr<jose::JwkSet> LoadFile(absl::string_view command,
                                      const KeyFlags& flags,
                                      const std::string& path) {
  KeyFlags one_file = flags;
  one_file.paths = {path};
  absl::StatusOr<jose::JwkSet> jwks = LoadJwks(command, one_file, Limits());
  if (jwks.ok() && jwks->keys.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": there is no usable key"));
  }
  return jwks;
}

// File by file, so that positions in warnings are those in the file.
absl::StatusOr<std::vector<jose::JwkSet>> LoadFiles(absl::string_view command,
                                                    const KeyFlags& flags) {
  std::vector<jose::JwkSet> files;
  for (const std::string& path : flags.paths) {
    absl::StatusOr<jose::JwkSet> file = LoadFile(command, flags, path);
    if (!file.ok()) return file.status();
    files.push_back(*std::move(file));
  }
  return files;
}

bool IsSecret(const jose::Jwk& jwk) {
  return jose::KeyTypeOf(jwk.material) == jose::KeyType::kOct;
}

void TellSecrets(absl::string_view command, size_t num_secrets,
                 absl::string_view why) {
  if (num_secrets == 0) return;
  Say(command, absl::StrCat("warning: ", num_secrets,
                            num_secrets == 1 ? " secret is" : " secrets are",
                            " left out: ", why));
}

int Write(absl::string_view command, absl::string_view text) {
  const absl::Status status = WriteAll(STDOUT_FILENO, text);
  if (!status.ok()) return Fail(command, Annotate("standard output", status));
  return kExitOk;
}

int RunPublic(const KeyFlags& flags) {
  absl::StatusOr<std::vector<jose::JwkSet>> files = LoadFiles(kPublic, flags);
  if (!files.ok()) return Fail(kPublic, files.status());
  size_t num_secrets = 0;
  std::vector<const jose::Jwk*> public_jwks;
  for (jose::JwkSet& file : *files) {
    for (jose::Jwk& jwk : file.keys) {
      if (IsSecret(jwk)) {
        ++num_secrets;
        continue;
      }
      jwk.kid = jwk.EffectiveKid();
      public_jwks.push_back(&jwk);
    }
  }
  TellSecrets(kPublic, num_secrets, "a symmetric key has no public half");
  return Write(kPublic,
               absl::StrCat(jose::WritePublicJwkSet(public_jwks), "\n"));
}

int RunThumbprint(const ThumbprintFlags& flags) {
  const absl::StatusOr<std::vector<jose::JwkSet>> files =
      LoadFiles(kThumbprint, flags.keys);
  if (!files.ok()) return Fail(kThumbprint, files.status());
  size_t num_secrets = 0;
  std::string lines;
  for (const jose::JwkSet& file : *files) {
    for (const jose::Jwk& jwk : file.keys) {
      if (IsSecret(jwk) && !flags.secrets) {
        ++num_secrets;
        continue;
      }
      absl::StrAppend(&lines,
                      flags.uri ? jose::ThumbprintUri(jwk.material)
                                : jose::Thumbprint(jwk.material),
                      "\n");
    }
  }
  TellSecrets(kThumbprint, num_secrets,
              "a thumbprint helps to guess at one; --secrets shows it");
  return Write(kThumbprint, lines);
}

CLI::App* AddFiles(CLI::App* app, KeyFlags* flags) {
  app->add_option("FILE", flags->paths, "Key files or folders, or -")
      ->required();
  AddKeyFileFlags(app, flags);
  return app;
}

}  // namespace

Subcommand AddJwksCommand(CLI::App* root) {
  CLI::App* group = root->add_subcommand(
      "jwks", "Work with JWK Sets (see `jwks public`, `jwks thumbprint`)");
  group->require_subcommand(1);
  group->footer(kExamples);

  auto flags = std::make_shared<KeyFlags>();
  AddFiles(group->add_subcommand(
               "public", "Print the public halves of keys as a JWK Set"),
           flags.get())
      ->footer(kExamples);

  auto thumbprint_flags = std::make_shared<ThumbprintFlags>();
  CLI::App* thumbprint = AddFiles(
      group->add_subcommand("thumbprint", "Print the thumbprints of keys"),
      &thumbprint_flags->keys);
  thumbprint->footer(kThumbprintExamples);
  thumbprint->add_flag("--uri", thumbprint_flags->uri,
                       "As URIs (RFC 9278) and not bare");
  thumbprint->add_flag("--secrets", thumbprint_flags->secrets,
                       "Secrets too: only for those that nobody could guess");

  return {group, [flags, thumbprint, thumbprint_flags] {
            return thumbprint->parsed() ? RunThumbprint(*thumbprint_flags)
                                        : RunPublic(*flags);
          }};
}

}  // namespace assay::cli
