#include "service/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "service/text_file.h"

namespace assay::service {
namespace {

constexpr absl::string_view kUnixPrefix = "unix:";

absl::Status BadAddress(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "bad address \"", text, "\": ", why,
      "; write host:port (127.0.0.1:8443), [v6]:port ([::1]:8443) or "
      "unix:/path"));
}

absl::StatusOr<ListenAddress> ParseUnix(absl::string_view text) {
  ListenAddress address;
  address.unix_path = std::string(text.substr(kUnixPrefix.size()));
  if (address.unix_path.empty()) return BadAddress(text, "no path");
  if (address.unix_path.size() >= sizeof(sockaddr_un::sun_path)) {
    return BadAddress(text, "the path is too long for a Unix socket");
  }
  return address;
}

bool ParsePort(absl::string_view text, int* port) {
  if (text.empty() || text.size() > 5) return false;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return absl::SimpleAtoi(text, port) && *port <= 65535;
}

bool IsLoopback(const in6_addr& v6) {
  return IN6_IS_ADDR_LOOPBACK(&v6) ||
         (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

absl::StatusOr<std::string> ReadPem(const std::string& path,
                                    absl::string_view field,
                                    absl::string_view kind) {
  auto pem = ReadTextFile(path);
  if (!pem.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, ": ", pem.status().message()));
  }
  if (!absl::StrContains(*pem, "-----BEGIN ") ||
      !absl::StrContains(*pem, kind)) {
    WipeString(&*pem);
    return absl::InvalidArgumentError(
        absl::StrCat(field, ": ", path, " holds no PEM block of a ",
                     absl::AsciiStrToLower(kind)));
  }
  return pem;
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeTls(
    const TlsFiles& files) {
  auto chain = ReadPem(files.certificate_chain, "tls.certificate_chain_file",
                       "CERTIFICATE");
  if (!chain.ok()) return chain.status();
  auto key = ReadPem(files.private_key, "tls.private_key_file", "PRIVATE KEY");
  if (!key.ok()) return key.status();
  grpc::SslServerCredentialsOptions options;
  if (!files.client_ca.empty()) {
    auto ca = ReadPem(files.client_ca, "tls.client_ca_file", "CERTIFICATE");
    if (!ca.ok()) return ca.status();
    options.pem_root_certs = *std::move(ca);
    options.client_certificate_request =
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  options.pem_key_cert_pairs.push_back({*std::move(key), *std::move(chain)});
  auto credentials = grpc::SslServerCredentials(options);
  WipeString(&options.pem_key_cert_pairs[0].private_key);
  return credentials;
}

bool SomebodyListens(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;  // Not known: nothing is removed.
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int failed =
      connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
  const bool refused = failed != 0 && errno == ECONNREFUSED;
  close(fd);
  return !refused;
}

}  // namespace

bool ListenAddress::IsLocal() const {
  if (is_unix() || host == "localhost") return true;
  in_addr v4;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return ntohl(v4.s_addr) >> 24 == 127;
  }
  in6_addr v6;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IsLoopback(v6);
}

std::string ListenAddress::ToString(int bound_port) const {
  if (is_unix()) return absl::StrCat(kUnixPrefix, unix_path);
  const bool v6 = absl::StrContains(host, ':');
  return absl::StrCat(v6 ? "[" : "", host, v6 ? "]:" : ":", bound_port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  if (absl::StartsWith(text, kUnixPrefix)) return ParseUnix(text);
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return BadAddress(text, "no port");
  ListenAddress address;
  if (!ParsePort(text.substr(colon + 1), &address.port)) {
    return BadAddress(text, "the port is no number from 0 to 65535");
  }
  absl::string_view host = text.substr(0, colon);
  if (host.empty()) return BadAddress(text, "no host");
  if (host.front() == '[') {
    in6_addr v6;
    if (host.back() != ']') return BadAddress(text, "no closing bracket");
    address.host = std::string(host.substr(1, host.size() - 2));
    if (inet_pton(AF_INET6, address.host.c_str(), &v6) != 1) {
      return BadAddress(text, "no IPv6 address in the brackets");
    }
    return address;
  }
  if (absl::StrContains(host, ':') || absl::StrContains(host, '/')) {
    return BadAddress(text, "an IPv6 address goes in brackets");
  }
  address.host = std::string(host);
  return address;
}

absl::Status CheckPlaintext(const ListenerConfig& listener) {
  if (listener.tls || listener.allow_plaintext_from_network) {
    return absl::OkStatus();
  }
  auto address = ParseListenAddress(listener.address);
  if (!address.ok()) return address.status();
  if (address->IsLocal()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "refusing to listen on ", listener.address,
      " without TLS: others could read every token. Listen on 127.0.0.1, "
      "[::1] or unix:/path, or give the listener tls in the config file, or, "
      "if the network is trusted, set allow_plaintext_from_network "
      "(--allow-plaintext-from-network)"));
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(
    const ListenerConfig& listener) {
  if (listener.tls) return MakeTls(*listener.tls);
  return grpc::InsecureServerCredentials();
}

bool IsReadableByAll(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
}

absl::Status ClearStaleSocket(const ListenAddress& address) {
  if (!address.is_unix()) return absl::OkStatus();
  const std::string& path = address.unix_path;
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return absl::OkStatus();
  if (!S_ISSOCK(info.st_mode)) {
    return absl::AlreadyExistsError(
        absl::StrCat(path, " exists and is no socket"));
  }
  if (SomebodyListens(path)) {
    return absl::AlreadyExistsError(
        absl::StrCat("another process listens on ", path));
  }
  unlink(path.c_str());
  return absl::OkStatus();
}

}  // namespace assay::service
