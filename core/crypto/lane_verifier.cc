#include "core/crypto/lane_verifier.h"

#include <algorithm>
#include <bitset>
#include <cstdio>
#include <cstdlib>

#include "core/crypto/kernel_self_test.h"
#include "core/crypto/lane_run.h"
#include "core/crypto/lane_state.h"
#include "core/crypto/random.h"

namespace assay::crypto {
namespace {

// How many times faster than BoringSSL a full vector is, rounded down: for
// cutting work into chunks (//bench:kernels measures it).
struct Speedup {
  uint32_t with_table, without;
};
constexpr Speedup kSmallCurveSpeedup = {25, 5};
constexpr Speedup kLargeCurveSpeedup = {60, 16};  // P-384 and P-521
constexpr uint32_t kRsaSpeedup = 3;
constexpr uint32_t kHmacSpeedup = 2;

Lane HmacLane(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return Lane::kHmacSha256;
    case Hash::kSha384:
      return Lane::kHmacSha384;
    case Hash::kSha512:
      return Lane::kHmacSha512;
  }
  return Lane::kNone;
}

static_assert(kNumLanes <= 32, "a lane is a bit");
uint32_t BitOf(Lane lane) { return uint32_t{1} << static_cast<int>(lane); }

}  // namespace

absl::string_view LaneFaultText(LaneFault fault) {
  switch (fault) {
    case LaneFault::kSelfTest:
      return "failed its self test";
    case LaneFault::kWrongRejected:
      return "rejected what BoringSSL accepts";
    case LaneFault::kWrongAccepted:
      return "accepted what BoringSSL rejects";
  }
  return "";
}

LaneScratch::LaneScratch() : buffers_(std::make_unique<Buffers>()) {
  uint8_t seed[sizeof(buffers_->random)];
  RandomBytes(seed, sizeof(seed));
  std::memcpy(&buffers_->random, seed, sizeof(seed));
  buffers_->random |= 1;
}

LaneScratch::~LaneScratch() = default;

LaneVerifier::LaneVerifier(const simd::Kernels& kernels, LaneOptions options)
    : kernels_(kernels),
      options_(std::move(options)),
      states_(std::make_unique<LaneState[]>(kNumLanes)) {}

LaneVerifier::~LaneVerifier() = default;

void LaneVerifier::Verify(absl::Span<SignatureCheck> checks,
                          std::atomic<int64_t>* confirmations,
                          LaneScratch* scratch) const {
  if (checks.size() > kMaxChecks) {
    // A programmer's error, and the end of every buffer.
    std::fprintf(stderr, "LaneVerifier: %zu checks in a call, at most %zu\n",
                 checks.size(), kMaxChecks);
    std::abort();
  }
  LaneRun(*this, checks, confirmations, scratch).Run();
}

Lane LaneVerifier::LaneOf(const VerifyingKey& key,
                          SignatureScheme scheme) const {
  if (!options_.use_kernels || !key.Supports(scheme)) return Lane::kNone;
  Lane lane = Lane::kNone;
  if (key.hmac_key() != nullptr) {
    lane = HmacLane(scheme.hash);
  } else if (key.lane_key() != nullptr) {
    lane = key.lane_key()->lane();
  }
  return lane != Lane::kNone && HasKernel(lane) && IsReady(lane) ? lane
                                                                 : Lane::kNone;
}

uint32_t LaneVerifier::CostNs(const VerifyingKey& key, Lane lane) const {
  const uint32_t plain_ns = key.VerifyCostNs();
  if (lane == Lane::kNone) return plain_ns;
  if (IsHmac(lane)) return plain_ns / kHmacSpeedup;
  if (IsRsa(lane)) return plain_ns / kRsaSpeedup;
  const Speedup& speedup = lane == Lane::kP384 || lane == Lane::kP521
                               ? kLargeCurveSpeedup
                               : kSmallCurveSpeedup;
  return plain_ns / (key.lane_key()->table() != nullptr ? speedup.with_table
                                                        : speedup.without);
}

