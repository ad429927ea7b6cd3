// /metrics: a server's status in Prometheus' text format 0.0.4.
#ifndef ASSAY_SERVICE_ADMIN_METRICS_TEXT_H_
#define ASSAY_SERVICE_ADMIN_METRICS_TEXT_H_

#include <string>

#include "service/admin/server_status.h"

namespace assay::service {

// As many samples as there are key sets and lanes, times a constant:
// docs/OPERATIONS.md lists them.
std::string MetricsText(const ServerStatus& status);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_METRICS_TEXT_H_
