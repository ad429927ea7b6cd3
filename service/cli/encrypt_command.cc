#include "service/cli/encrypt_command.h"

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/engine/batch_encrypter.h"
#include "service/cli/batch_run.h"
#include "service/cli/diagnostics.h"
#include "service/cli/encrypt_output.h"
#include "service/cli/exit_code.h"
#include "service/cli/jwe_flags.h"
#include "service/cli/jwe_workers.h"
#include "service/cli/key_flags.h"
#include "service/cli/optional_flag.h"
#include "service/cli/remote_jwe_workers.h"
#include "service/cli/server_flags.h"
#include "service/cli/threads_flag.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "encrypt";

constexpr char kExamples[] = R"(Examples:
  assay keygen --alg ECDH-ES --out private.jwk
  assay jwks public private.jwk > public.jwks
  echo 'attack at dawn' | assay encrypt --keys public.jwks > tokens.txt
  assay encrypt --keys public.jwks --kid 2026-01 --enc A128CBC-HS256 lines.txt
  assay encrypt --keys rsa-public.pem --alg RSA-OAEP-256 lines.txt
  assay encrypt --keys public.jwks --cty JWT signed.txt  # nested: sign first
  assay encrypt --server localhost:7080 --key-set partner lines.txt
  assay encrypt --keys public.jwks --form jwe-json --kid alice --kid bob x.txt
  head -c 32 /dev/urandom | basenc --base64url -w0 | tr -d = |
      assay encrypt --keys secret.jwk --plaintext base64url

A line in is a plaintext, without its line end (LF or CRLF) and, at the start
of a file, byte order mark: for any bytes, use --plaintext base64url. A line out
is its token (JWE, RFC 7516), compact or, with --form jwe-json, a JSON object:
flattened for one recipient, general for several, each of whom can decrypt it. A
line that cannot be encrypted has no line out; stderr tells its number and why.
Blank lines are skipped. Of private keys the public half is used. A secret must
name its alg in its JWK, as `assay keygen` writes it.

Whoever has the public key can make such a token: it keeps a secret, but is no
proof of who wrote it. For that, sign first and encrypt what was signed.

Exit code 0: all encrypted, 1: some not, 2: nothing could be done or not
everything was looked at, 130: interrupted.)";

struct Flags {
  KeyFlags keys;
  ServerFlags server;
  std::string form = "jwe";
  bool general = false;
  std::vector<std::string> kids;
  absl::optional<std::string> alg;
  std::string enc = "A256GCM";
  absl::optional<std::string> typ;
  absl::optional<std::string> cty;
  absl::optional<std::string> aad;
  absl::optional<std::string> unprotected;
  bool zip = false;
  uint32_t p2c = kDefaultPbes2Iterations;
  std::string plaintext = "text";
  int threads = 0;
  std::vector<std::string> files;
};

absl::Status CheckForm(const Flags& flags) {
  if (IsJweJson(flags.form)) {
    if (flags.aad.has_value() && flags.aad->empty()) {
      return absl::InvalidArgumentError("--aad is empty: leave it out");
    }
    if (flags.unprotected.has_value() && flags.unprotected->empty()) {
      return absl::InvalidArgumentError(
          "--unprotected is empty: give a JSON object, or leave it out");
    }
    return absl::OkStatus();
  }
  if (flags.kids.size() > 1) {
    return absl::InvalidArgumentError(
        "several --kid make a token for several recipients, which needs "
        "--form jwe-json");
  }
  if (flags.aad.has_value() || flags.unprotected.has_value() || flags.general) {
    return absl::InvalidArgumentError(
        "--aad, --unprotected and --general need --form jwe-json: a compact "
        "token has no place for them");
  }
  return absl::OkStatus();
}

// Several recipients make the general form.
engine::EncryptForm FormOf(const Flags& flags) {
  if (!IsJweJson(flags.form)) return engine::EncryptForm::kCompact;
  return flags.general || flags.kids.size() > 1
             ? engine::EncryptForm::kGeneralJson
             : engine::EncryptForm::kFlattenedJson;
}

absl::StatusOr<EncryptSettings> MakeSettings(const Flags& flags) {
  const absl::Status status = CheckForm(flags);
  if (!status.ok()) return status;
  EncryptSettings settings;
  settings.form = FormOf(flags);
  if (flags.kids.size() == 1) settings.kid = flags.kids[0];
  if (flags.kids.size() > 1) settings.kids = flags.kids;
  settings.aad = flags.aad.value_or("");
  settings.unprotected = flags.unprotected.value_or("");
  settings.zip = flags.zip;
  if (flags.alg.has_value()) {
    const auto alg = ParseKeyManagement(*flags.alg);
    if (!alg.ok()) return alg.status();
    settings.alg = *alg;
  }
  const auto enc = ParseContentAlgorithm(flags.enc);
  if (!enc.ok()) return enc.status();
  settings.enc = *enc;
  settings.typ = flags.typ;
  settings.cty = flags.cty;
  settings.p2c = flags.p2c;
  settings.lines_are_base64url = flags.plaintext == "base64url";
  return settings;
}

