#include "core/engine/batch_verifier.h"

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/base/reason.h"
#include "core/crypto/lane.h"
#include "core/engine/batch_size.h"
#include "core/engine/scratch.h"
#include "core/engine/token_admission.h"
#include "core/engine/token_judge.h"
#include "core/engine/verify_batch.h"
#include "core/exec/batch_plan.h"
#include "core/exec/for_each.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/keys/key_set.h"
#include "core/keys/prepared_key.h"

namespace assay::engine {
namespace {

// Estimated work of one verification chunk: long enough that handing it to a
// thread (about 1 us) does not count, short enough that a deadline is seen
// soon and that two threads finish together.
constexpr uint64_t kChunkCostNs = 500'000;
// Decoding, hashing, JSON and claims, per token and per byte of it.
constexpr uint32_t kFixedCostNs = 200;
constexpr uint32_t kCostNsPerByte = 1;

// Tokens are compact and their payloads encoded: nothing else may pass for what
// the policy asks for, and no part for a JWT.
absl::Status CheckForm(const VerifyRequest& request) {
  const jose::Policy& policy = *request.policy;
  if (!request.tokens.empty() &&
      NeedsJwsVerifier(policy, !request.parts.empty())) {
    return absl::InvalidArgumentError(
        "a JWS in JSON or with an unencoded payload is not verified as a "
        "compact token: use JwsVerifier");
  }
  if (!request.parts.empty() && jose::JudgesClaims(policy.form)) {
    return absl::InvalidArgumentError("a JWT is compact: ask for the form JWS");
  }
  return absl::OkStatus();
}

// Whether two keys of the set, which may differ in what they verify, bear
// `kid`.
bool IsKidOfSeveral(const keys::KeySet& key_set, absl::string_view kid) {
  const keys::PreparedKey* first = nullptr;
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    const keys::KeyCandidates found =
        key_set.FindForVerify(kid, info.algorithm);
    for (size_t i = 0; i < found.num_keys; ++i) {
      if (first == nullptr) first = found.keys[i];
      if (found.keys[i] != first) return true;
    }
  }
  return false;
}

// A policy that asks for the signature of each of these kids means each of
// their owners.
absl::Status CheckRequiredKids(const jose::Policy& policy,
                               const keys::KeySet& key_set) {
  for (const std::string& kid : policy.required_kids) {
    if (!IsKidOfSeveral(key_set, kid)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "two keys bear the kid \"", kid,
        "\", which is required: give each a kid of its own, or a signature by "
        "one would pass for the other's"));
  }
  return absl::OkStatus();
}

}  // namespace

// One batch under way. The owner's thread makes it, holds the key set's guard,
// and takes the results; pool threads work on disjoint tokens in between.
class VerifyRun {
 public:
  // `real_now` is the clock's, `now` what claims are judged by.
  VerifyRun(const BatchVerifier& verifier, const VerifyRequest& request,
            const keys::KeySet& key_set, absl::Time real_now, absl::Time now)
      : lanes_(verifier.lanes_),
        scratch_pool_(*verifier.scratch_pool_),
        batch_(request, key_set, verifier.limits_, real_now, now),
        admission_(&batch_, &scratch_pool_),
        judge_(&batch_, &lanes_, &verifier.tables_,
               verifier.kernel_options_.max_confirmed_rejections) {}

  // Judges all tokens; `pool` may be null.
  void Run(exec::ThreadPool* pool);
  absl::Span<const TokenResult> results() const { return batch_.results; }

 private:
  void JudgeOne();
  void JudgeAll(exec::ThreadPool* pool);
  void JudgeUntilNoFault(absl::FunctionRef<void()> judge);
  exec::BatchPlan Plan();
  void MarkUnprocessed();

  const crypto::LaneVerifier& lanes_;
  ScratchPool& scratch_pool_;
  VerifyBatch batch_;
  TokenAdmission admission_;
  TokenJudge judge_;
  std::vector<uint32_t> admitted_;  // Indices of tokens with a key.
};

void VerifyRun::Run(exec::ThreadPool* pool) {
  admission_.AdmitAll(pool);
  if (batch_.items.size() == 1) {
    JudgeOne();
  } else {
    JudgeAll(pool);
  }
  MarkUnprocessed();
}

// The short path of a single token: no plan, no other thread.
void VerifyRun::JudgeOne() {
  if (batch_.items[0].key == nullptr || batch_.stop.ShouldStop()) return;
  judge_.ReservePayloads();
  ScratchPool::Lease scratch(&scratch_pool_,
                             batch_.request.payloads_are_secret);
  admitted_ = {0};
  JudgeUntilNoFault([&] { judge_.Judge(admitted_, &*scratch); });
}

