#include "service/server.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_verifier.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_encrypter.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_signer.h"
#include "core/engine/jws_verifier.h"
#include "core/engine/nested_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_reloader.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "service/admin/admin_address.h"
#include "service/admin/admin_endpoint.h"
#include "service/admin/load_tally.h"
#include "service/admin/metrics_text.h"
#include "service/admin/server_status.h"
#include "service/admin/status_page.h"
#include "service/admin/status_source.h"
#include "service/admission.h"
#include "service/decrypter_service.h"
#include "service/drain.h"
#include "service/encrypter_service.h"
#include "service/jwe_lanes.h"
#include "service/key_service.h"
#include "service/listener.h"
#include "service/refusal_log.h"
#include "service/signer_service.h"
#include "service/verifier_service.h"
#include "service/work_lane.h"

namespace assay::service {
namespace {

// Lets answers that are written reach the wire, before calls that never end by
// themselves (health watches) are cut.
constexpr absl::Duration kFlushGrace = absl::Milliseconds(500);
// Tokens are longer than their payloads by header and signature, or key.
constexpr size_t kResponseFactor = 4;

// A set may hold thousands of keys that are of no use here, at every reload.
constexpr size_t kMaxSkippedTold = 16;

constexpr const char* kServices[] = {
    "assay.v1.VerifierService",  "assay.v1.SignerService",
    "assay.v1.KeyService",       "assay.v1.EncrypterService",
    "assay.v1.DecrypterService",
};

void LogReload(Log* log, const keys::ReloadEvent& event) {
  if (!event.status.ok()) {
    log->Error("key_set_load_failed", {{"key_set", event.key_set},
                                       {"error", event.status.ToString()}});
    return;
  }
  if (!event.changed) {
    log->Info("key_set_unchanged",
              {{"key_set", event.key_set}, {"generation", event.generation}});
    return;
  }
  log->Info("key_set_loaded", {{"key_set", event.key_set},
                               {"generation", event.generation},
                               {"num_keys", event.num_keys},
                               {"num_skipped", event.skipped.size()}});
  size_t num_told = 0;
  for (const jose::SkippedKey& skipped : event.skipped) {
    if (num_told++ == kMaxSkippedTold) {
      log->Warning("more_keys_skipped",
                   {{"key_set", event.key_set},
                    {"num_more", event.skipped.size() - kMaxSkippedTold}});
      return;
    }
    log->Warning("key_skipped", {{"key_set", event.key_set},
                                 {"index", skipped.index},
                                 {"kid", skipped.kid},
                                 {"error", skipped.why.ToString()}});
  }
}

size_t MaxResponseBytes(const ServerConfig& config) {
  const size_t wanted =
      static_cast<size_t>(config.max_request_bytes) * kResponseFactor;
  return std::min<size_t>(wanted, std::numeric_limits<int32_t>::max());
}

SignerLimits MakeSignerLimits(const ServerConfig& config) {
  return {config.limits.max_batch_items, MaxResponseBytes(config)};
}

EncrypterLimits MakeEncrypterLimits(const ServerConfig& config) {
  return {config.limits.max_batch_items, config.limits.max_recipients,
          MaxResponseBytes(config)};
}

// For what derives keys from passwords: it leaves the others half of the
// processors at least.
int NumSlowThreads(const ServerConfig& config) {
  return std::max(1, config.worker_threads / 2);
}

engine::KernelOptions WithFaultLog(engine::KernelOptions options, Log* log) {
  options.lanes.on_fault = [log](crypto::Lane lane, crypto::LaneFault fault) {
    log->Error("kernel_switched_off",
               {{"lane", crypto::LaneName(lane)},
                {"fault", crypto::LaneFaultText(fault)}});
  };
  return options;
}

// Unix sockets are created readable and writable by the owner alone.
class ScopedUmask {
 public:
  explicit ScopedUmask(mode_t mask) : before_(umask(mask)) {}
  ~ScopedUmask() { umask(before_); }