// What costs time here is the user's own wish, not a stranger's.
Limits OwnLimits() {
  Limits limits = JweLimits();
  limits.max_batch_pbes2_iterations = std::numeric_limits<uint64_t>::max();
  return limits;
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeWorker(const Flags& flags) {
  absl::StatusOr<EncryptSettings> settings = MakeSettings(flags);
  if (!settings.ok()) return settings.status();
  if (flags.server.given()) return MakeRemoteEncrypter(flags.server, *settings);
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      LoadKeys(kCommand, flags.keys, keys::KeySetUse::kEncrypt, OwnLimits());
  if (!key_set.ok()) return key_set.status();
  return MakeEngineEncrypter(*std::move(key_set), *std::move(settings),
                             NumThreads(flags.threads), OwnLimits());
}

int Run(const Flags& flags) {
  absl::Status status = CheckServerFlags(flags.server);
  if (status.ok()) status = CheckKeysOrServer(flags.keys, flags.server.given());
  if (status.ok()) status = CheckInputs(flags.files, flags.keys.reads_stdin());
  if (!status.ok()) return Fail(kCommand, status);
  const absl::StatusOr<std::unique_ptr<BatchWorker>> worker = MakeWorker(flags);
  if (!worker.ok()) return Fail(kCommand, worker.status());

  BatchRunOptions options;
  options.command = kCommand;
  options.paths = flags.files;
  options.max_line_bytes = OwnLimits().max_token_bytes;
  const BatchRunReport report = RunBatches(options, **worker);
  const uint64_t num_encrypted = report.tally[kEncryptedTally];
  if (num_encrypted < report.num_lines) {
    Say(kCommand, absl::StrCat(report.num_lines - num_encrypted, " of ",
                               report.num_lines, " lines were not encrypted"));
  }
  return FinishRun(options, report, num_encrypted == report.num_lines);
}

void AddTokenFlags(CLI::App* app, Flags* flags) {
  constexpr char kGroup[] = "What the tokens are like";
  AddJweFormFlag(app, &flags->form);
  app->get_option("--form")->group(kGroup);
  app->add_option("--kid", flags->kids,
                  "The key to encrypt for, where there are several; with "
                  "--form jwe-json repeat it for a token for several "
                  "recipients (general JSON)")
      ->allow_extra_args(false)
      ->type_name("K")
      ->group(kGroup);
  app->add_flag("--general", flags->general,
                "With --form jwe-json, general JSON for one recipient, too")
      ->group(kGroup);
  AddOptionalFlag(app, "--alg", &flags->alg,
                  "The key management algorithm; default: the key's (of RSA "
                  "keys without alg RSA-OAEP-256, of others ECDH-ES)",
                  "A")
      ->group(kGroup);
  app->add_option("--enc", flags->enc,
                  "The content encryption algorithm; default A256GCM")
      ->type_name("E")
      ->group(kGroup);
  AddOptionalFlag(app, "--typ", &flags->typ, "The header's typ; default: none",
                  "T")
      ->group(kGroup);
  AddOptionalFlag(app, "--cty", &flags->cty,
                  "The header's cty, such as JWT; default: none", "C")
      ->group(kGroup);
  AddOptionalFlag(app, "--aad", &flags->aad,
                  "Text that every token carries in the clear, and that "
                  "nobody can change (--form jwe-json)",
                  "TEXT")
      ->group(kGroup);
  AddOptionalFlag(app, "--unprotected", &flags->unprotected,
                  "A JSON object for the unprotected header, which anybody "
                  "can change (--form jwe-json)",
                  "JSON")
      ->group(kGroup);
  app->add_flag("--zip", flags->zip,
                "Compress the plaintext (DEF). Dangerous where a part of it "
                "is secret and another somebody else's choice: the token's "
                "length tells how much they have in common (CRIME, BREACH)")
      ->group(kGroup);
  app->add_option(
         "--p2c", flags->p2c,
         absl::StrCat("PBKDF2 iterations of PBES2, from ", kMinPbes2Iterations,
                      " to ", Limits().max_pbes2_iterations, "; default ",
                      kDefaultPbes2Iterations,
                      ", which takes a tenth of a second per token"))
      ->type_name("N")
      ->group(kGroup);
}

}  // namespace

Subcommand AddEncryptCommand(CLI::App* root) {
  auto flags = std::make_shared<Flags>();
  CLI::App* app = root->add_subcommand(
      kCommand, "Encrypt: a plaintext per line in, a token per line out");
  app->footer(kExamples);
  AddKeyFlags(app, &flags->keys);
  AddServerFlags(app, &flags->server);
  AddTokenFlags(app, flags.get());
  app->add_option("--plaintext", flags->plaintext,
                  "What a line is: text (the default), or base64url of the "
                  "bytes to encrypt")
      ->check(CLI::IsMember({"text", "base64url"}))
      ->type_name("P");
  AddThreadsFlag(app, &flags->threads);
  app->add_option("FILE", flags->files,
                  "Files of plaintexts, .gz too, or -; default standard input");
  return {app, [flags] { return Run(*flags); }};
}

}  // namespace assay::cli
