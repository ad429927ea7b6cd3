#include "service/cli/verify_command.h"

#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_verifier.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/engine_choice.h"
#include "service/cli/batch_run.h"
#include "service/cli/diagnostics.h"
#include "service/cli/engine_workers.h"
#include "service/cli/exit_code.h"
#include "service/cli/jws_workers.h"
#include "service/cli/key_flags.h"
#include "service/cli/nested_flags.h"
#include "service/cli/nested_workers.h"
#include "service/cli/optional_flag.h"
#include "service/cli/payload_file.h"
#include "service/cli/policy_flags.h"
#include "service/cli/remote_workers.h"
#include "service/cli/server_flags.h"
#include "service/cli/summary.h"
#include "service/cli/threads_flag.h"
#include "service/cli/trust_flags.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "verify";

constexpr char kExamples[] = R"(Examples:
  assay verify --keys public.jwks tokens.txt
  assay verify --keys public.jwks --issuer https://login.example.com \
      --audience api --require sub,exp --skew 60s --output verdicts < tokens.txt
  assay verify --keys rsa-public.pem --keys more.jwks --alg RS256 tokens.txt
  assay verify --keys keys/ --as-of 2026-01-31T12:00:00Z --output summary *.gz
  assay verify --trust-x5c-root root.pem --x5c-name dns:signer.example.com \
      --issuer https://login.example.com tokens.txt
  assay verify --server localhost:7080 --key-set login tokens.txt
  assay verify --keys keys/ --form jws-json --require-kid release objects.ndjson
  assay verify --keys public.jwks --form jws --detached report.pdf report.jws
  assay verify --keys sender.jwks --form nested --decrypt-keys mine.jwk f.txt
  assay verify --server localhost:7080 --key-set partners --form nested \
      --decryption-key-set mine f.txt
  assay verify --keys public.jwks tokens.txt | jq 'select(.verdict!="VALID")'

A line in is a token. With --output ndjson (the default), a line out is
  {"index":0,"verdict":"VALID","alg":"ES256","kid":"k1","claims":{...}}
or, for a token that is not valid, has "reason" instead of "claims"; with
--form jws, "payload" is the payload in base64url. With --form jws-json, a line
in is a JSON object of one signature (flattened) or several (general), and a
line out has "signatures" too, a verdict for each; alg and kid are those of the
first good one. What is not signed, such as an unprotected header, is not told:
its kid only helps to find the key. --signatures all does not notice signatures
that somebody has taken out; --require-kid does.

With --form nested, a line in is a signed token within an encrypted one, which
says cty JWT, or the other way about. The policy is about the claims within. A
line out of a valid token has "path" too, its layers from the outside in:
  "path":[{"alg":"ECDH-ES","enc":"A256GCM","kid":"e"},{"alg":"ES256","kid":"s"}]
Claims that are only encrypted are never valid, since anybody can encrypt.

index counts tokens from 0; blank lines are skipped. A summary goes to stderr.
Of private keys the public half is used; a token with x5c, if that is trusted and
its kid names none of the keys, is verified with the key of its first
certificate. Of a folder, the files named .jwk .jwks .json .pem .der .crt .cer
.key .pub are read.

Verdicts: VALID, MALFORMED, UNSUPPORTED, ALGORITHM_NOT_ALLOWED, UNKNOWN_KEY,
KEY_UNAVAILABLE, INVALID_SIGNATURE, EXPIRED, NOT_YET_VALID, WRONG_ISSUER,
WRONG_AUDIENCE, WRONG_TYPE, MISSING_CLAIM, INVALID_CLAIM, TOO_LARGE,
NOT_PROCESSED; of nested tokens DECRYPTION_FAILED too, whatever failed of it.
aud is judged if --audience names one, or --reject-unexpected-audience is given.

Exit code 0: all tokens are valid (or there was none), 1: some are not, or
--detached or --require-kid asked about a token and there was none, 2: not
everything was looked at (usage, keys, files, server), 130: interrupted.)";

struct Flags {
  KeyFlags keys;
  TrustFlags trust;
  ServerFlags server;
  PolicyFlags policy;
  NestedFlags nested;
  absl::optional<std::string> detached;
  std::string output = "ndjson";
  int threads = 0;
  std::string engine;  // Empty: not given.
  std::vector<std::string> files;
};

OutputForm ParseOutput(const std::string& output) {
  if (output == "verdicts") return OutputForm::kVerdicts;
  if (output == "summary") return OutputForm::kSummary;
  return OutputForm::kNdjson;
}

