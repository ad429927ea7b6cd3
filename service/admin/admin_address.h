// Where the admin pages may be served.
#ifndef ASSAY_SERVICE_ADMIN_ADMIN_ADDRESS_H_
#define ASSAY_SERVICE_ADMIN_ADMIN_ADDRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/listener.h"

namespace assay::service {

struct AdminConfig {
  std::string address;              // As in assay.v1.AdminConfig.
  bool allow_from_network = false;  // Let others than this machine connect.
};

// The address taken apart; its host is an IP address. INVALID_ARGUMENT if it
// is none that can be served on, FAILED_PRECONDITION if others can reach it and
// that was not allowed. Both say what to do.
absl::StatusOr<ListenAddress> ParseAdminAddress(const AdminConfig& config);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_ADMIN_ADDRESS_H_
