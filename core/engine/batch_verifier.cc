#include "core/engine/batch_verifier.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/certificate_chain.h"
#include "core/crypto/lane_key.h"
#include "core/engine/scratch.h"
#include "core/engine/stop_signal.h"
#include "core/engine/text_arena.h"
#include "core/exec/batch_plan.h"
#include "core/jose/claims_validator.h"
#include "core/jose/compact.h"
#include "core/jose/header.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/profile_rules.h"
#include "core/json/members.h"
#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/keys/certificate_keys.h"
#include "core/keys/header_memo.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::engine {
namespace {

// Tokens whose headers one thread reads before it looks at the clock: about
// 30 us of work.
constexpr size_t kAdmissionChunk = 256;
// Estimated work of one verification chunk: long enough that handing it to a
// thread (about 1 us) does not count, short enough that a deadline is seen
// soon and that two threads finish together.
constexpr uint64_t kChunkCostNs = 500'000;
// Decoding, hashing, JSON and claims, per token and per byte of it.
constexpr uint32_t kFixedCostNs = 200;
constexpr uint32_t kCostNsPerByte = 1;
// What is decoded, checked and judged in one go: as many tokens as fill many
// vectors, as many bytes as stay in a core's cache.
constexpr size_t kBlockTokens = crypto::LaneVerifier::kMaxChecks;
constexpr size_t kBlockBytes = 256 * 1024;

absl::string_view AsText(const uint8_t* bytes, size_t len) {
  return absl::string_view(reinterpret_cast<const char*>(bytes), len);
}

// Never kValid.
Reason ReasonOf(crypto::ChainFault fault) {
  using crypto::ChainFault;
  switch (fault) {
    case ChainFault::kTooLong:
      return Reason::kX5cTooLong;
    case ChainFault::kMalformed:
      return Reason::kX5cMalformed;
    case ChainFault::kWeakKey:
      return Reason::kX5cWeakKey;
    case ChainFault::kWeakSignature:
      return Reason::kX5cWeakSignature;
    case ChainFault::kSelfSigned:
      return Reason::kX5cSelfSigned;
    case ChainFault::kOrder:
      return Reason::kX5cOrder;
    case ChainFault::kUnrelated:
      return Reason::kX5cUnrelated;
    case ChainFault::kIssuerNotCa:
      return Reason::kX5cIssuerNotCa;
    case ChainFault::kPathLength:
      return Reason::kX5cPathLength;
    case ChainFault::kNoPath:
      return Reason::kX5cNoPath;
    case ChainFault::kSignature:
      return Reason::kX5cSignature;
    case ChainFault::kNotYetValid:
      return Reason::kX5cNotYetValid;
    case ChainFault::kExpired:
      return Reason::kX5cExpired;
    case ChainFault::kExtension:
      return Reason::kX5cExtension;
    case ChainFault::kLeafIsCa:
      return Reason::kX5cLeafIsCa;
    case ChainFault::kKeyUsage:
      return Reason::kX5cKeyUsage;
    case ChainFault::kExtendedKeyUsage:
      return Reason::kX5cExtendedKeyUsage;
    case ChainFault::kName:
      return Reason::kX5cName;
    case ChainFault::kNone:
    case ChainFault::kOther:
      break;
  }
  return Reason::kX5cOther;
}

// Tokens are compact and their payloads encoded: nothing else may pass for what
// the policy asks for, and no part for a JWT.
absl::Status CheckForm(const VerifyRequest& request) {
  const jose::Policy& policy = *request.policy;
  const bool needs_parts =
      policy.form == jose::Form::kJwsJson || policy.unencoded_payload;
  if (!request.tokens.empty() && (needs_parts || !request.parts.empty())) {
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
      : verifier_(verifier),
        request_(request),
        policy_(*request.policy),
        key_set_(key_set),
        real_now_(real_now),
        now_(now),
        claims_judge_(policy_, now),
        limits_(verifier.limits_),
        scratch_pool_(*verifier.scratch_pool_),
        stop_(request.deadline, request.cancelled),
        confirmations_(verifier.kernel_options_.max_confirmed_rejections),
        in_parts_(!request.parts.empty()),
        items_(in_parts_ ? request.parts.size() : request.tokens.size()),
        results_(items_.size()) {
    if (policy_.profile.has_value()) profile_judge_.emplace(policy_, now);
    if (request.view == ResultView::kSelectedClaims) {
      selected_.resize(items_.size());
    }
  }
  ~VerifyRun() {
    if (!request_.payloads_are_secret) return;
    if (payloads_ != nullptr) explicit_bzero(payloads_.get(), payloads_len_);
    for (std::string& selected : selected_) WipeString(&selected);
  }

  // Judges all tokens; `pool` may be null.
  void Run(exec::ThreadPool* pool);
  absl::Span<const TokenResult> results() const { return results_; }

 private:
  // What is known of a token between its admission and its verdict.
  struct Item {
    jose::UnverifiedCompact compact;
    const keys::PreparedKey* key = nullptr;  // Null: the verdict is known.
    uint8_t* payload = nullptr;  // Where it is decoded to; null: scratch.
    Reason type_reason = Reason::kValid;  // Told only after the signature.
    bool from_memo = false;
    bool has_other_candidates = false;
    bool from_certificate = false;  // The key came with the token (x5c).
    bool kid_is_keys = false;  // The token had none, so its result tells that.
    // Only of parts: compact.payload is the payload itself. Of all parts, the
    // signing input is yet to be composed.
    bool payload_is_raw = false;
  };

  void RunHere();
  void RunOn(exec::ThreadPool* pool);
  void ForEach(exec::ThreadPool* pool, size_t num,
               absl::FunctionRef<void(size_t)> body) const;

  // Admission: form, header, key. Sets the item's key or the result's reason.
  void AdmitChunk(size_t begin, size_t end);
  void Admit(size_t index, Scratch* scratch);
  Reason AdmitToken(size_t index, Scratch* scratch);
  Reason AdmitParts(size_t index, Scratch* scratch);
  Reason WhyUnread(const jose::JwsParts& parts) const;
  Reason FindKey(size_t index, Scratch* scratch);
  Reason ReadHeader(size_t index, Scratch* scratch);
  bool MayBringKey(const jose::ProtectedHeader& header,
                   const keys::KeyCandidates& own) const;
  Reason FindCertificateKey(size_t index, absl::Span<const std::string> chain);
  Reason JudgeHeader(const jose::ProtectedHeader& header, Item* item) const;

  exec::BatchPlan Plan();
  void ReservePayloads();

  // Verification of admitted tokens, by blocks.
  void JudgeUntilNoFault(absl::FunctionRef<void()> judge);
  void Forget(size_t index);
  void JudgeAll(exec::ThreadPool* pool, const exec::BatchPlan& plan);
  void JudgeTokens(absl::Span<const uint32_t> tokens, Scratch* scratch);
  size_t BlockLength(absl::Span<const uint32_t> tokens, size_t* num_bytes);
  void JudgeBlock(absl::Span<const uint32_t> tokens, size_t num_bytes,
                  Scratch* scratch);
  Reason Decode(size_t index, uint8_t** next, Scratch* scratch);
  size_t DecodedPayloadLen(const Item& item) const;
  size_t ComposedLen(const Item& item) const;
  absl::string_view Compose(const Item& item, uint8_t* out) const;
  void CountUses(const std::vector<crypto::SignatureCheck>& checks);
  void Conclude(const BlockItem& item, const crypto::SignatureCheck& check,
                Scratch* scratch);
  Reason JudgeSignature(size_t index, const crypto::SignatureCheck& check);
  void Remember(size_t index, Scratch* scratch);
  Reason JudgePayload(size_t index, absl::string_view payload,
                      Scratch* scratch);
  json::Error ReadClaims(absl::string_view payload, Scratch* scratch);
  Reason JudgeKeySetIssuer(const json::Members& claims) const;
  void SelectClaims(size_t index, const json::Object& claims);

  void MarkUnprocessed();

  const BatchVerifier& verifier_;
  const VerifyRequest& request_;
  const jose::Policy& policy_;
  const keys::KeySet& key_set_;
  const absl::Time real_now_;
  const absl::Time now_;
  const jose::ClaimsJudge claims_judge_;
  absl::optional<jose::ProfileJudge> profile_judge_;  // If there is a profile.
  const Limits& limits_;
  ScratchPool& scratch_pool_;
  const StopSignal stop_;
  std::atomic<int64_t> confirmations_;  // Left; see KernelOptions.
  jose::IterationBudget new_chains_{kMaxBatchNewChains};
  // Headers whose chain was judged and refused: the next tokens of the same
  // signer cost nothing. No more than the budget lets in.
  std::mutex refused_mutex_;
  absl::flat_hash_map<absl::string_view, Reason> refused_chains_;

  const bool in_parts_;

  // By token; threads write disjoint elements.
  std::vector<Item> items_;
  std::vector<TokenResult> results_;
  std::vector<std::string> selected_;  // For kSelectedClaims only.
  // Kids of headers that no memo holds; one arena per admission chunk.
  std::vector<TextArena> kids_;
  // Keeps the keys alive that came with tokens, by admission chunk: the key set
  // may forget them meanwhile.
  std::vector<std::vector<std::shared_ptr<const keys::PreparedKey>>>
      certificate_keys_;
  std::unique_ptr<uint8_t[]> payloads_;  // For kPayload only.
  size_t payloads_len_ = 0;
  std::vector<uint32_t> admitted_;  // Indices of tokens with a key.
};

void VerifyRun::Run(exec::ThreadPool* pool) {
  if (items_.size() == 1) {
    RunHere();
  } else {
    RunOn(pool);
  }
  MarkUnprocessed();
}

// The short path of a single token: no plan, no other thread.
void VerifyRun::RunHere() {
  kids_.resize(1);
  certificate_keys_.resize(1);
  AdmitChunk(0, 1);
  if (items_[0].key == nullptr || stop_.ShouldStop()) return;
  if (request_.view == ResultView::kPayload) ReservePayloads();
  ScratchPool::Lease scratch(&scratch_pool_);
  admitted_ = {0};
  JudgeUntilNoFault([&] { JudgeTokens(admitted_, &*scratch); });
}

void VerifyRun::RunOn(exec::ThreadPool* pool) {
  const size_t num_tokens = items_.size();
  const size_t num_chunks =
      (num_tokens + kAdmissionChunk - 1) / kAdmissionChunk;
  kids_.resize(num_chunks);
  certificate_keys_.resize(num_chunks);
  ForEach(pool, num_chunks, [&](size_t chunk) {
    const size_t begin = chunk * kAdmissionChunk;
    AdmitChunk(begin, std::min(begin + kAdmissionChunk, num_tokens));
  });

  const exec::BatchPlan plan = Plan();
  if (request_.view == ResultView::kPayload) ReservePayloads();
  JudgeUntilNoFault([&] { JudgeAll(pool, plan); });
}

// A kernel that was found wrong meanwhile, by whatever thread, may have judged
// tokens of this batch before: what it said is forgotten, and all are judged
// again without it. `judge` judges the admitted tokens.
void VerifyRun::JudgeUntilNoFault(absl::FunctionRef<void()> judge) {
  while (true) {
    const uint32_t num_faults = verifier_.lanes_.num_faults();
    judge();
    if (verifier_.lanes_.num_faults() == num_faults) return;
    for (uint32_t index : admitted_) Forget(index);
  }
}

// What judging the token has added to its result.
void VerifyRun::Forget(size_t index) {
  TokenResult& result = results_[index];
  result.reason_ = Reason::kUnspecified;
  result.payload_ = absl::string_view();
  // Else the key's kid would pass for the token's, and narrow the search to a
  // key that the token was perhaps never signed with.
  if (items_[index].kid_is_keys) result.kid_ = absl::string_view();
  items_[index].kid_is_keys = false;
}

void VerifyRun::JudgeAll(exec::ThreadPool* pool, const exec::BatchPlan& plan) {
  ForEach(pool, plan.chunks.size(), [&](size_t chunk) {
    if (stop_.ShouldStop()) return;
    ScratchPool::Lease scratch(&scratch_pool_);
    const exec::Chunk& range = plan.chunks[chunk];
    JudgeTokens(absl::MakeConstSpan(admitted_).subspan(range.begin,
                                                       range.end - range.begin),
                &*scratch);
  });
}

void VerifyRun::ForEach(exec::ThreadPool* pool, size_t num,
                        absl::FunctionRef<void(size_t)> body) const {
  if (pool != nullptr && num > 1 && request_.max_parallelism != 1) {
    pool->ParallelFor(num, request_.max_parallelism, body);
  } else {
    for (size_t i = 0; i < num; ++i) body(i);
  }
}

void VerifyRun::AdmitChunk(size_t begin, size_t end) {
  if (stop_.ShouldStop()) return;
  ScratchPool::Lease scratch(&scratch_pool_);
  for (size_t i = begin; i < end; ++i) Admit(i, &*scratch);
}

void VerifyRun::Admit(size_t index, Scratch* scratch) {
  const Reason reason =
      in_parts_ ? AdmitParts(index, scratch) : AdmitToken(index, scratch);
  if (reason != Reason::kValid) {
    items_[index].key = nullptr;
    results_[index].reason_ = reason;
  }
}

Reason VerifyRun::AdmitToken(size_t index, Scratch* scratch) {
  const Reason reason = jose::SplitCompact(request_.tokens[index], limits_,
                                           &items_[index].compact);
  return reason == Reason::kValid ? FindKey(index, scratch) : reason;
}

// The header memo is left alone: what it holds was said by protected headers of
// compact tokens, and no unprotected kid and no b64 shall change that.
Reason VerifyRun::AdmitParts(size_t index, Scratch* scratch) {
  const jose::JwsParts& parts = request_.parts[index];
  const Reason unread = WhyUnread(parts);
  if (unread != Reason::kValid) {
    // Its b64 alone counts: it must agree with that of the other signatures.
    jose::ProtectedHeader header;
    scratch->header_parser.Parse(parts.header, &header);
    results_[index].b64_ = header.b64;
    return unread;
  }
  Item& item = items_[index];
  item.compact = {parts.header, parts.payload, parts.signature, {}};
  item.payload_is_raw = parts.is_detached || policy_.unencoded_payload;
  return ReadHeader(index, scratch);
}

// Why a signature is rejected before its header counts, or kValid.
Reason VerifyRun::WhyUnread(const jose::JwsParts& parts) const {
  if (parts.reason != Reason::kValid) return parts.reason;
  if (parts.header.size() > limits_.max_header_bytes) {
    return Reason::kHeaderTooLarge;
  }
  if (parts.header.empty() || parts.signature.empty()) {
    return Reason::kEmptySegment;
  }
  return Reason::kValid;
}

// A header that is known needs no JSON.
Reason VerifyRun::FindKey(size_t index, Scratch* scratch) {
  Item& item = items_[index];
  const keys::HeaderMemo::Entry* known =
      key_set_.header_memo().Find(item.compact.header);
  if (known == nullptr) return ReadHeader(index, scratch);

  TokenResult& result = results_[index];
  result.alg_ = known->header.alg;
  if (known->header.kid.has_value()) result.kid_ = *known->header.kid;
  item.key = known->key;
  item.from_memo = true;
  return JudgeHeader(known->header, &item);
}

Reason VerifyRun::ReadHeader(size_t index, Scratch* scratch) {
  Item& item = items_[index];
  TokenResult& result = results_[index];
  jose::ProtectedHeader header;
  const bool is_unencoded = in_parts_ && policy_.unencoded_payload;
  Reason reason = scratch->header_parser.Parse(
      item.compact.header, &header,
      is_unencoded ? jose::PayloadEncoding::kUnencoded
                   : jose::PayloadEncoding::kBase64Url);
  result.alg_ = header.alg;
  if (in_parts_) result.b64_ = header.b64;
  if (in_parts_ && !header.kid.has_value()) {
    header.kid = request_.parts[index].unprotected_kid;
  }
  if (header.kid.has_value()) {
    result.kid_ = kids_[index / kAdmissionChunk].Keep(*header.kid);
  }
  if (reason == Reason::kValid) reason = JudgeHeader(header, &item);
  if (reason != Reason::kValid) return reason;

  const keys::KeyCandidates candidates =
      key_set_.FindForVerify(header.kid, header.alg);
  if (MayBringKey(header, candidates)) {
    std::vector<std::string> chain;
    reason = scratch->header_parser.ReadX5c(&chain);
    if (reason != Reason::kValid) return reason;
    if (!chain.empty()) return FindCertificateKey(index, chain);
    // The set need not have keys of its own, so none are waited for.
    if (candidates.reason == Reason::kKeyUnavailable) {
      return header.kid.has_value() ? Reason::kKidUnknown
                                    : Reason::kNoCompatibleKey;
    }
  }
  item.key = candidates.keys[0];
  item.has_other_candidates = candidates.num_keys > 1;
  return candidates.reason;
}

// Whether the header's x5c counts: where the key set trusts certificates, and
// the header does not name a key of the set itself, whatever that is for.
bool VerifyRun::MayBringKey(const jose::ProtectedHeader& header,
                            const keys::KeyCandidates& own) const {
  if (key_set_.certificate_keys() == nullptr) return false;
  return !header.kid.has_value() || own.reason == Reason::kKidUnknown ||
         own.reason == Reason::kKeyUnavailable;
}

Reason VerifyRun::FindCertificateKey(size_t index,
                                     absl::Span<const std::string> chain) {
  const absl::string_view header = items_[index].compact.header;
  {
    std::lock_guard<std::mutex> lock(refused_mutex_);
    const auto refused = refused_chains_.find(header);
    if (refused != refused_chains_.end()) return refused->second;
  }
  // A chain costs more than a chunk's headers do otherwise.
  if (stop_.ShouldStop()) return Reason::kUnspecified;
  const keys::CertificateKeys::Found found =
      key_set_.certificate_keys()->Find(chain, now_, &new_chains_);
  if (found.budget_spent) return Reason::kX5cBudget;
  if (found.key == nullptr) {
    std::lock_guard<std::mutex> lock(refused_mutex_);
    return refused_chains_.emplace(header, ReasonOf(found.fault)).first->second;
  }
  TokenResult& result = results_[index];
  if (!found.key->verify_algorithms().Contains(result.alg_)) {
    return Reason::kX5cAlgorithm;
  }
  auto& kept = certificate_keys_[index / kAdmissionChunk];
  if (kept.empty() || kept.back() != found.key) kept.push_back(found.key);
  Item& item = items_[index];
  item.key = found.key.get();
  item.from_certificate = true;
  // The header's kid is what the signer likes, and may be a name that somebody
  // asks for as that of another key.
  result.kid_ = item.key->kid();
  return Reason::kValid;
}

// What the policy says of a header, known or new.
Reason VerifyRun::JudgeHeader(const jose::ProtectedHeader& header,
                              Item* item) const {
  if (!policy_.algorithms.empty() && !policy_.algorithms.Contains(header.alg)) {
    return Reason::kAlgorithmNotAllowedByPolicy;
  }
  if (policy_.form == jose::Form::kJwt && header.cty.has_value() &&
      jose::SameMediaType(*header.cty, "JWT")) {
    return Reason::kNestedUnsupported;
  }
  item->type_reason = jose::JudgeType(header, policy_);
  return Reason::kValid;
}

// Leaves `admitted_` in the plan's order.
exec::BatchPlan VerifyRun::Plan() {
  static_assert(crypto::kNumLanes < exec::kMaxKinds, "a lane is a kind");
  std::vector<exec::PlanItem> plan_items;
  std::vector<uint32_t> admitted;
  plan_items.reserve(items_.size());
  admitted.reserve(items_.size());
  for (size_t i = 0; i < items_.size(); ++i) {
    const keys::PreparedKey* key = items_[i].key;
    if (key == nullptr) continue;
    const crypto::Lane lane = verifier_.lanes_.LaneOf(
        key->verifying_key(), jose::InfoOf(results_[i].alg_).scheme);
    // Pointers use fewer than 60 bits, algorithms fewer than 4.
    const uint64_t group = (reinterpret_cast<uintptr_t>(key) << 4) ^
                           static_cast<uint64_t>(results_[i].alg_);
    const uint32_t cost_ns =
        verifier_.lanes_.CostNs(key->verifying_key(), lane) + kFixedCostNs +
        kCostNsPerByte *
            static_cast<uint32_t>(items_[i].compact.header.size() +
                                  items_[i].compact.payload.size());
    plan_items.push_back({group, cost_ns, static_cast<uint8_t>(lane)});
    admitted.push_back(static_cast<uint32_t>(i));
  }
  exec::BatchPlan plan = exec::PlanBatch(plan_items, kChunkCostNs);
  admitted_.reserve(admitted.size());
  for (uint32_t place : plan.order) admitted_.push_back(admitted[place]);
  return plan;
}

// Gives every admitted token a place for its payload, with the JSON reader's
// padding behind it: places do not overlap, whoever reads ahead.
void VerifyRun::ReservePayloads() {
  size_t total = 0;
  for (const Item& item : items_) {
    if (item.key == nullptr) continue;
    total += DecodedPayloadLen(item) + json::kPadding;
  }
  payloads_.reset(new uint8_t[total]);
  payloads_len_ = total;
  uint8_t* next = payloads_.get();
  for (Item& item : items_) {
    if (item.key == nullptr) continue;
    item.payload = next;
    next += DecodedPayloadLen(item);
    std::memset(next, 0, json::kPadding);
    next += json::kPadding;
  }
}

void VerifyRun::JudgeTokens(absl::Span<const uint32_t> tokens,
                            Scratch* scratch) {
  while (!tokens.empty()) {
    size_t num_bytes = 0;
    const size_t num = BlockLength(tokens, &num_bytes);
    JudgeBlock(tokens.subspan(0, num), num_bytes, scratch);
    tokens.remove_prefix(num);
  }
}

// How many of `tokens`, one at least, make up the next block, and the bytes
// that they decode to.
size_t VerifyRun::BlockLength(absl::Span<const uint32_t> tokens,
                              size_t* num_bytes) {
  size_t num = 0;
  for (; num < std::min(tokens.size(), kBlockTokens); ++num) {
    const Item& item = items_[tokens[num]];
    const size_t len = Base64UrlDecodedSize(item.compact.signature.size()) +
                       DecodedPayloadLen(item) + ComposedLen(item);
    if (num > 0 && *num_bytes + len > kBlockBytes) break;
    *num_bytes += len;
  }
  return num;
}

// The order is the point: encoding, signatures, and only then the contents.
void VerifyRun::JudgeBlock(absl::Span<const uint32_t> tokens, size_t num_bytes,
                           Scratch* scratch) {
  scratch->block.clear();
  scratch->checks.clear();
  uint8_t* next = scratch->Buffer(num_bytes);
  for (uint32_t index : tokens) {
    const Reason reason = Decode(index, &next, scratch);
    if (reason != Reason::kValid) results_[index].reason_ = reason;
  }
  verifier_.lanes_.Verify(absl::MakeSpan(scratch->checks), &confirmations_,
                          &scratch->lanes);
  CountUses(scratch->checks);
  for (size_t k = 0; k < scratch->block.size(); ++k) {
    Conclude(scratch->block[k], scratch->checks[k], scratch);
  }
  if (request_.payloads_are_secret) scratch->Wipe(num_bytes);
}

// Decodes a token's payload and signature to `*next` and beyond, and adds it to
// the block if its encoding is good.
Reason VerifyRun::Decode(size_t index, uint8_t** next, Scratch* scratch) {
  const Item& item = items_[index];
  const jose::UnverifiedCompact& compact = item.compact;
  const size_t signature_len = Base64UrlDecodedSize(compact.signature.size());
  if (signature_len > kMaxSignatureLen) return Reason::kSignatureLength;
  uint8_t* const signature = *next;
  if (!Base64UrlDecode(compact.signature, signature)) {
    return Reason::kSignatureEncoding;
  }
  size_t payload_len = DecodedPayloadLen(item);
  uint8_t* const decoded =
      item.payload != nullptr ? item.payload : signature + signature_len;
  const uint8_t* payload = decoded;
  if (item.payload_is_raw) {
    payload = reinterpret_cast<const uint8_t*>(compact.payload.data());
    payload_len = compact.payload.size();
  } else if (!Base64UrlDecode(compact.payload, decoded)) {
    return Reason::kPayloadEncoding;
  }
  *next = signature + signature_len + DecodedPayloadLen(item);

  crypto::SignatureCheck check;
  check.key = &item.key->verifying_key();
  check.scheme = jose::InfoOf(results_[index].alg_).scheme;
  check.message = compact.signing_input;
  if (in_parts_) {
    check.message = Compose(item, *next);
    *next += check.message.size();
  }
  check.signature = AsText(signature, signature_len);
  scratch->checks.push_back(check);
  scratch->block.push_back(
      {static_cast<uint32_t>(index), payload, payload_len});
  return Reason::kValid;
}

// The bytes that the payload is decoded to.
size_t VerifyRun::DecodedPayloadLen(const Item& item) const {
  return item.payload_is_raw
             ? 0
             : Base64UrlDecodedSize(item.compact.payload.size());
}

// The length of the signing input, or 0 for a token, which holds it in one
// piece.
size_t VerifyRun::ComposedLen(const Item& item) const {
  if (!in_parts_) return 0;
  const bool is_to_encode = item.payload_is_raw && !policy_.unencoded_payload;
  const size_t payload_len = item.compact.payload.size();
  return item.compact.header.size() + 1 +
         (is_to_encode ? Base64UrlEncodedSize(payload_len) : payload_len);
}

// Writes the signing input of parts to `out` (RFC 7515 5.2, RFC 7797 3).
absl::string_view VerifyRun::Compose(const Item& item, uint8_t* out) const {
  const absl::string_view header = item.compact.header;
  const absl::string_view payload = item.compact.payload;
  char* next = reinterpret_cast<char*>(out);
  next += header.copy(next, header.size());
  *next++ = '.';
  if (item.payload_is_raw && !policy_.unencoded_payload) {
    Base64UrlEncode(payload, next);
  } else {
    payload.copy(next, payload.size());
  }
  return AsText(out, ComposedLen(item));
}

// Neighbours are mostly under one key, and then counted together. A key whose
// kernel is off needs no table, least of all one that this kernel makes.
void VerifyRun::CountUses(const std::vector<crypto::SignatureCheck>& checks) {
  for (size_t begin = 0; begin < checks.size();) {
    size_t end = begin + 1;
    while (end < checks.size() && checks[end].key == checks[begin].key) ++end;
    const crypto::VerifyingKey& key = *checks[begin].key;
    if (verifier_.lanes_.LaneOf(key, checks[begin].scheme) !=
        crypto::Lane::kNone) {
      verifier_.tables_.Used(key.lane_key(), static_cast<uint32_t>(end - begin),
                             real_now_);
    }
    begin = end;
  }
}

void VerifyRun::Conclude(const BlockItem& item,
                         const crypto::SignatureCheck& check,
                         Scratch* scratch) {
  Reason reason = JudgeSignature(item.index, check);
  if (reason == Reason::kValid) {
    Remember(item.index, scratch);
    reason = JudgePayload(item.index, AsText(item.payload, item.payload_len),
                          scratch);
  }
  TokenResult& result = results_[item.index];
  result.reason_ = reason;
  if (reason != Reason::kValid) {
    result.payload_ = absl::string_view();
  } else if (!result.has_kid()) {
    result.kid_ = items_[item.index].key->kid();
    items_[item.index].kid_is_keys = true;
  }
}

// What the check of the likeliest key means; the others, if there are any, are
// tried one by one.
Reason VerifyRun::JudgeSignature(size_t index,
                                 const crypto::SignatureCheck& check) {
  if (check.valid) return Reason::kValid;
  Item& item = items_[index];
  const TokenResult& result = results_[index];
  const bool right_length =
      check.signature.size() == check.key->SignatureLen(check.scheme);
  if (!item.has_other_candidates) {
    return right_length ? Reason::kSignatureMismatch : Reason::kSignatureLength;
  }

  absl::optional<absl::string_view> kid;
  if (result.has_kid()) kid = result.kid();
  const keys::KeyCandidates candidates =
      key_set_.FindForVerify(kid, result.alg_);
  for (size_t i = 1; i < candidates.num_keys; ++i) {
    if (candidates.keys[i]->verifying_key().Verify(check.scheme, check.message,
                                                   check.signature)) {
      item.key = candidates.keys[i];
      return Reason::kValid;
    }
  }
  return Reason::kSignatureMismatch;
}

// The signature is good: the next token with these header bytes needs no JSON.
void VerifyRun::Remember(size_t index, Scratch* scratch) {
  const Item& item = items_[index];
  if (in_parts_ || item.from_memo || item.has_other_candidates ||
      item.from_certificate) {  // Which expires; the memo does not.
    return;
  }
  keys::HeaderMemo& memo = key_set_.header_memo();
  if (memo.size() >= limits_.max_header_memo_entries ||
      memo.Find(item.compact.header) != nullptr) {
    return;
  }
  jose::ProtectedHeader header;
  if (scratch->header_parser.Parse(item.compact.header, &header) ==
      Reason::kValid) {
    memo.Insert(item.compact.header, header, item.key);
  }
}

Reason VerifyRun::JudgePayload(size_t index, absl::string_view payload,
                               Scratch* scratch) {
  const Item& item = items_[index];
  if (item.type_reason != Reason::kValid) return item.type_reason;
  TokenResult& result = results_[index];
  if (request_.view == ResultView::kPayload) result.payload_ = payload;
  if (!jose::JudgesClaims(policy_.form)) return Reason::kValid;

  switch (ReadClaims(payload, scratch)) {
    case json::Error::kNone:
      break;
    case json::Error::kTooDeep:
      return Reason::kPayloadTooDeep;
    case json::Error::kDuplicateMember:
      return Reason::kPayloadDuplicateMember;
    case json::Error::kSyntax:
      return Reason::kPayloadNotJson;
  }
  Reason reason = claims_judge_.Judge(scratch->claims);
  if (reason == Reason::kValid) reason = JudgeKeySetIssuer(scratch->claims);
  if (reason == Reason::kValid && profile_judge_.has_value()) {
    reason = profile_judge_->Judge(scratch->claims, scratch->claims_object,
                                   result.alg_);
  }
  if (reason == Reason::kValid &&
      request_.view == ResultView::kSelectedClaims) {
    SelectClaims(index, scratch->claims_object);
  }
  return reason;
}

// Whoever wants claims in the answer, or judges what is nested, needs the whole
// values.
json::Error VerifyRun::ReadClaims(absl::string_view payload, Scratch* scratch) {
  json::Reader& reader = scratch->claims_reader;
  const bool needs_object =
      request_.view == ResultView::kSelectedClaims ||
      (profile_judge_.has_value() && profile_judge_->needs_object());
  if (!needs_object) {
    return reader.ParseMembersPadded(payload, &scratch->claims);
  }
  const json::Error error =
      reader.ParseObjectPadded(payload, &scratch->claims_object);
  if (error == json::Error::kNone) {
    json::Reader::CollectMembers(scratch->claims_object, &scratch->claims);
  }
  return error;
}

// A key belongs to its issuer: whatever the policy says, a key set that has
// issuers vouches for their tokens alone. (A claim iss that is no string has
// been refused before.)
Reason VerifyRun::JudgeKeySetIssuer(const json::Members& claims) const {
  const std::vector<std::string>& issuers = key_set_.issuers();
  if (issuers.empty()) return Reason::kValid;
  const json::Value* const iss = claims.Find("iss");
  if (iss == nullptr) return Reason::kIssuerMissing;
  return std::find(issuers.begin(), issuers.end(), iss->text) != issuers.end()
             ? Reason::kValid
             : Reason::kIssuerMismatch;
}

void VerifyRun::SelectClaims(size_t index, const json::Object& claims) {
  std::string& out = selected_[index];
  out.clear();  // Judged again after a kernel's fault, it may hold something.
  json::Writer writer(&out);
  writer.BeginObject();
  for (const std::string& name : request_.selected_claims) {
    simdjson::dom::element value;
    if (claims.at_key(name).get(value)) continue;
    writer.Key(name);
    writer.Raw(simdjson::minify(value));
  }
  writer.EndObject();
  results_[index].payload_ = out;
}

void VerifyRun::MarkUnprocessed() {
  const Reason reason =
      stop_.IsCancelled() ? Reason::kCancelled : Reason::kDeadlineExceeded;
  for (TokenResult& result : results_) {
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
  if (request.tokens.size() > limits_.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch holds at most ", limits_.max_batch_items, " tokens, not ",
        request.tokens.size(), ": send it in parts"));
  }
  if (request.parts.size() > limits_.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the tokens of a batch have at most ", limits_.max_batch_items,
        " signatures, not ", request.parts.size(), ": send it in parts"));
  }
  const absl::Status form = CheckForm(request);
  if (!form.ok()) return form;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const keys::KeySet* key_set = guard.Find(request.key_set);
  if (key_set == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("there is no key set named \"", request.key_set, "\""));
  }
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
