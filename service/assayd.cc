// assayd: the server process. Flags, signals and exit codes; all else is in
// Server.
//
// Exit codes: 0 after a shutdown that was asked for, 1 if calls had to be cut
// in it, 2 if the server could not start.
#include <iostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "assay/v1/config.pb.h"
#include "core/base/clock.h"
#include "core/engine/engine_choice.h"
#include "grpc/support/log.h"
#include "grpcpp/grpcpp.h"
#include "service/allocator_tuning.h"
#include "service/config.h"
#include "service/log.h"
#include "service/process_hardening.h"
#include "service/server.h"
#include "service/signal_thread.h"
#include "service/standard_streams.h"
#include "service/version.h"

namespace assay::service {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitCut = 1;
constexpr int kExitCannotStart = 2;

constexpr char kExamples[] = R"(
Examples:
  # Verify with a public JWK Set, reachable from this machine only:
  assayd --listen=127.0.0.1:7080 --keys=jwks.json

  # A free port; the log line "listening" on standard error tells which:
  assayd --listen=127.0.0.1:0 --keys=keys/

  # A Unix socket that only this user may use:
  assayd --listen=unix:/run/assay/assayd.sock --keys=jwks.json

  # Pages about the server: /metrics for Prometheus, /statusz for people:
  assayd --listen=127.0.0.1:7080 --keys=jwks.json --admin=127.0.0.1:9464

  # Signing, TLS and several key sets need a file; examples/assayd.textproto
  # shows every field:
  assayd --config=assayd.textproto --check-config
  assayd --config=assayd.textproto

--keys makes one key set named "default", which verifies; private keys in it
are used by their public half. Key files may be JWK, JWK Set, PEM or DER, or
folders of them (.jwk .jwks .json .pem .der .crt .cer .key .pub), and are read
again when they change or on SIGHUP. SIGTERM finishes what has been accepted,
then exits; a second one does not wait. The log is JSON lines on standard error.

To try a server: assay verify --server 127.0.0.1:7080 --key-set default TOKENS

Exit codes: 0 shut down as asked, 1 shut down but calls had to be cut, 2 could
not start (bad flags, bad config, bad keys, address in use).)";

struct Flags {
  std::string config;
  std::vector<std::string> listen;
  std::vector<std::string> keys;
  std::string admin;  // Empty: not given.
  bool allow_plaintext_from_network = false;
  bool allow_readable_secrets = false;
  bool check_config = false;
  uint32_t threads = 0;
  std::string engine;  // Empty: not given.
};

void AddFlags(CLI::App* app, Flags* flags) {
  app->footer(kExamples);
  app->set_version_flag("--version", std::string("assayd ") + kVersion,
                        "Print the version and exit");
  auto* config = app->add_option("--config", flags->config,
                                 "Config file (text-format assay.v1."
                                 "AssaydConfig)")
                     ->type_name("FILE");
  auto* listen = app->add_option("--listen", flags->listen,
                                 "Address: host:port, [v6]:port or unix:/path "
                                 "(repeatable; port 0 is a free one)")
                     ->type_name("ADDR");
  auto* keys =
      app->add_option("--keys", flags->keys, "Key file or folder (repeatable)")
          ->type_name("PATH");
  auto* admin =
      app->add_option("--admin", flags->admin,
                      "Serve /metrics and /statusz over HTTP on this loopback "
                      "address (default: nowhere)")
          ->type_name("ADDR");
  auto* plaintext = app->add_flag(
      "--allow-plaintext-from-network", flags->allow_plaintext_from_network,
      "DANGEROUS: listen without TLS where others can connect; tokens travel "
      "readable");
  auto* secrets =
      app->add_flag("--allow-readable-secrets", flags->allow_readable_secrets,
                    "Accept private key files that group or others may read");
  app->add_option("--threads", flags->threads,
                  "Threads that work on batches (default: one per core)")
      ->check(CLI::Range(uint32_t{0}, kMaxWorkerThreads))
      ->type_name("N");
  app->add_option("--engine", flags->engine,
                  "auto: kernels check many signatures at once, under "
                  "BoringSSL's eye; boringssl: BoringSSL checks one by one "
                  "(default: as in the config, then $ASSAY_ENGINE, then auto)")
      ->check(CLI::IsMember({"auto", "boringssl"}))
      ->type_name("E");
  app->add_flag("--check-config", flags->check_config,
                "Check the configuration, load the keys, and exit without "
                "listening");
  for (auto* option : {listen, keys, admin, plaintext, secrets}) {
    config->excludes(option);
  }
  for (auto* option : {listen, keys}) {
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    option->expected(1);
    option->allow_extra_args(false);
  }
}

