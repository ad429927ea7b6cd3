// Takes a server's status off the counters of those who do the work.
//
// Thread safety: all methods may be called concurrently.
#ifndef ASSAY_SERVICE_ADMIN_STATUS_SOURCE_H_
#define ASSAY_SERVICE_ADMIN_STATUS_SOURCE_H_

#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "core/engine/batch_verifier.h"
#include "core/keys/key_cache.h"
#include "service/admin/load_tally.h"
#include "service/admin/server_status.h"
#include "service/drain.h"

namespace assay::service {

class StatusSource {
 public:
  // All outlive the source. `kernels` are the options of `verifier`, whose
  // lanes have been tested (TestAllLanes). The server starts now.
  StatusSource(const keys::KeyCache* key_cache,
               const engine::BatchVerifier* verifier, const Drain* drain,
               const LoadTally* loads, const engine::KernelOptions& kernels,
               std::vector<ListenerStatus> listeners);

  // Costs microseconds for each key set and lane.
  ServerStatus Read() const;

 private:
  std::vector<KeySetStatus> ReadKeySets() const;
  std::vector<KernelStatus> ReadKernels() const;

  const keys::KeyCache& key_cache_;
  const engine::BatchVerifier& verifier_;
  const Drain& drain_;
  const LoadTally& loads_;
  const bool use_kernels_;
  const size_t table_budget_bytes_;
  const std::vector<ListenerStatus> listeners_;
  const absl::Time started_at_;
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_STATUS_SOURCE_H_
