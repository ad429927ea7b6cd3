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
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/key_flags.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "jwks public";

constexpr char kExamples[] = R"(Examples:
  assay jwks public signing.jwk > public.jwks
  assay jwks public old.pem new.jwk > public.jwks   # both, while keys rotate
  assay keygen --alg EdDSA | assay jwks public -

FILE holds a JWK, a JWK Set, PEM or DER, is a folder of such files (named .jwk
.jwks .json .pem .der .crt .cer .key .pub), or is - for standard input. A key
without kid gets its RFC 7638 thumbprint as kid. Secrets (HS256 and the like) have no public half: they are left
out, and said to be.)";

// A file without a key is an error: a set that lacks keys is not to be handed
// out unnoticed.
absl::StatusOr<jose::JwkSet> LoadFile(const KeyFlags& flags,
                                      const std::string& path) {
  KeyFlags one_file = flags;
  one_file.paths = {path};
  absl::StatusOr<jose::JwkSet> jwks = LoadJwks(kCommand, one_file, Limits());
  if (jwks.ok() && jwks->keys.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": there is no usable key"));
  }
  return jwks;
}

void TellSecrets(size_t num_secrets) {
  if (num_secrets == 0) return;
  Say(kCommand, absl::StrCat("warning: ", num_secrets,
                             num_secrets == 1 ? " secret is" : " secrets are",
                             " left out: a symmetric key has no public half"));
}

int Run(const KeyFlags& flags) {
  // File by file, so that positions in warnings are those in the file.
  std::vector<jose::JwkSet> files;
  for (const std::string& path : flags.paths) {
    absl::StatusOr<jose::JwkSet> file = LoadFile(flags, path);
    if (!file.ok()) return Fail(kCommand, file.status());
    files.push_back(*std::move(file));
  }
  size_t num_secrets = 0;
  std::vector<const jose::Jwk*> public_jwks;
  for (jose::JwkSet& file : files) {
    for (jose::Jwk& jwk : file.keys) {
      if (jose::KeyTypeOf(jwk.material) == jose::KeyType::kOct) {
        ++num_secrets;
        continue;
      }
      jwk.kid = jwk.EffectiveKid();
      public_jwks.push_back(&jwk);
    }
  }
  TellSecrets(num_secrets);
  const std::string set = jose::WritePublicJwkSet(public_jwks);
  const absl::Status status = WriteAll(STDOUT_FILENO, absl::StrCat(set, "\n"));
  if (!status.ok()) return Fail(kCommand, Annotate("standard output", status));
  return kExitOk;
}

}  // namespace

Subcommand AddJwksCommand(CLI::App* root) {
  auto flags = std::make_shared<KeyFlags>();
  CLI::App* group =
      root->add_subcommand("jwks", "Work with JWK Sets (see `jwks public`)");
  group->require_subcommand(1);
  group->footer(kExamples);
  CLI::App* app = group->add_subcommand(
      "public", "Print the public halves of keys as a JWK Set");
  app->footer(kExamples);
  app->add_option("FILE", flags->paths, "Key files or folders, or -")
      ->required();
  AddReadableSecretsFlag(app, flags.get());
  return {app, [flags] { return Run(*flags); }};
}

}  // namespace assay::cli