engine::KernelOptions MakeKernelOptions(const std::string& engine) {
  engine::KernelOptions options;
  if (!engine.empty()) options.lanes.use_kernels = engine == "auto";
  options.lanes.on_fault = [](crypto::Lane lane, crypto::LaneFault) {
    Say(kCommand, absl::StrCat("the ", crypto::LaneName(lane),
                               " kernel gave a wrong answer on this machine "
                               "and is switched off; BoringSSL takes over"));
  };
  return options;
}

// The payload that --detached names, if it is given.
absl::StatusOr<absl::optional<std::string>> ReadDetached(
    const Flags& flags, const jose::Policy& policy) {
  if (!flags.detached.has_value()) return absl::optional<std::string>();
  if (jose::JudgesClaims(policy.form)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--detached does not go with --form ", flags.policy.form,
        ", whose tokens hold their claims; say --form jws or jws-json"));
  }
  absl::StatusOr<std::string> payload = ReadPayloadFile(*flags.detached);
  if (!payload.ok()) return payload.status();
  return absl::make_optional(*std::move(payload));
}

// Whether `path` is standard input, under whatever name.
bool IsStandardInput(const std::string& path) {
  struct stat named;
  struct stat input;
  return path == "-" ||
         (stat(path.c_str(), &named) == 0 && fstat(STDIN_FILENO, &input) == 0 &&
          named.st_dev == input.st_dev && named.st_ino == input.st_ino);
}

// Standard input is read once: a payload that comes from it leaves no tokens
// and no keys there.
absl::Status CheckDetached(const Flags& flags) {
  if (!flags.detached.has_value() || !IsStandardInput(*flags.detached)) {
    return absl::OkStatus();
  }
  const bool reads_tokens =
      flags.files.empty() || absl::c_any_of(flags.files, IsStandardInput);
  if (!reads_tokens && !flags.keys.reads_stdin()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--detached ", *flags.detached, " is standard input, from which the ",
      reads_tokens ? "tokens" : "keys",
      " come: name a file of the payload, or of the ",
      reads_tokens ? "tokens" : "keys"));
}

