#include "service/cli/sign_command.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/engine/batch_signer.h"
#include "service/cli/algorithm_flag.h"
#include "service/cli/batch_run.h"
#include "service/cli/diagnostics.h"
#include "service/cli/duration.h"
#include "service/cli/engine_workers.h"
#include "service/cli/exit_code.h"
#include "service/cli/jws_workers.h"
#include "service/cli/key_flags.h"
#include "service/cli/optional_flag.h"
#include "service/cli/payload_file.h"
#include "service/cli/policy_flags.h"
#include "service/cli/remote_workers.h"
#include "service/cli/server_flags.h"
#include "service/cli/threads_flag.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "sign";

constexpr char kExamples[] = R"(Examples:
  echo '{"sub":"joe"}' | assay sign --keys signing.jwk --iat --expires-in 1h
  assay sign --keys keys/ --kid 2026-01 --typ at+jwt claims.ndjson > tokens.txt
  assay sign --keys signing.jwk --header '{"ver":2}' claims.ndjson.gz
  assay sign --keys rsa.pem --alg PS256 claims.ndjson
  assay sign --server localhost:7080 --key-set issuing --jti < claims.ndjson
  assay sign --keys keys/ --form jws-json --kid ours --kid theirs lines.txt
  assay sign --keys signing.jwk --form jws --detached report.pdf > report.jws

A line in is a JSON object of claims, signed exactly as it stands but for what
--iat, --jti, --expires-in and --not-before-in add. A line out is its token.
With --form jws or jws-json a line is any text, signed exactly as it stands; a
jws-json is flattened for one --kid and general for several. With --detached no
line is read: the one line out signs the file and does not hold it. A line that
cannot be signed has no line out; stderr tells its number and why. Blank lines
are skipped. A PEM or DER key has no kid: its RFC 7638 thumbprint is used. Exit
code 0: all signed, 1: some not, 2: nothing could be done or not everything was
looked at, 130: interrupted.)";

struct Flags {
  KeyFlags keys;
  ServerFlags server;
  std::vector<std::string> kids;
  absl::optional<std::string> alg;
  std::string form = "jwt";
  std::string b64 = "true";
  absl::optional<std::string> detached;
  absl::optional<std::string> typ;
  std::string header;
  bool iat = false;
  absl::optional<std::string> expires_in;
  absl::optional<std::string> not_before_in;
  bool jti = false;
  int threads = 0;
  std::vector<std::string> files;
};

absl::Status AddStamps(const Flags& flags, engine::SignOptions* options) {
  options->stamp_iat = flags.iat;
  options->stamp_jti = flags.jti;
  if (flags.expires_in.has_value()) {
    const absl::StatusOr<absl::Duration> d = ParseDuration(*flags.expires_in);
    if (!d.ok()) return Annotate("--expires-in", d.status());
    options->stamp_exp = *d;
  }
  if (flags.not_before_in.has_value()) {
    const absl::StatusOr<absl::Duration> d =
        ParseDuration(*flags.not_before_in);
    if (!d.ok()) return Annotate("--not-before-in", d.status());
    options->stamp_nbf = *d;
  }
  const bool stamps = flags.iat || flags.jti || flags.expires_in.has_value() ||
                      flags.not_before_in.has_value();
  if (stamps && !jose::JudgesClaims(options->form)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--iat, --jti, --expires-in and --not-before-in add "
                     "claims, but --form ",
                     flags.form, " has none; leave one of them out"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SignSettings> MakeSettings(const Flags& flags) {
  SignSettings settings;
  if (!flags.kids.empty()) settings.kid = flags.kids[0];
  if (flags.alg.has_value()) {
    const absl::StatusOr<jose::Algorithm> alg = ParseAlgorithm(*flags.alg);
    if (!alg.ok()) return alg.status();
    settings.alg = *alg;
  }
  settings.options.form = ParseForm(flags.form);
  settings.options.typ = flags.typ;
  settings.options.extra_header = flags.header;
  settings.options.unencoded_payload = flags.b64 == "false";
  settings.options.detached = flags.detached.has_value();
  const absl::Status status = AddStamps(flags, &settings.options);
  if (!status.ok()) return status;
  return settings;
}

absl::Status CheckForm(const Flags& flags) {
  if (flags.form != "jws-json" && flags.kids.size() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--kid is given ", flags.kids.size(), " times, but a token of --form ",
        flags.form, " has one signature; say --form jws-json"));
  }
  if (flags.form == "jwt" &&
      (flags.b64 == "false" || flags.detached.has_value())) {
    return absl::InvalidArgumentError(
        "--b64 false and --detached do not go with --form jwt, whose tokens "
        "hold their encoded claims; say --form jws or jws-json");
  }
  if (flags.detached.has_value() && !flags.files.empty()) {
    return absl::InvalidArgumentError(
        "--detached names what is signed, so no FILE of lines is read; leave "
        "one of them out");
  }
  return absl::OkStatus();
}

