// Where the server listens: addresses, what is allowed on them, credentials.
#ifndef ASSAY_SERVICE_LISTENER_H_
#define ASSAY_SERVICE_LISTENER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "grpcpp/security/server_credentials.h"

namespace assay::service {

struct TlsFiles {
  std::string certificate_chain;  // PEM, leaf first.
  std::string private_key;        // PEM.
  std::string client_ca;          // PEM; empty: clients need no certificate.
};

struct ListenerConfig {
  std::string address;  // As in assay.v1.Listener.
  absl::optional<TlsFiles> tls;
  bool allow_plaintext_from_network = false;
};

// An address taken apart.
struct ListenAddress {
  std::string host;       // Without brackets; empty for a Unix socket.
  int port = 0;           // 0: a free one.
  std::string unix_path;  // Empty for TCP.

  bool is_unix() const { return !unix_path.empty(); }
  // Whether only this machine can reach it: a Unix socket, 127.0.0.0/8, ::1 or
  // "localhost". Other names are not resolved, and count as reachable.
  bool IsLocal() const;
  // As gRPC and clients write it, with `port` in place of the address's own.
  std::string ToString(int port) const;
};

// INVALID_ARGUMENT with a text that shows the right forms.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Whether the listener may be opened: FAILED_PRECONDITION, saying what to do,
// for plaintext on an address that others can reach.
absl::Status CheckPlaintext(const ListenerConfig& listener);

// TLS from the files, read now, or plaintext. Fails if a file cannot be read
// or holds no PEM of the kind wanted.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const ListenerConfig& listener);

// Whether everybody on this machine may read the file. (A group may well be
// given a TLS key, as Debian's ssl-cert is.)
bool IsReadableByAll(const std::string& path);

// Makes way for a Unix socket: removes a socket file that nobody listens on.
// ALREADY_EXISTS if somebody does, or if the file is no socket. OK for TCP.
absl::Status ClearStaleSocket(const ListenAddress& address);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_LISTENER_H_