// Whether somebody who asks about a certain signature has given no token that
// could bear it. To say that all is well would be wrong then.
bool LacksToken(const Flags& flags, uint64_t num_tokens) {
  return num_tokens == 0 &&
         (flags.detached.has_value() || !flags.policy.required_kids.empty());
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeNestedWorker(
    const Flags& flags, std::unique_ptr<keys::KeySet> key_set,
    jose::Policy policy) {
  KeyFlags decrypt_keys = flags.nested.keys;
  decrypt_keys.allow_readable_secrets = flags.keys.allow_readable_secrets;
  absl::StatusOr<std::unique_ptr<keys::KeySet>> decryption_key_set =
      LoadKeys(kCommand, decrypt_keys, keys::KeySetUse::kDecrypt, Limits(),
               kLocalDecryptionKeySet);
  if (!decryption_key_set.ok()) return decryption_key_set.status();
  NestedSettings settings;
  settings.policy = std::move(policy);
  settings.output = ParseOutput(flags.output);
  settings.max_layers = flags.nested.max_layers.value_or(kDefaultNestedLayers);
  return MakeNestedVerifier(std::move(key_set), *std::move(decryption_key_set),
                            std::move(settings), NumThreads(flags.threads),
                            Limits(), MakeKernelOptions(flags.engine));
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteWorker(
    const Flags& flags, jose::Policy policy,
    absl::optional<std::string> detached) {
  const OutputForm output = ParseOutput(flags.output);
  if (!IsNested(flags.policy.form)) {
    return MakeRemoteVerifier(flags.server,
                              {std::move(policy), output, std::move(detached)});
  }
  RemoteNestedSettings settings;
  settings.policy = std::move(policy);
  settings.output = output;
  settings.decryption_key_set = flags.nested.decryption_key_set;
  settings.max_layers = flags.nested.max_layers.value_or(kDefaultNestedLayers);
  return MakeRemoteNestedVerifier(flags.server, settings);
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeWorker(const Flags& flags) {
  absl::StatusOr<jose::Policy> policy = MakePolicy(flags.policy);
  if (!policy.ok()) return policy.status();
  absl::StatusOr<absl::optional<std::string>> detached =
      ReadDetached(flags, *policy);
  if (!detached.ok()) return detached.status();
  if (flags.server.given()) {
    return MakeRemoteWorker(flags, *std::move(policy), *std::move(detached));
  }
  const OutputForm output = ParseOutput(flags.output);
  const bool needs_jws_verifier =
      engine::NeedsJwsVerifier(*policy, flags.detached.has_value());
  absl::StatusOr<std::unique_ptr<keys::KeySet>> key_set =
      LoadKeys(kCommand, flags.keys, keys::KeySetUse::kVerify, Limits());
  if (!key_set.ok()) return key_set.status();
  if (IsNested(flags.policy.form)) {
    return MakeNestedWorker(flags, *std::move(key_set), *std::move(policy));
  }
  if (needs_jws_verifier) {
    return MakeJwsVerifier(
        *std::move(key_set), *std::move(policy), *std::move(detached), output,
        NumThreads(flags.threads), Limits(), MakeKernelOptions(flags.engine));
  }
  return MakeEngineVerifier(*std::move(key_set), *std::move(policy), output,
                            NumThreads(flags.threads), Limits(),
                            MakeKernelOptions(flags.engine));
}

// Adds what the trust flags ask for to the keys.
absl::Status AddTrust(Flags* flags) {
  auto trust = MakeTrust(flags->trust);
  if (!trust.ok()) return trust.status();
  if (trust->has_value() && flags->server.given()) {
    return absl::InvalidArgumentError(
        "--trust-x5c-root and --server exclude each other: a server trusts "
        "what its configuration says");
  }
  flags->keys.certificate_trust = *std::move(trust);
  return absl::OkStatus();
}

int Run(Flags flags) {
  absl::Status status = engine::CheckEnvironment();
  if (status.ok()) status = AddTrust(&flags);
  if (status.ok()) status = CheckServerFlags(flags.server);
  if (status.ok()) status = CheckKeysOrServer(flags.keys, flags.server.given());
  if (status.ok()) {
    status = CheckNestedFlags(flags.policy.form, flags.nested, flags.keys,
                              flags.server.given());
  }
  const bool keys_from_stdin =
      flags.keys.reads_stdin() || flags.nested.keys.reads_stdin();
  if (status.ok()) status = CheckInputs(flags.files, keys_from_stdin);
  if (status.ok()) status = CheckDetached(flags);
  if (!status.ok()) return Fail(kCommand, status);
  const absl::StatusOr<std::unique_ptr<BatchWorker>> worker = MakeWorker(flags);
  if (!worker.ok()) return Fail(kCommand, worker.status());

  BatchRunOptions options;
  options.command = kCommand;
  options.paths = flags.files;
  options.max_line_bytes = Limits().max_token_bytes;
  options.writes_lines = ParseOutput(flags.output) != OutputForm::kSummary;
  const BatchRunReport report = RunBatches(options, **worker);
  const uint64_t num_valid = report.tally[static_cast<size_t>(Verdict::kValid)];
  if (report.output.ok()) {
    Say(kCommand,
        VerdictSummary(report.tally, report.num_lines, report.elapsed));
  }
  const bool lacks_token = LacksToken(flags, report.num_lines);
  if (lacks_token && report.complete()) {
    Say(kCommand, absl::StrCat("there was no token, so ",
                               flags.detached.has_value()
                                   ? "nothing says that the payload is genuine"
                                   : "none of a key that --require-kid names"));
  }
  return FinishRun(options, report,
                   num_valid == report.num_lines && !lacks_token);
}

}  // namespace

Subcommand AddVerifyCommand(CLI::App* root) {
  auto flags = std::make_shared<Flags>();
  CLI::App* app = root->add_subcommand(
      kCommand, "Verify: a token per line in, a verdict per line out");
  app->footer(kExamples);
  AddKeyFlags(app, &flags->keys);
  AddTrustFlags(app, &flags->trust);
  AddServerFlags(app, &flags->server);
  AddPolicyFlags(app, &flags->policy);
  AddNestedFlags(app, &flags->nested);
  AddOptionalFlag(app, "--detached", &flags->detached,
                  "The payload of all tokens, which then hold none (RFC 7515 "
                  "appendix F); not for --form jwt",
                  "PAYLOAD");
  app->add_option("--output", flags->output,
                  "What goes to stdout: ndjson (the default), verdicts (one "
                  "word per line) or summary (nothing; see stderr)")
      ->check(CLI::IsMember({"ndjson", "verdicts", "summary"}))
      ->type_name("O");
  AddThreadsFlag(app, &flags->threads);
  app->add_option("--engine", flags->engine,
                  "auto: kernels check many signatures at once, under "
                  "BoringSSL's eye; boringssl: BoringSSL checks one by one "
                  "(default: $ASSAY_ENGINE, then auto)")
      ->check(CLI::IsMember({"auto", "boringssl"}))
      ->type_name("E");
  app->add_option("FILE", flags->files,
                  "Files of tokens, .gz too, or -; default standard input");
  return {app, [flags] { return Run(*flags); }};
}

}  // namespace assay::cli
