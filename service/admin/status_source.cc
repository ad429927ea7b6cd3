#include "service/admin/status_source.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_verifier.h"
#include "core/keys/key_set.h"
#include "grpcpp/grpcpp.h"
#include "service/version.h"

namespace assay::service {
namespace {

KernelStatus ReadKernel(const crypto::LaneVerifier& lanes, crypto::Lane lane,
                        bool use_kernels) {
  KernelStatus kernel;
  kernel.lane = std::string(crypto::LaneName(lane));
  kernel.counts = lanes.Counts(lane);
  const absl::optional<crypto::LaneFault> fault = lanes.Fault(lane);
  if (!lanes.HasKernel(lane)) {
    kernel.state = KernelState::kNone;
  } else if (!use_kernels) {
    kernel.state = KernelState::kNotUsed;
  } else if (fault) {
    kernel.state = KernelState::kSwitchedOff;
    kernel.fault = std::string(crypto::LaneFaultText(*fault));
  } else {
    kernel.state = KernelState::kOn;
  }
  return kernel;
}

}  // namespace

StatusSource::StatusSource(const keys::KeyCache* key_cache,
                           const engine::BatchVerifier* verifier,
                           const Drain* drain, const LoadTally* loads,
                           const engine::KernelOptions& kernels,
                           std::vector<ListenerStatus> listeners)
    : key_cache_(*key_cache),
      verifier_(*verifier),
      drain_(*drain),
      loads_(*loads),
      use_kernels_(kernels.lanes.use_kernels),
      table_budget_bytes_(use_kernels_ ? kernels.table_budget_bytes : 0),
      listeners_(std::move(listeners)),
      started_at_(absl::Now()) {}

ServerStatus StatusSource::Read() const {
  ServerStatus status;
  status.version = kVersion;
  status.grpc_version = grpc::Version();
  status.started_at = started_at_;
  status.now = absl::Now();
  status.draining = drain_.draining();
  status.listeners = listeners_;
  status.key_sets = ReadKeySets();
  status.kernels = ReadKernels();
  status.tables = verifier_.tables().counts();
  status.table_budget_bytes = table_budget_bytes_;
  return status;
}

std::vector<KeySetStatus> StatusSource::ReadKeySets() const {
  std::vector<KeySetStatus> key_sets;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  for (const keys::KeySet* key_set : guard.All()) {
    key_sets.push_back({std::string(key_set->name()), key_set->generation(),
                        key_set->num_keys(), key_set->skipped().size(),
                        loads_.Of(key_set->name())});
  }
  return key_sets;
}

std::vector<KernelStatus> StatusSource::ReadKernels() const {
  std::vector<KernelStatus> kernels;
  for (size_t lane = 0; lane < crypto::kNumLanes; ++lane) {
    kernels.push_back(ReadKernel(
        verifier_.lanes(), static_cast<crypto::Lane>(lane), use_kernels_));
  }
  return kernels;
}

}  // namespace assay::service
