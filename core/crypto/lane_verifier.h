// Checks many signatures at once: kernels where there are some, BoringSSL for
// the rest, and BoringSSL over the kernels' shoulders.
//
// A kernel is trusted as far as it has proved itself:
//  - before its first use it must give known answers on this machine;
//  - every rejection is confirmed by BoringSSL before it is told, up to a bound
//    per batch, so that a flood of bad signatures cannot buy slow checks;
//  - of the acceptances, one in so many, chosen unpredictably, is checked
//  again;
//  - one mismatch switches the lane off for good: BoringSSL takes over, what
//  the
//    kernel said in the same call is judged anew, and the owner is told.
//
// Thread safety: all methods may be called concurrently. A LaneScratch belongs
// to one thread at a time.
#ifndef ASSAY_CORE_CRYPTO_LANE_VERIFIER_H_
#define ASSAY_CORE_CRYPTO_LANE_VERIFIER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "core/crypto/lane.h"
#include "core/crypto/signature_scheme.h"
#include "core/crypto/verifying_key.h"
#include "core/simd/kernels.h"

namespace assay::crypto {

// One question, and its answer.
struct SignatureCheck {
  const VerifyingKey* key = nullptr;
  SignatureScheme scheme = {};
  absl::string_view message;
  absl::string_view signature;
  bool valid = false;  // As VerifyingKey::Verify says it.
};

// Why a lane was switched off.
enum class LaneFault : uint8_t {
  kSelfTest,       // It did not give the known answers.
  kWrongRejected,  // It rejected what BoringSSL accepts.
  kWrongAccepted,  // It accepted what BoringSSL rejects.
};

// "failed its self test" and the like: for logs and status pages.
absl::string_view LaneFaultText(LaneFault fault);

struct LaneOptions {
  // False: BoringSSL does everything.
  bool use_kernels = true;
  // A lane is tested, and its shared tables are made, when so many checks have
  // come by: up to some tenths of a second that a few tokens are not worth.
  uint32_t test_after_checks = 64;
  // Of the acceptances one in this many is checked again; 0: none.
  uint32_t recheck_one_in = 1024;
  // Called once for a lane that is switched off, from the thread that found
  // out. May be empty.
  std::function<void(Lane, LaneFault)> on_fault;
};

// What happened in a lane since the start.
struct LaneCounts {
  uint64_t checks = 0;      // Judged by a kernel.
  uint64_t undecided = 0;   // Handed on to BoringSSL by a kernel.
  uint64_t confirmed = 0;   // Rejections that BoringSSL confirmed.
  uint64_t rechecked = 0;   // Acceptances that BoringSSL checked again.
  uint64_t mismatches = 0;  // Of both, those in which it said otherwise.
};

class LaneScratch;

class LaneVerifier {
 public:
  // `kernels` must be those that keys were prepared with (simd::BestKernels());
  // a test may pass a copy with other verify functions.
  LaneVerifier(const simd::Kernels& kernels, LaneOptions options);
  ~LaneVerifier();
  LaneVerifier(const LaneVerifier&) = delete;
  LaneVerifier& operator=(const LaneVerifier&) = delete;

  // Most checks of one call: what fits a core's caches, and fills many vectors.
  static constexpr size_t kMaxChecks = 256;

  // Answers all of `checks`, at most kMaxChecks, inside of a read-side section
  // of the cache that the keys are in. `confirmations` is the batch's budget
  // of confirmed rejections, shared by its threads. Allocates nothing once
  // `scratch` has grown.
  void Verify(absl::Span<SignatureCheck> checks,
              std::atomic<int64_t>* confirmations, LaneScratch* scratch) const;

  // Rises with every lane that is switched off. A caller that sees it rise
  // while it holds answers it has not told yet asks again for all of them.
  uint32_t num_faults() const;

  // The lane that a check under this key goes to now: kNone if kernels are off.
  Lane LaneOf(const VerifyingKey& key, SignatureScheme scheme) const;
  // What one check costs among many, roughly, for scheduling only.
  uint32_t CostNs(const VerifyingKey& key, Lane lane) const;

  // Tests every lane now, not when it has work: servers do so at the start.
  void TestAllLanes() const;
  // Whether the lane has a kernel that passes its test, which is made now if it
  // was not before, and that has not been switched off since.
  bool IsOn(Lane lane) const;
  // Whether there is a kernel for the lane on this machine, used or not.
  bool HasKernel(Lane lane) const;
  // Why the lane was switched off; absent if it was not.
  absl::optional<LaneFault> Fault(Lane lane) const;
  LaneCounts Counts(Lane lane) const;

 private:
  friend class LaneRun;
  struct LaneState;

  bool IsReady(Lane lane) const;
  void TestLane(Lane lane) const;
  void SwitchOff(Lane lane, LaneFault fault) const;
  LaneState& state(Lane lane) const;

  const simd::Kernels kernels_;
  const LaneOptions options_;
  const std::unique_ptr<LaneState[]> states_;
  // A bit for each lane that was switched off; none is ever cleared. It is one
  // number, so that nobody sees a lane off and its fault not yet counted, or
  // the reverse. Release when a bit is set, acquire when they are read.
  mutable std::atomic<uint32_t> off_lanes_{0};
};

// Buffers of one thread, reused from call to call.
class LaneScratch {
 public:
  LaneScratch();
  ~LaneScratch();
  LaneScratch(const LaneScratch&) = delete;
  LaneScratch& operator=(const LaneScratch&) = delete;

 private:
  friend class LaneRun;
  struct Buffers;
  const std::unique_ptr<Buffers> buffers_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_LANE_VERIFIER_H_