void VerifyRun::JudgeAll(exec::ThreadPool* pool) {
  const exec::BatchPlan plan = Plan();
  judge_.ReservePayloads();
  const auto judge_chunk = [&](size_t chunk) {
    if (batch_.stop.ShouldStop()) return;
    ScratchPool::Lease scratch(&scratch_pool_,
                               batch_.request.payloads_are_secret);
    const exec::Chunk& range = plan.chunks[chunk];
    judge_.Judge(absl::MakeConstSpan(admitted_).subspan(
                     range.begin, range.end - range.begin),
                 &*scratch);
  };
  JudgeUntilNoFault([&] {
    exec::ForEach(pool, plan.chunks.size(), batch_.request.max_parallelism,
                  judge_chunk);
  });
}

// A kernel that was found wrong meanwhile, by whatever thread, may have judged
// tokens of this batch before: what it said is forgotten, and all are judged
// again without it. `judge` judges the admitted tokens.
void VerifyRun::JudgeUntilNoFault(absl::FunctionRef<void()> judge) {
  while (true) {
    const uint32_t num_faults = lanes_.num_faults();
    judge();
    if (lanes_.num_faults() == num_faults) return;
    for (uint32_t index : admitted_) judge_.Forget(index);
  }
}

// Leaves `admitted_` in the plan's order.
exec::BatchPlan VerifyRun::Plan() {
  static_assert(crypto::kNumLanes < exec::kMaxKinds, "a lane is a kind");
  std::vector<exec::PlanItem> plan_items;
  std::vector<uint32_t> admitted;
  plan_items.reserve(batch_.items.size());
  admitted.reserve(batch_.items.size());
  for (size_t i = 0; i < batch_.items.size(); ++i) {
    const keys::PreparedKey* key = batch_.items[i].key;
    if (key == nullptr) continue;
    const crypto::Lane lane = lanes_.LaneOf(
        key->verifying_key(), jose::InfoOf(batch_.results[i].alg_).scheme);
    // Pointers use fewer than 60 bits, algorithms fewer than 4.
    const uint64_t group = (reinterpret_cast<uintptr_t>(key) << 4) ^
                           static_cast<uint64_t>(batch_.results[i].alg_);
    const uint32_t cost_ns =
        lanes_.CostNs(key->verifying_key(), lane) + kFixedCostNs +
        kCostNsPerByte *
            static_cast<uint32_t>(batch_.items[i].compact.header.size() +
                                  batch_.items[i].compact.payload.size());
    plan_items.push_back({group, cost_ns, static_cast<uint8_t>(lane)});
    admitted.push_back(static_cast<uint32_t>(i));
  }
  exec::BatchPlan plan = exec::PlanBatch(plan_items, kChunkCostNs);
  admitted_.reserve(admitted.size());
  for (uint32_t place : plan.order) admitted_.push_back(admitted[place]);
  return plan;
}

void VerifyRun::MarkUnprocessed() {
  const Reason reason = batch_.stop.IsCancelled() ? Reason::kCancelled
                                                  : Reason::kDeadlineExceeded;
  for (TokenResult& result : batch_.results) {
    if (result.reason_ == Reason::kUnspecified) result.reason_ = reason;
  }
}

BatchVerifier::BatchVerifier(const keys::KeyCache* key_cache,
                             exec::ThreadPool* pool, const Clock* clock,
                             const Limits& limits,
                             const KernelOptions& kernel_options)
    : key_cache_(*key_cache),
      pool_(pool),
      clock_(*clock),
      limits_(limits),
      kernel_options_(kernel_options),
      lanes_(kernel_options.kernels, kernel_options.lanes),
      tables_(kernel_options.lanes.use_kernels
                  ? kernel_options.table_budget_bytes
                  : 0),
      scratch_pool_(std::make_unique<ScratchPool>(limits.max_json_depth)) {}

BatchVerifier::~BatchVerifier() = default;

absl::Status BatchVerifier::Verify(
    const VerifyRequest& request,
    absl::FunctionRef<void(const BatchResults&)> consume) const {
  const absl::Status size =
      CheckBatchSize(request.tokens.size(), limits_, "tokens");
  if (!size.ok()) return size;
  if (request.parts.size() > limits_.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the tokens of a batch have at most ", limits_.max_batch_items,
        " signatures, not ", request.parts.size(), ": send it in parts"));
  }
  const absl::Status form = CheckForm(request);
  if (!form.ok()) return form;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const auto found = guard.Get(request.key_set);
  if (!found.ok()) return found.status();
  const keys::KeySet* const key_set = *found;
  // No claim of a JWS is judged, so nothing would say whose it is.
  if (!jose::JudgesClaims(request.policy->form) &&
      !key_set->issuers().empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the keys of key set \"", request.key_set,
                     "\" belong to issuers, which only a JWT names: ask for "
                     "the form JWT"));
  }
  const absl::Status kids = CheckRequiredKids(*request.policy, *key_set);
  if (!kids.ok()) return kids;
  const absl::Time real_now = clock_.Now();
  const absl::Time now = request.policy->as_of.value_or(real_now);
  VerifyRun run(*this, request, *key_set, real_now, now);
  run.Run(pool_);
  consume({now, key_set->generation(), run.results()});
  return absl::OkStatus();
}

}  // namespace assay::engine
