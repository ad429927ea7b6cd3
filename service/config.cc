#include "service/config.h"

#include <functional>
#include <limits>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "service/proto_time.h"
#include "service/text_file.h"

namespace assay::service {
namespace {

using google::protobuf::TextFormat;

// The step from a message to one of its fields, or to an element of it.
struct PathStep {
  absl::string_view field;
  int index = -1;  // -1: not repeated.
};
using Path = std::vector<PathStep>;

std::string PathText(const Path& path) {
  return absl::StrJoin(path, ".", [](std::string* out, const PathStep& step) {
    absl::StrAppend(out, step.field);
    if (step.index >= 0) absl::StrAppend(out, "[", step.index, "]");
  });
}

// Collects errors; `locate` gives each its prefix.
class Errors {
 public:
  using Locator = std::function<std::string(const Path&)>;
  explicit Errors(Locator locate) : locate_(std::move(locate)) {}

  void Add(const Path& path, absl::string_view message) {
    lines_.push_back(absl::StrCat(locate_(path), message));
  }
  absl::Status ToStatus() const {
    if (lines_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  }

 private:
  const Locator locate_;
  std::vector<std::string> lines_;
};

// 1 TiB: more is a slip of the unit.
constexpr uint32_t kMaxTableMemoryMib = 1 << 20;
constexpr size_t kMaxJsonDepth = 1024;
constexpr absl::Duration kMaxDrainTimeout = absl::Hours(1);

// Zero keeps the default; anything else must lie in [least, most].
template <typename T>
void ReadBound(uint64_t value, absl::string_view field, uint64_t least,
               uint64_t most, T* out, Errors* errors) {
  if (value == 0) return;
  if (value < least || value > most) {
    errors->Add({{"limits"}, {field}},
                absl::StrCat("must be from ", least, " to ", most));
    return;
  }
  *out = static_cast<T>(value);
}

void ReadLimits(const v1::LimitsConfig& proto, ServerConfig* config,
                Errors* errors) {
  constexpr uint64_t kMiB = 1024 * 1024;
  // protobuf cannot hold more in one message.
  constexpr uint64_t kMaxMessage = std::numeric_limits<int>::max();
  Limits& limits = config->limits;
  ReadBound(proto.max_token_bytes(), "max_token_bytes", 64, 64 * kMiB,
            &limits.max_token_bytes, errors);
  ReadBound(proto.max_header_bytes(), "max_header_bytes", 64, kMiB,
            &limits.max_header_bytes, errors);
  ReadBound(proto.max_json_depth(), "max_json_depth", 1, kMaxJsonDepth,
            &limits.max_json_depth, errors);
  ReadBound(proto.max_batch_items(), "max_batch_items", 1, 10'000'000,
            &limits.max_batch_items, errors);
  ReadBound(proto.max_rsa_modulus_bits(), "max_rsa_modulus_bits",
            kMinRsaModulusBits, kMaxRsaModulusBits,
            &limits.max_rsa_modulus_bits, errors);
  ReadBound(proto.max_recipients(), "max_recipients", 1, 10'000,
            &limits.max_recipients, errors);
  ReadBound(proto.max_inflated_bytes(), "max_inflated_bytes", 1, 64 * kMiB,
            &limits.max_inflated_bytes, errors);
  ReadBound(proto.max_batch_inflated_bytes(), "max_batch_inflated_bytes", 1,
            1024 * kMiB, &limits.max_batch_inflated_bytes, errors);
  ReadBound(proto.max_request_bytes(), "max_request_bytes", 1024, kMaxMessage,
            &config->max_request_bytes, errors);
  ReadBound(proto.max_pending_batches(), "max_pending_batches", 1, 1'000'000,
            &config->max_pending_batches, errors);
  // Some seconds of a processor, which nothing interrupts, and a minute or so:
  // a key that is withdrawn meanwhile serves such a batch until it ends.
  ReadBound(proto.max_pbes2_iterations(), "max_pbes2_iterations",
            kMinPbes2Iterations, 10'000'000, &limits.max_pbes2_iterations,
            errors);
  ReadBound(proto.max_batch_pbes2_iterations(), "max_batch_pbes2_iterations",
            kMinPbes2Iterations, 100'000'000,
            &limits.max_batch_pbes2_iterations, errors);
}

absl::optional<TlsFiles> ReadTls(const v1::TlsConfig& proto, Path path,
                                 Errors* errors) {
  if (proto.certificate_chain_file().empty()) {
    errors->Add(path, "tls needs certificate_chain_file");
  }
  if (proto.private_key_file().empty()) {
    errors->Add(path, "tls needs private_key_file");
  }
  return TlsFiles{proto.certificate_chain_file(), proto.private_key_file(),
                  proto.client_ca_file()};
}

void ReadListener(const v1::Listener& proto, int index, ServerConfig* config,
                  Errors* errors) {
  const PathStep step = {"listeners", index};
  ListenerConfig listener;
  listener.address = proto.address();
  listener.allow_plaintext_from_network = proto.allow_plaintext_from_network();
  if (proto.has_tls()) {
    listener.tls = ReadTls(proto.tls(), {step, {"tls"}}, errors);
  }
  if (proto.has_tls() && proto.allow_plaintext_from_network()) {
    errors->Add({step, {"allow_plaintext_from_network"}},
                "contradicts tls; remove one of them");
  }
  if (proto.address().empty()) {
    errors->Add({step}, "a listener needs an address");
  } else {
    absl::Status status = ParseListenAddress(proto.address()).status();
    if (status.ok()) status = CheckPlaintext(listener);
    if (!status.ok()) errors->Add({step, {"address"}}, status.message());
  }
  config->listeners.push_back(std::move(listener));
}

void ReadUse(const v1::KeySetConfig& proto, const PathStep& step,
             keys::KeySource* source, Errors* errors) {
  switch (proto.use()) {
    case v1::KEY_SET_USE_UNSPECIFIED:
    case v1::KEY_SET_USE_VERIFY:
      source->use = keys::KeySetUse::kVerify;
      return;
    case v1::KEY_SET_USE_PUBLIC:
      source->use = keys::KeySetUse::kPublic;
      return;
    case v1::KEY_SET_USE_SIGN:
      source->use = keys::KeySetUse::kSign;
      return;
    case v1::KEY_SET_USE_ENCRYPT:
      source->use = keys::KeySetUse::kEncrypt;
      return;
    case v1::KEY_SET_USE_DECRYPT:
      source->use = keys::KeySetUse::kDecrypt;
      return;
    default:
      errors->Add({step, {"use"}}, "is no known use");
  }
}

// Adds an error for each of `texts`, which `field` holds, that is empty.
template <typename Texts>
void NeedTexts(const Texts& texts, const char* field, const PathStep& step,
               Errors* errors) {
  for (int i = 0; i < texts.size(); ++i) {
    if (texts.Get(i).empty()) {
      errors->Add({step, {"certificate_trust"}, {field, i}},
                  "must not be empty");
    }
  }
}

keys::CertificateTrust ReadTrust(const v1::CertificateTrust& proto,
                                 const PathStep& step, Errors* errors) {
  const Path path = {step, {"certificate_trust"}};
  if (proto.root_files().empty()) {
    errors->Add(path, "certificate_trust needs root_files");
  }
  if (proto.dns_names().empty() && proto.uris().empty() &&
      proto.emails().empty()) {
    errors->Add(path,
                "certificate_trust needs dns_names, uris or emails: else every "
                "certificate of the roots would be trusted");
  }
  NeedTexts(proto.root_files(), "root_files", step, errors);
  NeedTexts(proto.dns_names(), "dns_names", step, errors);
  NeedTexts(proto.uris(), "uris", step, errors);
  NeedTexts(proto.emails(), "emails", step, errors);
  for (int i = 0; i < proto.extended_key_usages_size(); ++i) {
    if (!keys::IsOid(proto.extended_key_usages(i))) {
      errors->Add({step, {"certificate_trust"}, {"extended_key_usages", i}},
                  "is no OID such as \"1.3.6.1.5.5.7.3.3\"");
    }
  }
  keys::CertificateTrust trust;
  trust.root_files = {proto.root_files().begin(), proto.root_files().end()};
  trust.policy.dns_names = {proto.dns_names().begin(), proto.dns_names().end()};
  trust.policy.uris = {proto.uris().begin(), proto.uris().end()};
  trust.policy.emails = {proto.emails().begin(), proto.emails().end()};
  trust.policy.extended_key_usages = {proto.extended_key_usages().begin(),
                                      proto.extended_key_usages().end()};
  if (proto.max_certificates() > kMaxX5cCertificates) {
    errors->Add({step, {"certificate_trust"}, {"max_certificates"}},
                absl::StrCat("must be at most ", kMaxX5cCertificates));
  } else if (proto.max_certificates() != 0) {
    trust.policy.max_certificates = proto.max_certificates();
  }
  return trust;
}

void ReadKeySet(const v1::KeySetConfig& proto, int index, ServerConfig* config,
                Errors* errors) {
  const PathStep step = {"key_sets", index};
  keys::KeySource source;
  source.name = proto.name().empty() ? "default" : proto.name();
  for (const keys::KeySource& other : config->key_sources) {
    if (other.name == source.name) {
      errors->Add({step}, absl::StrCat("there are two key sets named \"",
                                       source.name, "\""));
    }
  }
  if (proto.paths().empty() && !proto.has_certificate_trust()) {
    errors->Add({step}, "a key set needs paths: files or folders of keys");
  }
  for (int i = 0; i < proto.paths_size(); ++i) {
    if (proto.paths(i).empty()) {
      errors->Add({step, {"paths", i}}, "must not be empty");
    }
  }
  for (int i = 0; i < proto.issuers_size(); ++i) {
    if (proto.issuers(i).empty()) {
      errors->Add({step, {"issuers", i}}, "must not be empty");
    }
  }
  source.paths = {proto.paths().begin(), proto.paths().end()};
  source.issuers = {proto.issuers().begin(), proto.issuers().end()};
  source.allow_readable_secrets = proto.allow_readable_secrets();
  source.password_file = proto.password_file();
  if (proto.has_certificate_trust()) {
    source.certificate_trust =
        ReadTrust(proto.certificate_trust(), step, errors);
  }
  ReadUse(proto, step, &source, errors);
  const bool is_of_jwe = source.use == keys::KeySetUse::kEncrypt ||
                         source.use == keys::KeySetUse::kDecrypt;
  if (is_of_jwe && !source.issuers.empty()) {
    errors->Add({step, {"issuers", 0}},
                "is for sets that verify: encryption tells no issuer");
  }
  config->key_sources.push_back(std::move(source));
}

void ReadKernels(const v1::KernelsConfig& proto, engine::KernelOptions* kernels,
                 Errors* errors) {
  if (proto.table_memory_mib() > kMaxTableMemoryMib) {
    errors->Add({{"kernels"}, {"table_memory_mib"}},
                absl::StrCat("must be at most ", kMaxTableMemoryMib));
  }
  if (proto.has_boringssl_only()) {
    kernels->lanes.use_kernels = !proto.boringssl_only();
  }
  if (proto.table_memory_mib() != 0) {
    kernels->table_budget_bytes = size_t{proto.table_memory_mib()} << 20;
  }
  if (proto.max_confirmed_rejections() != 0) {
    kernels->max_confirmed_rejections = proto.max_confirmed_rejections();
  }
  if (proto.recheck_one_in() != 0) {
    kernels->lanes.recheck_one_in = proto.recheck_one_in();
  }
}

void ReadAdmin(const v1::AdminConfig& proto, ServerConfig* config,
               Errors* errors) {
  AdminConfig admin;
  admin.address = proto.address();
  admin.allow_from_network = proto.allow_from_network();
  if (proto.address().empty()) {
    errors->Add({{"admin"}}, "admin needs an address, such as 127.0.0.1:9464");
  } else {
    const absl::Status status = ParseAdminAddress(admin).status();
    if (!status.ok()) {
      errors->Add({{"admin"}, {"address"}}, status.message());
    }
  }
  config->admin = std::move(admin);
}

void ReadProcess(const v1::AssaydConfig& proto, ServerConfig* config,
                 Errors* errors) {
  if (proto.worker_threads() > kMaxWorkerThreads) {
    errors->Add({{"worker_threads"}},
                absl::StrCat("must be at most ", kMaxWorkerThreads));
  }
  const unsigned cores = std::thread::hardware_concurrency();
  config->worker_threads = proto.worker_threads() != 0
                               ? static_cast<int>(proto.worker_threads())
                               : static_cast<int>(cores == 0 ? 1 : cores);
  if (!proto.has_drain_timeout()) return;
  const auto timeout = FromProto(proto.drain_timeout());
  if (!timeout || *timeout < absl::ZeroDuration() ||
      *timeout > kMaxDrainTimeout) {
    errors->Add({{"drain_timeout"}}, "must be from 0 s to 3600 s");
    return;
  }
  config->drain_timeout = *timeout;
}

absl::StatusOr<ServerConfig> ReadAll(const v1::AssaydConfig& proto,
                                     Errors::Locator locate) {
  Errors errors(std::move(locate));
  ServerConfig config;
  if (proto.listeners().empty()) {
    errors.Add({}, "no listeners: at least one is needed");
  }
  for (int i = 0; i < proto.listeners_size(); ++i) {
    ReadListener(proto.listeners(i), i, &config, &errors);
  }
  if (proto.key_sets().empty()) {
    errors.Add({}, "no key_sets: at least one is needed");
  }
  for (int i = 0; i < proto.key_sets_size(); ++i) {
    ReadKeySet(proto.key_sets(i), i, &config, &errors);
  }
  ReadLimits(proto.limits(), &config, &errors);
  ReadProcess(proto, &config, &errors);
  ReadKernels(proto.kernels(), &config.kernels, &errors);
  if (proto.has_admin()) ReadAdmin(proto.admin(), &config, &errors);
  const absl::Status status = errors.ToStatus();
  if (!status.ok()) return status;
  return config;
}

// protobuf counts lines and columns from 0; people and editors from 1.
std::string Place(absl::string_view file_name, int line, int column) {
  return absl::StrCat(file_name, ":", line + 1, ":", column + 1, ": ");
}

class SyntaxErrors : public google::protobuf::io::ErrorCollector {
 public:
  explicit SyntaxErrors(absl::string_view file_name) : file_name_(file_name) {}