v1::AssaydConfig ConfigOfFlags(const Flags& flags) {
  v1::AssaydConfig proto;
  for (const std::string& address : flags.listen) {
    v1::Listener* listener = proto.add_listeners();
    listener->set_address(address);
    listener->set_allow_plaintext_from_network(
        flags.allow_plaintext_from_network);
  }
  v1::KeySetConfig* key_set = proto.add_key_sets();
  key_set->set_name("default");
  key_set->set_use(v1::KEY_SET_USE_VERIFY);
  for (const std::string& path : flags.keys) key_set->add_paths(path);
  key_set->set_allow_readable_secrets(flags.allow_readable_secrets);
  if (!flags.admin.empty()) proto.mutable_admin()->set_address(flags.admin);
  return proto;
}

absl::StatusOr<ServerConfig> ReadConfig(const Flags& flags) {
  const absl::Status environment = engine::CheckEnvironment();
  if (!environment.ok()) return environment;
  if (flags.config.empty() && (flags.listen.empty() || flags.keys.empty())) {
    return absl::InvalidArgumentError(
        "give --config=FILE, or --listen=ADDRESS and --keys=PATH; see --help");
  }
  auto config = flags.config.empty() ? MakeConfig(ConfigOfFlags(flags))
                                     : LoadConfig(flags.config);
  if (config.ok() && flags.threads > 0) {
    config->worker_threads = static_cast<int>(flags.threads);
  }
  if (config.ok() && !flags.engine.empty()) {
    config->kernels.lanes.use_kernels = flags.engine == "auto";
  }
  return config;
}

// The one log of the process: gRPC's own messages need it from a plain
// function.
Log& ProcessLog() {
  static Log* const log = new Log(&WriteToStderr);
  return *log;
}

void LogFromGrpc(gpr_log_func_args* args) {
  if (args->severity < GPR_LOG_SEVERITY_ERROR) return;
  ProcessLog().Error("grpc", {{"message", args->message}});
}

// Until a signal asks for the end. Returns the exit code.
int RunUntilSignal(Server* server, absl::Duration drain_timeout) {
  Log& log = ProcessLog();
  absl::Notification terminate;
  const SignalThread signals({
      [&] {
        log.Info("shutting_down", {});
        terminate.Notify();
      },
      [&] {
        log.Warning("shutting_down_by_force", {});
        server->ForceShutdown();
      },
      [&] {
        log.Info("reload_requested", {});
        server->ReloadKeys();
      },
  });
  terminate.WaitForNotification();
  const bool complete = server->Shutdown(drain_timeout);
  log.Info("stopped", {{"everything_answered", complete}});
  return complete ? kExitOk : kExitCut;
}

int Serve(const Flags& flags) {
  Log& log = ProcessLog();
  const auto config = ReadConfig(flags);
  if (!config.ok()) {
    // For a person at a terminal: a line for every error, not JSON.
    std::cerr << config.status().message() << "\n";
    return kExitCannotStart;
  }
  if (flags.check_config) {
    const absl::Status status = CheckFiles(*config, &log);
    if (!status.ok()) return kExitCannotStart;
    std::cout << "The configuration is good.\n";
    return kExitOk;
  }
  log.Info("starting", {{"version", kVersion},
                        {"grpc", grpc::Version()},
                        {"worker_threads", config->worker_threads}});
  auto server = Server::Start(*config, &log, Clock::System());
  if (!server.ok()) {
    log.Error("cannot_start", {{"error", server.status().message()}});
    return kExitCannotStart;
  }
  for (size_t i = 0; i < config->listeners.size(); ++i) {
    log.Info("listening", {{"address", (*server)->addresses()[i]},
                           {"tls", config->listeners[i].tls.has_value()}});
  }
  if (!(*server)->admin_address().empty()) {
    log.Info("admin_listening", {{"address", (*server)->admin_address()}});
  }
  return RunUntilSignal(server->get(), config->drain_timeout);
}

int Main(int argc, char** argv) {
  HoldStandardStreams();
  HardenProcess();
  TuneAllocator();
  SignalThread::BlockSignals();
  gpr_set_log_function(&LogFromGrpc);
  CLI::App app(
      "Signs, verifies, encrypts and decrypts JSON Web Tokens in bulk over "
      "gRPC.",
      "assayd");
  Flags flags;
  AddFlags(&app, &flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitCannotStart;
  }
  return Serve(flags);
}

}  // namespace
}  // namespace assay::service

int main(int argc, char** argv) { return assay::service::Main(argc, argv); }
