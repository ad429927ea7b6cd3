#include "service/cli/decrypt_command.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/engine/batch_decrypter.h"
#include "core/jose/jwe_header.h"
#include "service/cli/batch_run.h"
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/jwe_flags.h"
#include "service/cli/jwe_workers.h"
#include "service/cli/key_flags.h"
#include "service/cli/remote_jwe_workers.h"
#include "service/cli/server_flags.h"
#include "service/cli/summary.h"
#include "service/cli/threads_flag.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "decrypt";

constexpr char kExamples[] = R"(Examples:
  assay decrypt --keys private.jwk tokens.txt
  assay decrypt --keys private.jwk --keys older.jwk --alg ECDH-ES tokens.txt
  assay decrypt --keys private.pem --output verdicts < tokens.txt
  assay decrypt --keys private.jwk --output text tokens.txt > plaintexts.txt
  assay decrypt --keys private.jwk --form jwe-json tokens.ndjson
  assay decrypt --server localhost:7080 --key-set inbox tokens.txt

A line in is a token (JWE, RFC 7516), compact or, with --form jwe-json, a JSON
object of one recipient or several; the first for whom a key decrypts it counts,
and there is "aad" (base64url) where the token has it. With --output ndjson (the
default), a line out is
  {"index":0,"verdict":"VALID","alg":"ECDH-ES","enc":"A128GCM","kid":"k1",
   "plaintext":"<base64url>"}
or, for a token that is not valid, has "reason" instead of "plaintext". index
counts tokens from 0; blank lines are skipped. With --output text, a line out is
a plaintext, and stderr tells what is wrong with the lines that have none. A
summary goes to stderr.

VALID means that nothing was changed since the token was encrypted. It does not
mean that you know by whom: anybody can encrypt for a public key, and of a token
for several recipients each can make another one for the rest. A signed token
within is to be verified like any other.

Verdicts: VALID, MALFORMED, UNSUPPORTED, ALGORITHM_NOT_ALLOWED, UNKNOWN_KEY,
KEY_UNAVAILABLE, DECRYPTION_FAILED, TOO_EXPENSIVE, TOO_LARGE, NOT_PROCESSED. All
that goes wrong with a key is DECRYPTION_FAILED: telling more would help an
attacker.

Exit code 0: all tokens are valid (or there was none), 1: some are not, 2: not
everything was looked at (usage, keys, files, server), 130: interrupted.)";

constexpr uint64_t kDefaultBudget = kDefaultPbes2Budget;

struct Flags {
  KeyFlags keys;
  ServerFlags server;
  std::string form = "jwe";
  bool allow_zip = false;
  std::vector<std::string> algorithms;
  std::vector<std::string> encryptions;
  uint64_t pbes2_budget = kDefaultBudget;
  std::string output = "ndjson";
  int threads = 0;
  std::vector<std::string> files;
};

OutputForm ParseOutput(const std::string& output) {
  if (output == "verdicts") return OutputForm::kVerdicts;
  if (output == "summary") return OutputForm::kSummary;
  if (output == "text") return OutputForm::kText;
  return OutputForm::kNdjson;
}

absl::StatusOr<DecryptSettings> MakeSettings(const Flags& flags) {
  DecryptSettings settings;
  settings.output = ParseOutput(flags.output);
  settings.pbes2_budget = flags.pbes2_budget;
  if (IsJweJson(flags.form)) settings.form = engine::DecryptForm::kJson;
  if (flags.allow_zip) settings.zip = jose::Zip::kAllow;
  for (const std::string& name : flags.algorithms) {
    const auto alg = ParseKeyManagement(name);
    if (!alg.ok()) return alg.status();
    settings.algorithms.push_back(*alg);
  }
  for (const std::string& name : flags.encryptions) {
    const auto enc = ParseContentAlgorithm(name);
    if (!enc.ok()) return enc.status();
    settings.encryptions.push_back(*enc);
  }
  return settings;
}

