#include "service/admin/admin_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "absl/strings/str_cat.h"

namespace assay::service {
namespace {

bool IsIpAddress(const std::string& host) {
  in_addr v4;
  in6_addr v6;
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

}  // namespace

absl::StatusOr<ListenAddress> ParseAdminAddress(const AdminConfig& config) {
  auto address = ParseListenAddress(config.address);
  if (!address.ok()) return address;
  if (address->host == "localhost") address->host = "127.0.0.1";
  if (address->is_unix() || !IsIpAddress(address->host)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the admin pages need an IP address and a port (127.0.0.1:9464, "
        "[::1]:9464), not \"",
        config.address, "\""));
  }
  if (!address->IsLocal() && !config.allow_from_network) {
    return absl::FailedPreconditionError(absl::StrCat(
        "refusing to serve the admin pages on ", config.address,
        ": others could read them, for they have neither TLS nor a password. "
        "Serve them on 127.0.0.1 or [::1], or, if the network is trusted, set "
        "allow_from_network in the config file"));
  }
  return address;
}

}  // namespace assay::service
