// What the admin pages tell of a server: a snapshot, taken when somebody asks.
//
// Holds names, counts, addresses and versions; never a key, a token or a path.
// Thread safety: none; a value.
#ifndef ASSAY_SERVICE_ADMIN_SERVER_STATUS_H_
#define ASSAY_SERVICE_ADMIN_SERVER_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/crypto/lane_verifier.h"
#include "core/keys/table_keeper.h"
#include "service/admin/load_tally.h"

namespace assay::service {

struct ListenerStatus {
  std::string address;  // With the real port.
  bool tls = false;
};

struct KeySetStatus {
  std::string name;
  uint64_t generation = 0;
  size_t num_keys = 0;
  size_t num_skipped = 0;
  LoadCounts loads;
};

enum class KernelState : uint8_t {
  kOn,
  kSwitchedOff,  // It gave a wrong answer.
  kNotUsed,      // The configuration wants BoringSSL alone.
  kNone,         // There is none for this machine.
};

struct KernelStatus {
  std::string lane;
  KernelState state = KernelState::kNone;
  std::string fault;  // Of kSwitchedOff: what it did.
  crypto::LaneCounts counts;
};

struct ServerStatus {
  std::string version;
  std::string grpc_version;
  absl::Time started_at;
  absl::Time now;
  bool draining = false;
  std::vector<ListenerStatus> listeners;
  std::vector<KeySetStatus> key_sets;  // In the order of their names.
  std::vector<KernelStatus> kernels;   // Every lane, in a fixed order.
  keys::TableKeeper::Counts tables;
  size_t table_budget_bytes = 0;  // 0: none are made.
};

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_SERVER_STATUS_H_
