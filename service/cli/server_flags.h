// --server and what goes with it: the way to an assayd.
#ifndef ASSAY_SERVICE_CLI_SERVER_FLAGS_H_
#define ASSAY_SERVICE_CLI_SERVER_FLAGS_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"

namespace assay::cli {

struct ServerFlags {
  std::string address;
  std::string key_set;
  bool tls = false;
  std::string ca_file;
  std::string certificate_file;
  std::string private_key_file;

  bool given() const { return !address.empty(); }
};

void AddServerFlags(CLI::App* app, ServerFlags* flags);

// Whether the flags make sense together; the error says what to do.
absl::Status CheckServerFlags(const ServerFlags& flags);

// A channel to the server, which connects when it is used. TLS if --tls or a
// file for it is given. `flags` have been checked; fails where a file cannot
// be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> MakeChannel(
    const ServerFlags& flags);

// The status of an RPC, told to people.
absl::Status FromRpc(const ServerFlags& flags, const grpc::Status& status);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_SERVER_FLAGS_H_