 private:
  const mode_t before_;
};

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerConfig& config, Log* log, const Clock* clock)
      : config_(config),
        log_(*log),
        reloader_(&key_cache_, config.key_sources, config.limits,
                  [log, this](const keys::ReloadEvent& event) {
                    load_tally_.Count(event);
                    LogReload(log, event);
                  }),
        admission_(config.max_pending_batches),
        // Room for all that are admitted: each has one task at most.
        pool_(std::make_unique<exec::ThreadPool>(config.worker_threads,
                                                 config.max_pending_batches)),
        slow_admission_(config.max_pending_batches),
        slow_pool_(std::make_unique<exec::ThreadPool>(
            NumSlowThreads(config), config.max_pending_batches)),
        refusals_(log),
        lane_(pool_.get(), &admission_, &drain_, &refusals_),
        jwe_lane_(pool_.get(), &admission_, &drain_, &refusals_,
                  kJweInlineItems),
        // Nothing there is worked on where it arrives.
        slow_lane_(slow_pool_.get(), &slow_admission_, &drain_, &refusals_,
                   /*inline_items=*/0),
        jwe_lanes_(&key_cache_, &jwe_lane_, &slow_lane_),
        verifier_(&key_cache_, pool_.get(), clock, config.limits,
                  WithFaultLog(config.kernels, log)),
        signer_(&key_cache_, pool_.get(), clock, config.limits),
        jws_verifier_(&verifier_, pool_.get(), config.limits),
        jws_signer_(&key_cache_, pool_.get(), clock, config.limits),
        encrypter_(&key_cache_, pool_.get(), config.limits),
        decrypter_(&key_cache_, pool_.get(), config.limits),
        nested_verifier_(&verifier_, &decrypter_, clock, config.limits),
        verifier_service_({verifier_, jws_verifier_, nested_verifier_},
                          {lane_, jwe_lanes_}, config.limits.max_batch_items),
        signer_service_(&signer_, &jws_signer_, &lane_,
                        MakeSignerLimits(config)),
        key_service_(&key_cache_, &lane_),
        encrypter_service_(&encrypter_, &jwe_lanes_,
                           MakeEncrypterLimits(config)),
        decrypter_service_(&decrypter_, &jwe_lanes_,
                           config.limits.max_batch_items) {}

  ~Impl() {
    if (server_ != nullptr) Shutdown(absl::ZeroDuration());
    // In this order: gRPC's calls end first, then the tasks that answered them,
    // and last who tells of them.
    server_.reset();
    slow_pool_.reset();
    pool_.reset();
    admin_.reset();
  }

  absl::Status Start() {
    const absl::Status loaded = reloader_.LoadAll();
    if (!loaded.ok()) return loaded;
    TestKernels();
    const absl::Status listening = Listen();
    if (!listening.ok()) return listening;
    const absl::Status serving_pages = StartAdmin();
    if (!serving_pages.ok()) return serving_pages;
    SetHealth();
    WarnOfReadableKeys();
    const absl::Status watching = reloader_.Watch();
    if (!watching.ok()) {
      log_.Warning("key_watch_unavailable", {{"error", watching.ToString()}});
    }
    return absl::OkStatus();
  }

  // Before the first call: a test makes shared tables, which take a moment.
  void TestKernels() {
    verifier_.lanes().TestAllLanes();
    std::vector<absl::string_view> on;
    for (size_t lane = 0; lane < crypto::kNumLanes; ++lane) {
      if (verifier_.lanes().IsOn(static_cast<crypto::Lane>(lane))) {
        on.push_back(crypto::LaneName(static_cast<crypto::Lane>(lane)));
      }
    }
    log_.Info("kernels",
              {{"lanes", on.empty() ? "none" : absl::StrJoin(on, " ")}});
  }

  const std::vector<std::string>& addresses() const { return addresses_; }

  const std::string& admin_address() const { return admin_address_; }

  void ReloadKeys() { reloader_.Reload(); }

  bool Shutdown(absl::Duration drain_timeout) {
    server_->GetHealthCheckService()->Shutdown();
    drain_.Begin();
    const bool idle = drain_.WaitIdle(absl::Now() + drain_timeout);
    if (!idle) drain_.Force();
    server_->Shutdown(absl::ToChronoTime(absl::Now() + kFlushGrace));
    refusals_.Flush();
    return idle;
  }

  void ForceShutdown() { drain_.Force(); }

 private:
  absl::Status Listen() {
    const ScopedUmask owner_only(0077);
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(config_.max_request_bytes);
    // Two servers on one port would share its connections: a mistake.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(&verifier_service_);
    builder.RegisterService(&signer_service_);
    builder.RegisterService(&key_service_);
    builder.RegisterService(&encrypter_service_);
    builder.RegisterService(&decrypter_service_);
    std::vector<ListenAddress> parsed;
    std::vector<int> ports(config_.listeners.size(), -1);
    for (size_t i = 0; i < config_.listeners.size(); ++i) {
      const absl::Status status =
          AddListener(config_.listeners[i], &builder, &parsed, &ports[i]);
      if (!status.ok()) return status;
    }
    server_ = builder.BuildAndStart();
    for (size_t i = 0; i < ports.size(); ++i) {
      if (server_ != nullptr && ports[i] > 0) {
        addresses_.push_back(parsed[i].ToString(ports[i]));
      } else if (ports[i] <= 0) {
        return CannotListen(config_.listeners[i]);
      }
    }
    if (server_ == nullptr) {
      return absl::UnavailableError("gRPC could not start the server");
    }
    return absl::OkStatus();
  }

