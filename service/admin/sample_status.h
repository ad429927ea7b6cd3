// A status in which every field says something, for the tests of the pages.
#ifndef ASSAY_SERVICE_ADMIN_SAMPLE_STATUS_H_
#define ASSAY_SERVICE_ADMIN_SAMPLE_STATUS_H_

#include "absl/time/time.h"
#include "service/admin/server_status.h"

namespace assay::service {

inline ServerStatus SampleStatus() {
  ServerStatus status;
  status.version = "1.2.3";
  status.grpc_version = "4.5.6";
  status.started_at = absl::FromUnixSeconds(1700000000);
  status.now = status.started_at + absl::Milliseconds(3723500);
  status.listeners = {{"127.0.0.1:7080", false}, {"0.0.0.0:7443", true}};
  status.key_sets = {{"login", 3, 2, 1, {3, 4, 5, true}},
                     {"weird \"<b>\\\n", 1, 1, 0, {1, 0, 0, false}}};
  status.kernels = {
      {"p256", KernelState::kOn, "", {100, 1, 2, 3, 0}},
      {"ed25519", KernelState::kSwitchedOff, "did wrong", {7, 0, 0, 1, 1}},
      {"p384", KernelState::kNone, "", {}},
      {"p521", KernelState::kNotUsed, "", {}}};
  status.tables = {6, 3 << 20, 9, 2, 1};
  status.table_budget_bytes = size_t{256} << 20;
  return status;
}

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_SAMPLE_STATUS_H_