// What tokens may cost a server is its own to say.
absl::Status CheckBudget(const Flags& flags) {
  if (flags.server.given() && flags.pbes2_budget != kDefaultBudget) {
    return absl::InvalidArgumentError(
        "--pbes2-budget goes with --keys: with --server, the limits in the "
        "server's configuration hold");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeWorker(const Flags& flags,
                                                        const Limits& limits) {
  absl::StatusOr<DecryptSettings> settings = MakeSettings(flags);
  if (!settings.ok()) return settings.status();
  if (flags.server.given()) return MakeRemoteDecrypter(flags.server, *settings);
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      LoadKeys(kCommand, flags.keys, keys::KeySetUse::kDecrypt, limits);
  if (!key_set.ok()) return key_set.status();
  return MakeEngineDecrypter(*std::move(key_set), *std::move(settings),
                             NumThreads(flags.threads), limits);
}

int Run(const Flags& flags) {
  const Limits limits = JweLimits();
  absl::Status status = CheckServerFlags(flags.server);
  if (status.ok()) status = CheckKeysOrServer(flags.keys, flags.server.given());
  if (status.ok()) status = CheckBudget(flags);
  if (status.ok()) status = CheckInputs(flags.files, flags.keys.reads_stdin());
  if (!status.ok()) return Fail(kCommand, status);
  const absl::StatusOr<std::unique_ptr<BatchWorker>> worker =
      MakeWorker(flags, limits);
  if (!worker.ok()) return Fail(kCommand, worker.status());

  BatchRunOptions options;
  options.command = kCommand;
  options.paths = flags.files;
  options.max_line_bytes = limits.max_token_bytes;
  options.writes_lines = ParseOutput(flags.output) != OutputForm::kSummary;
  const BatchRunReport report = RunBatches(options, **worker);
  const uint64_t num_valid =
      report.tally[static_cast<size_t>(DecryptVerdict::kValid)];
  if (report.output.ok()) {
    Say(kCommand,
        DecryptSummary(report.tally, report.num_lines, report.elapsed));
  }
  return FinishRun(options, report, num_valid == report.num_lines);
}

}  // namespace

Subcommand AddDecryptCommand(CLI::App* root) {
  auto flags = std::make_shared<Flags>();
  CLI::App* app = root->add_subcommand(
      kCommand, "Decrypt: a token per line in, a plaintext per line out");
  app->footer(kExamples);
  AddKeyFlags(app, &flags->keys);
  AddServerFlags(app, &flags->server);
  app->add_option("--alg", flags->algorithms,
                  "A key management algorithm to accept; repeat the flag for "
                  "further ones. Default: all that the keys serve")
      ->allow_extra_args(false)
      ->type_name("A");
  app->add_option("--enc", flags->encryptions,
                  "A content encryption algorithm to accept; repeat the flag "
                  "for further ones. Default: all")
      ->allow_extra_args(false)
      ->type_name("E");
  AddJweFormFlag(app, &flags->form);
  app->add_flag(
      "--allow-zip", flags->allow_zip,
      absl::StrCat("Inflate compressed content (zip DEF), of at most ",
                   Limits().max_inflated_bytes,
                   " bytes a token; without it, it is UNSUPPORTED"));
  app->add_option("--pbes2-budget", flags->pbes2_budget,
                  "PBKDF2 iterations that all tokens together may cost; what "
                  "comes when they are spent is TOO_EXPENSIVE. Default "
                  "1000000000, some minutes")
      ->type_name("N");
  app->add_option("--output", flags->output,
                  "What goes to stdout: ndjson (the default), text (the "
                  "plaintexts), verdicts (one word per line) or summary "
                  "(nothing; see stderr)")
      ->check(CLI::IsMember({"ndjson", "text", "verdicts", "summary"}))
      ->type_name("O");
  AddThreadsFlag(app, &flags->threads);
  app->add_option("FILE", flags->files,
                  "Files of tokens, .gz too, or -; default standard input");
  return {app, [flags] { return Run(*flags); }};
}

}  // namespace assay::cli
