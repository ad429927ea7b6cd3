#include "service/cli/server_flags.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace assay::cli {
namespace {

constexpr char kGroup[] = "With a server";

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  if (!file || !contents || contents.str().empty()) {
    return absl::NotFoundError(absl::StrCat(path, ": cannot read it"));
  }
  return std::move(contents).str();
}

bool WantsTls(const ServerFlags& flags) {
  return flags.tls || !flags.ca_file.empty() || !flags.certificate_file.empty();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(
    const ServerFlags& flags) {
  if (!WantsTls(flags)) return grpc::InsecureChannelCredentials();
  absl::StatusOr<std::string> ca = ReadFile(flags.ca_file);
  if (!ca.ok()) return ca.status();
  absl::StatusOr<std::string> certificate = ReadFile(flags.certificate_file);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<std::string> private_key = ReadFile(flags.private_key_file);
  if (!private_key.ok()) return private_key.status();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = *std::move(ca);
  options.pem_cert_chain = *std::move(certificate);
  options.pem_private_key = *std::move(private_key);
  return grpc::SslCredentials(options);
}

absl::Status NeedsServer(absl::string_view flag) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " goes with --server ADDR, which is not given"));
}

}  // namespace

void AddServerFlags(CLI::App* app, ServerFlags* flags) {
  app->add_option("--server", flags->address,
                  "Let this assayd do it: host:port or unix:/path")
      ->type_name("ADDR")
      ->group(kGroup);
  app->add_option("--key-set", flags->key_set, "The server's key set to use")
      ->type_name("NAME")
      ->group(kGroup);
  app->add_flag("--tls", flags->tls, "Use TLS and the system's authorities")
      ->group(kGroup);
  app->add_option("--ca", flags->ca_file,
                  "Use TLS; trust the authorities in this PEM file")
      ->type_name("FILE")
      ->group(kGroup);
  app->add_option("--cert", flags->certificate_file,
                  "Use TLS with this client certificate chain (PEM)")
      ->type_name("FILE")
      ->group(kGroup);
  app->add_option("--key", flags->private_key_file,
                  "The client certificate's private key (PEM)")
      ->type_name("FILE")
      ->group(kGroup);
}

absl::Status CheckServerFlags(const ServerFlags& flags) {
  if (flags.given()) {
    if (flags.key_set.empty()) {
      return absl::InvalidArgumentError(
          "--server needs --key-set NAME, the server's key set to use");
    }
    if (flags.certificate_file.empty() != flags.private_key_file.empty()) {
      return absl::InvalidArgumentError(
          "--cert and --key go together: give both or neither");
    }
    return absl::OkStatus();
  }
  if (!flags.key_set.empty()) return NeedsServer("--key-set");
  if (flags.tls) return NeedsServer("--tls");
  if (!flags.ca_file.empty()) return NeedsServer("--ca");
  if (!flags.certificate_file.empty()) return NeedsServer("--cert");
  if (!flags.private_key_file.empty()) return NeedsServer("--key");
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const ServerFlags& flags) {
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials =
      MakeCredentials(flags);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  // The server chose how much it answers; ours is to take it.
  arguments.SetMaxReceiveMessageSize(-1);
  // Tokens are sent where --server says, not where the environment does.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(flags.address, *credentials, arguments);
}

absl::Status FromRpc(const ServerFlags& flags, const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const absl::StatusCode code =
      static_cast<absl::StatusCode>(status.error_code());
  const char* hint = status.error_code() == grpc::StatusCode::UNAVAILABLE
                         ? " (is assayd there, and does it want TLS?)"
                         : "";
  return absl::Status(code, absl::StrCat("server ", flags.address, ": ",
                                         absl::StatusCodeToString(code), ": ",
                                         status.error_message(), hint));
}

}  // namespace assay::cli