JwsSignSettings JwsSettingsOf(const Flags& flags, SignSettings settings) {
  return {flags.kids, settings.alg, std::move(settings.options)};
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeJwsWorker(
    const Flags& flags, JwsSignSettings settings) {
  if (flags.server.given()) return MakeRemoteJwsSigner(flags.server, settings);
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      LoadKeys(kCommand, flags.keys, keys::KeySetUse::kSign, Limits());
  if (!key_set.ok()) return key_set.status();
  return MakeJwsSigner(*std::move(key_set), std::move(settings),
                       NumThreads(flags.threads), Limits());
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeWorker(const Flags& flags) {
  absl::StatusOr<SignSettings> settings = MakeSettings(flags);
  if (!settings.ok()) return settings.status();
  if (engine::NeedsJwsSigner(settings->options)) {
    return MakeJwsWorker(flags, JwsSettingsOf(flags, *std::move(settings)));
  }
  if (flags.server.given()) return MakeRemoteSigner(flags.server, *settings);
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      LoadKeys(kCommand, flags.keys, keys::KeySetUse::kSign, Limits());
  if (!key_set.ok()) return key_set.status();
  return MakeEngineSigner(*std::move(key_set), *std::move(settings),
                          NumThreads(flags.threads), Limits());
}

absl::StatusOr<std::string> SignPayload(const Flags& flags,
                                        const JwsSignSettings& settings,
                                        absl::string_view payload) {
  if (flags.server.given()) {
    return RemoteSignDetached(flags.server, settings, payload);
  }
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      LoadKeys(kCommand, flags.keys, keys::KeySetUse::kSign, Limits());
  if (!key_set.ok()) return key_set.status();
  return SignDetached(*std::move(key_set), settings, payload, Limits());
}

// Signs the file that --detached names into one token.
absl::Status SignDetachedFile(const Flags& flags) {
  absl::StatusOr<SignSettings> settings = MakeSettings(flags);
  if (!settings.ok()) return settings.status();
  const absl::StatusOr<std::string> payload = ReadPayloadFile(*flags.detached);
  if (!payload.ok()) return payload.status();
  const absl::StatusOr<std::string> token =
      SignPayload(flags, JwsSettingsOf(flags, *std::move(settings)), *payload);
  if (!token.ok()) return token.status();
  return WriteAll(STDOUT_FILENO, absl::StrCat(*token, "\n"));
}

int Run(const Flags& flags) {
  absl::Status status = CheckServerFlags(flags.server);
  if (status.ok()) status = CheckKeysOrServer(flags.keys, flags.server.given());
  if (status.ok()) status = CheckForm(flags);
  if (status.ok() && flags.detached.has_value()) {
    status = SignDetachedFile(flags);
    return status.ok() ? kExitOk : Fail(kCommand, status);
  }
  if (status.ok()) status = CheckInputs(flags.files, flags.keys.reads_stdin());
  if (!status.ok()) return Fail(kCommand, status);
  const absl::StatusOr<std::unique_ptr<BatchWorker>> worker = MakeWorker(flags);
  if (!worker.ok()) return Fail(kCommand, worker.status());

  BatchRunOptions options;
  options.command = kCommand;
  options.paths = flags.files;
  options.max_line_bytes = Limits().max_token_bytes;
  const BatchRunReport report = RunBatches(options, **worker);
  const uint64_t num_signed =
      report.tally[static_cast<size_t>(engine::SignOutcome::kSigned)];
  if (num_signed < report.num_lines) {
    Say(kCommand, absl::StrCat(report.num_lines - num_signed, " of ",
                               report.num_lines, " lines were not signed"));
  }
  return FinishRun(options, report, num_signed == report.num_lines);
}

void AddTokenFlags(CLI::App* app, Flags* flags) {
  constexpr char kGroup[] = "What the tokens are like";
  AddFormFlag(app, &flags->form);
  app->get_option("--form")->group(kGroup);
  AddB64Flag(app, &flags->b64)->group(kGroup);
  AddOptionalFlag(app, "--detached", &flags->detached,
                  "Sign this file, which the token then does not hold (RFC "
                  "7515 appendix F); not for --form jwt",
                  "PAYLOAD")
      ->group(kGroup);
  app->add_option("--kid", flags->kids,
                  "The key to sign with, where there are several; for --form "
                  "jws-json each of these if repeated")
      ->allow_extra_args(false)
      ->type_name("K")
      ->group(kGroup);
  AddOptionalFlag(app, "--alg", &flags->alg,
                  "The algorithm; default: the key's", "A")
      ->group(kGroup);
  AddOptionalFlag(app, "--typ", &flags->typ, "The header's typ; default: none",
                  "T")
      ->group(kGroup);
  app->add_option("--header", flags->header,
                  "Further header parameters, a JSON object")
      ->type_name("JSON")
      ->group(kGroup);
  app->add_flag("--iat", flags->iat, "Add iat, the time now")->group(kGroup);
  AddOptionalFlag(app, "--expires-in", &flags->expires_in,
                  "Add exp, this far ahead, such as 1h30m", "D")
      ->group(kGroup);
  AddOptionalFlag(app, "--not-before-in", &flags->not_before_in,
                  "Add nbf, this far ahead, such as 0s", "D")
      ->group(kGroup);
  app->add_flag("--jti", flags->jti, "Add jti, 128 random bits")->group(kGroup);
}

}  // namespace

Subcommand AddSignCommand(CLI::App* root) {
  auto flags = std::make_shared<Flags>();
  CLI::App* app = root->add_subcommand(
      kCommand, "Sign: a claims object per line in, a token per line out");
  app->footer(kExamples);
  AddKeyFlags(app, &flags->keys);
  AddServerFlags(app, &flags->server);
  AddTokenFlags(app, flags.get());
  AddThreadsFlag(app, &flags->threads);
  app->add_option("FILE", flags->files,
                  "Files of claims, .gz too, or -; default standard input");
  return {app, [flags] { return Run(*flags); }};
}

}  // namespace assay::cli