bool LaneVerifier::HasKernel(Lane lane) const {
  switch (lane) {
    case Lane::kHmacSha256:
      return kernels_.sha256 != nullptr;
    case Lane::kHmacSha384:
    case Lane::kHmacSha512:
      return kernels_.sha512 != nullptr;
    case Lane::kEd25519:
      return kernels_.ed25519 != nullptr;
    case Lane::kP256:
      return kernels_.p256 != nullptr;
    case Lane::kP384:
      return kernels_.p384 != nullptr;
    case Lane::kP521:
      return kernels_.p521 != nullptr;
    case Lane::kRsa2048:
      return kernels_.rsa2048 != nullptr;
    case Lane::kRsa3072:
      return kernels_.rsa3072 != nullptr;
    case Lane::kRsa4096:
      return kernels_.rsa4096 != nullptr;
    case Lane::kNone:
      break;
  }
  return false;
}

LaneVerifier::LaneState& LaneVerifier::state(Lane lane) const {
  return states_[static_cast<size_t>(lane)];
}

bool LaneVerifier::IsOn(Lane lane) const {
  if (lane == Lane::kNone || !options_.use_kernels || !HasKernel(lane)) {
    return false;
  }
  if (!state(lane).is_tested.load(std::memory_order_acquire)) TestLane(lane);
  return (off_lanes_.load(std::memory_order_acquire) & BitOf(lane)) == 0;
}

// As IsOn, but that a lane is not tested before it has enough work.
bool LaneVerifier::IsReady(Lane lane) const {
  LaneState& lane_state = state(lane);
  if (!lane_state.is_tested.load(std::memory_order_acquire) &&
      lane_state.checks_seen.fetch_add(1, std::memory_order_relaxed) <
          options_.test_after_checks) {
    return false;
  }
  return IsOn(lane);
}

void LaneVerifier::TestLane(Lane lane) const {
  LaneState& lane_state = state(lane);
  std::lock_guard<std::mutex> lock(lane_state.testing);
  if (lane_state.is_tested.load(std::memory_order_acquire)) return;
  if (!PassesSelfTest(*this, lane)) SwitchOff(lane, LaneFault::kSelfTest);
  // Only now: until then the others wait for the lock.
  lane_state.is_tested.store(true, std::memory_order_release);
}

void LaneVerifier::TestAllLanes() const {
  for (size_t lane = 0; lane < kNumLanes; ++lane) {
    IsOn(static_cast<Lane>(lane));
  }
}

void LaneVerifier::SwitchOff(Lane lane, LaneFault fault) const {
  int expected = LaneState::kNoFault;  // The first fault counts.
  state(lane).fault.compare_exchange_strong(expected, static_cast<int>(fault),
                                            std::memory_order_relaxed);
  const uint32_t before =
      off_lanes_.fetch_or(BitOf(lane), std::memory_order_acq_rel);
  if ((before & BitOf(lane)) != 0) return;
  // Told last: the owner may ask this verifier whether the lane is on.
  state(lane).is_tested.store(true, std::memory_order_release);
  if (options_.on_fault) options_.on_fault(lane, fault);
}

uint32_t LaneVerifier::num_faults() const {
  return static_cast<uint32_t>(
      std::bitset<kNumLanes>(off_lanes_.load(std::memory_order_acquire))
          .count());
}

absl::optional<LaneFault> LaneVerifier::Fault(Lane lane) const {
  if ((off_lanes_.load(std::memory_order_acquire) & BitOf(lane)) == 0) {
    return absl::nullopt;
  }
  return static_cast<LaneFault>(
      state(lane).fault.load(std::memory_order_relaxed));
}

LaneCounts LaneVerifier::Counts(Lane lane) const {
  const LaneState& from = state(lane);
  LaneCounts counts;
  counts.checks = from.checks.load(std::memory_order_relaxed);
  counts.undecided = from.undecided.load(std::memory_order_relaxed);
  counts.confirmed = from.confirmed.load(std::memory_order_relaxed);
  counts.rechecked = from.rechecked.load(std::memory_order_relaxed);
  counts.mismatches = from.mismatches.load(std::memory_order_relaxed);
  return counts;
}

}  // namespace assay::crypto
