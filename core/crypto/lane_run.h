// One call of LaneVerifier::Verify: sorts checks into lanes, lets the kernels
// judge, and concludes.
//
// Thread safety: none; made, run and dropped by one thread.
#ifndef ASSAY_CORE_CRYPTO_LANE_RUN_H_
#define ASSAY_CORE_CRYPTO_LANE_RUN_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_verifier.h"
#include "core/simd/kernels.h"
#include "core/simd/lane_verdict.h"

namespace assay::crypto {

// By position in a lane's group, not by check, but for `order`.
struct LaneScratch::Buffers {
  static constexpr size_t kMax = LaneVerifier::kMaxChecks;
  template <typename T>
  using PerCheck = std::array<T, kMax>;

  PerCheck<Lane> lanes;      // By check.
  PerCheck<uint16_t> order;  // Checks, grouped by lane.
  PerCheck<simd::LaneVerdict> verdicts;
  PerCheck<std::array<uint8_t, 64>> digests;
  PerCheck<std::array<uint8_t, 64>> macs;
  PerCheck<simd::Sha256Job> sha256_jobs;
  PerCheck<simd::Sha512Job> sha512_jobs;
  PerCheck<simd::EcdsaJob> ecdsa_jobs;
  PerCheck<simd::Ed25519Job> ed25519_jobs;
  PerCheck<simd::RsaJob> rsa_jobs;
  PerCheck<bool> in_range;
  PerCheck<const KeyTable*> tables;
  // By job: which position it is for, and what the kernel said.
  PerCheck<uint16_t> positions;
  PerCheck<simd::LaneVerdict> job_verdicts;
  // Inputs of Ed25519's hash, or RSA's encoded messages.
  std::vector<uint8_t> bytes;

  // Chooses what is rechecked: xorshift64*, started from the system's
  // randomness, so that nobody outside can tell which acceptance it hits.
  uint64_t NextRandom() {
    random ^= random >> 12;
    random ^= random << 25;
    random ^= random >> 27;
    return (random * 0x2545f4914f6cdd1d) >> 32;
  }
  uint64_t random = 1;  // Never 0.
};

class LaneRun {
 public:
  LaneRun(const LaneVerifier& verifier, absl::Span<SignatureCheck> checks,
          std::atomic<int64_t>* confirmations, LaneScratch* scratch)
      : verifier_(verifier),
        kernels_(verifier.kernels_),
        checks_(checks),
        confirmations_(*confirmations),
        buffers_(*scratch->buffers_) {}

  // Answers all checks.
  void Run();

  // What lane's kernel says of all checks, which are all of that lane and have
  // signatures of the right length: for the self test.
  absl::Span<const simd::LaneVerdict> JudgeForSelfTest(Lane lane);
  // Whether the messages of all checks, hashed together, get the digests that
  // BoringSSL gives them.
  bool HashesRightlyForSelfTest(Hash hash);

 private:
  using Group = absl::Span<const uint16_t>;

  void AssignLanes();
  Group OneGroup();
  Lane LaneOf(const SignatureCheck& check) const;
  void RunLane(Lane lane, Group group);

  // Fill buffers_.verdicts.
  void Judge(Lane lane, Group group);
  void JudgeHmac256(Group group);
  void JudgeHmac512(Hash hash, Group group);
  void JudgeEd25519(Group group);
  void JudgeEcdsa(const simd::EcdsaKernel& kernel, Hash hash, Group group);
  void JudgeRsa(const simd::RsaKernel& kernel, Group group);

  void HashMessages(Group group);
  void HashMessages256(Group group);
  void HashMessages512(Hash hash, Group group);
  void HashEd25519Challenges(Group group);
  void CompareMacs(size_t mac_len, Group group);
  bool MatchesEncoding(const SignatureCheck& check, size_t position,
                       const uint8_t* encoded_message, size_t len) const;
  size_t OrderByTable(Group group);
  template <typename Kernel, typename Job>
  void VerifyJobs(const Kernel& kernel, const Job* jobs, size_t num_with_table,
                  size_t num);

  void Conclude(Lane lane, Group group);
  bool PlainAnswer(uint16_t index) const;
  bool ShouldConfirm(bool accepted);

  const LaneVerifier& verifier_;
  const simd::Kernels& kernels_;
  const absl::Span<SignatureCheck> checks_;
  std::atomic<int64_t>& confirmations_;
  LaneScratch::Buffers& buffers_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_LANE_RUN_H_