  absl::Status StartAdmin() {
    if (!config_.admin) return absl::OkStatus();
    auto address = ParseAdminAddress(*config_.admin);
    if (!address.ok()) return address.status();
    std::vector<ListenerStatus> listeners;
    for (size_t i = 0; i < addresses_.size(); ++i) {
      listeners.push_back(
          {addresses_[i], config_.listeners[i].tls.has_value()});
    }
    status_source_ = std::make_unique<StatusSource>(
        &key_cache_, &verifier_, &drain_, &load_tally_, config_.kernels,
        std::move(listeners));
    auto admin = AdminEndpoint::Start(
        *address, {{"/metrics", "text/plain; version=0.0.4; charset=utf-8",
                    [this] { return MetricsText(status_source_->Read()); }},
                   {"/statusz", "text/html; charset=utf-8",
                    [this] { return StatusPage(status_source_->Read()); }}});
    if (!admin.ok()) return admin.status();
    admin_ = *std::move(admin);
    admin_address_ = admin_->address();
    return absl::OkStatus();
  }

  static absl::Status AddListener(const ListenerConfig& listener,
                                  grpc::ServerBuilder* builder,
                                  std::vector<ListenAddress>* parsed,
                                  int* port) {
    absl::Status status = CheckPlaintext(listener);
    if (!status.ok()) return status;
    auto address = ParseListenAddress(listener.address);
    if (!address.ok()) return address.status();
    status = ClearStaleSocket(*address);
    if (!status.ok()) return status;
    auto credentials = MakeCredentials(listener);
    if (!credentials.ok()) return credentials.status();
    builder->AddListeningPort(address->ToString(address->port), *credentials,
                              port);
    parsed->push_back(*std::move(address));
    return absl::OkStatus();
  }

  static absl::Status CannotListen(const ListenerConfig& listener) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", listener.address,
        listener.tls
            ? ": the address is in use or not this machine's, or the "
              "certificate and the private key do not belong together"
            : ": the address is in use, not this machine's, or not allowed"));
  }

  // TLS has no flag to allow it, and some who mount keys cannot choose modes:
  // so it is said, and not refused.
  void WarnOfReadableKeys() {
    for (const ListenerConfig& listener : config_.listeners) {
      if (!listener.tls || !IsReadableByAll(listener.tls->private_key))
        continue;
      log_.Warning("tls_key_readable_by_all",
                   {{"address", listener.address},
                    {"file", listener.tls->private_key},
                    {"advice", "chmod 600 it"}});
    }
  }

  void SetHealth() {
    auto* health = server_->GetHealthCheckService();
    for (const char* service : kServices) {
      health->SetServingStatus(service, true);
    }
  }

  const ServerConfig config_;
  Log& log_;
  keys::KeyCache key_cache_;
  LoadTally load_tally_;
  keys::KeyReloader reloader_;
  Drain drain_;
  Admission admission_;
  std::unique_ptr<exec::ThreadPool> pool_;
  Admission slow_admission_;
  std::unique_ptr<exec::ThreadPool> slow_pool_;
  RefusalLog refusals_;
  const WorkLane lane_;
  const WorkLane jwe_lane_;
  const WorkLane slow_lane_;
  const JweLanes jwe_lanes_;
  const engine::BatchVerifier verifier_;
  const engine::BatchSigner signer_;
  const engine::JwsVerifier jws_verifier_;
  const engine::JwsSigner jws_signer_;
  const engine::BatchEncrypter encrypter_;
  const engine::BatchDecrypter decrypter_;
  const engine::NestedVerifier nested_verifier_;
  VerifierService verifier_service_;
  SignerService signer_service_;
  KeyService key_service_;
  EncrypterService encrypter_service_;
  DecrypterService decrypter_service_;
  std::vector<std::string> addresses_;
  std::unique_ptr<grpc::Server> server_;
  // Both null without admin pages; the endpoint's thread reads the source.
  std::unique_ptr<const StatusSource> status_source_;
  std::unique_ptr<AdminEndpoint> admin_;
  std::string admin_address_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const ServerConfig& config, Log* log, const Clock* clock) {
  // Process-wide switches of gRPC; setting them again changes nothing.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto impl = std::make_unique<Impl>(config, log, clock);
  const absl::Status status = impl->Start();
  if (!status.ok()) return status;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<std::string>& Server::addresses() const {
  return impl_->addresses();
}

const std::string& Server::admin_address() const {
  return impl_->admin_address();
}

void Server::ReloadKeys() { impl_->ReloadKeys(); }

bool Server::Shutdown(absl::Duration drain_timeout) {
  return impl_->Shutdown(drain_timeout);
}

void Server::ForceShutdown() { impl_->ForceShutdown(); }

absl::Status CheckFiles(const ServerConfig& config, Log* log) {
  for (const ListenerConfig& listener : config.listeners) {
    const absl::Status status = MakeCredentials(listener).status();
    if (!status.ok()) {
      log->Error("tls_load_failed",
                 {{"address", listener.address}, {"error", status.message()}});
      return status;
    }
  }
  keys::KeyCache key_cache;
  keys::KeyReloader reloader(
      &key_cache, config.key_sources, config.limits,
      [log](const keys::ReloadEvent& event) { LogReload(log, event); });
  return reloader.LoadAll();
}

}  // namespace assay::service