  void AddError(int line, int column, const std::string& message) override {
    lines_.push_back(absl::StrCat(Place(file_name_, line, column), message));
  }
  // What protobuf warns about (such as a deprecated field) is no mistake here.
  void AddWarning(int, int, const std::string&) override {}

  absl::Status ToStatus() const {
    return absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  }

 private:
  const absl::string_view file_name_;
  std::vector<std::string> lines_;
};

// Where `path`, or the innermost part of it that is in the file, stands.
std::string Locate(const TextFormat::ParseInfoTree& root,
                   absl::string_view file_name, const Path& path) {
  const TextFormat::ParseInfoTree* tree = &root;
  const google::protobuf::Descriptor* type = v1::AssaydConfig::descriptor();
  TextFormat::ParseLocation place;
  for (const PathStep& step : path) {
    const auto* field = type->FindFieldByName(std::string(step.field));
    const auto found = tree->GetLocation(field, step.index);
    if (found.line < 0) break;
    place = found;
    type = field->message_type();
    tree = tree->GetTreeForNested(field, step.index);
    if (tree == nullptr || type == nullptr) break;
  }
  const std::string name =
      path.empty() ? "" : absl::StrCat(PathText(path), ": ");
  if (place.line < 0) return absl::StrCat(Place(file_name, 0, 0), name);
  return absl::StrCat(Place(file_name, place.line, place.column), name);
}

}  // namespace

absl::StatusOr<ServerConfig> ParseConfig(absl::string_view text,
                                         absl::string_view file_name) {
  v1::AssaydConfig proto;
  SyntaxErrors syntax_errors(file_name);
  TextFormat::ParseInfoTree places;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&syntax_errors);
  parser.WriteLocationsTo(&places);
  if (!parser.ParseFromString(std::string(text), &proto)) {
    return syntax_errors.ToStatus();
  }
  return ReadAll(
      proto, [&](const Path& path) { return Locate(places, file_name, path); });
}

absl::StatusOr<ServerConfig> LoadConfig(const std::string& path) {
  const auto text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ParseConfig(*text, path);
}

absl::StatusOr<ServerConfig> MakeConfig(const v1::AssaydConfig& proto) {
  return ReadAll(proto, [](const Path& path) {
    return path.empty() ? std::string() : absl::StrCat(PathText(path), ": ");
  });
}

}  // namespace assay::service
