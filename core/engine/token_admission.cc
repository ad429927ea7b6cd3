#include "core/engine/token_admission.h"

#include "core/engine/chain_reason.h"
#include "core/exec/for_each.h"
#include "core/jose/claims_validator.h"
#include "core/jose/compact.h"
#include "core/jose/policy.h"
#include "core/keys/certificate_keys.h"
#include "core/keys/header_memo.h"

namespace assay::engine {
namespace {

// Tokens whose headers one thread reads before it looks at the clock: about
// 30 us of work.
constexpr size_t kAdmissionChunk = 256;

}  // namespace

void TokenAdmission::AdmitAll(exec::ThreadPool* pool) {
  const size_t num_tokens = batch_.items.size();
  const size_t num_chunks = exec::NumChunks(num_tokens, kAdmissionChunk);
  kids_.resize(num_chunks);
  certificate_keys_.resize(num_chunks);
  exec::ForEachChunk(pool, num_tokens, kAdmissionChunk,
                     batch_.request.max_parallelism,
                     [&](size_t begin, size_t end) { AdmitChunk(begin, end); });
}

void TokenAdmission::AdmitChunk(size_t begin, size_t end) {
  if (batch_.stop.ShouldStop()) return;
  ScratchPool::Lease scratch(&scratch_pool_);
  for (size_t i = begin; i < end; ++i) Admit(i, &*scratch);
}

void TokenAdmission::Admit(size_t index, Scratch* scratch) {
  const Reason reason =
      batch_.in_parts ? AdmitParts(index, scratch) : AdmitToken(index, scratch);
  if (reason != Reason::kValid) {
    batch_.items[index].key = nullptr;
    batch_.results[index].reason_ = reason;
  }
}

Reason TokenAdmission::AdmitToken(size_t index, Scratch* scratch) {
  const Reason reason =
      jose::SplitCompact(batch_.request.tokens[index], batch_.limits,
                         &batch_.items[index].compact);
  return reason == Reason::kValid ? FindKey(index, scratch) : reason;
}

// The header memo is left alone: what it holds was said by protected headers of
// compact tokens, and no unprotected kid and no b64 shall change that.
Reason TokenAdmission::AdmitParts(size_t index, Scratch* scratch) {
  const jose::JwsParts& parts = batch_.request.parts[index];
  const Reason unread = WhyUnread(parts);
  if (unread != Reason::kValid) {
    // Its b64 alone counts: it must agree with that of the other signatures.
    jose::ProtectedHeader header;
    scratch->header_parser.Parse(parts.header, &header);
    batch_.results[index].b64_ = header.b64;
    return unread;
  }
  VerifyItem& item = batch_.items[index];
  item.compact = {parts.header, parts.payload, parts.signature, {}};
  item.payload_is_raw = parts.is_detached || batch_.policy.unencoded_payload;
  return ReadHeader(index, scratch);
}

// Why a signature is rejected before its header counts, or kValid.
Reason TokenAdmission::WhyUnread(const jose::JwsParts& parts) const {
  if (parts.reason != Reason::kValid) return parts.reason;
  if (parts.header.size() > batch_.limits.max_header_bytes) {
    return Reason::kHeaderTooLarge;
  }
  if (parts.header.empty() || parts.signature.empty()) {
    return Reason::kEmptySegment;
  }
  return Reason::kValid;
}

// A header that is known needs no JSON.
Reason TokenAdmission::FindKey(size_t index, Scratch* scratch) {
  VerifyItem& item = batch_.items[index];
  const keys::HeaderMemo::Entry* known =
      batch_.key_set.header_memo().Find(item.compact.header);
  if (known == nullptr) return ReadHeader(index, scratch);

  TokenResult& result = batch_.results[index];
  result.alg_ = known->header.alg;
  if (known->header.kid.has_value()) result.kid_ = *known->header.kid;
  item.key = known->key;
  item.from_memo = true;
  return JudgeHeader(known->header, &item);
}

Reason TokenAdmission::ReadHeader(size_t index, Scratch* scratch) {
  VerifyItem& item = batch_.items[index];
  TokenResult& result = batch_.results[index];
  jose::ProtectedHeader header;
  const bool is_unencoded = batch_.in_parts && batch_.policy.unencoded_payload;
  Reason reason = scratch->header_parser.Parse(
      item.compact.header, &header,
      is_unencoded ? jose::PayloadEncoding::kUnencoded
                   : jose::PayloadEncoding::kBase64Url);
  result.alg_ = header.alg;
  if (batch_.in_parts) result.b64_ = header.b64;
  if (batch_.in_parts && !header.kid.has_value()) {
    header.kid = batch_.request.parts[index].unprotected_kid;
  }
  if (header.kid.has_value()) {
    result.kid_ = kids_[index / kAdmissionChunk].Keep(*header.kid);
  }
  if (reason == Reason::kValid) reason = JudgeHeader(header, &item);
  if (reason != Reason::kValid) return reason;

  const keys::KeyCandidates candidates =
      batch_.key_set.FindForVerify(header.kid, header.alg);
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
bool TokenAdmission::MayBringKey(const jose::ProtectedHeader& header,
                                 const keys::KeyCandidates& own) const {
  if (batch_.key_set.certificate_keys() == nullptr) return false;
  return !header.kid.has_value() || own.reason == Reason::kKidUnknown ||
         own.reason == Reason::kKeyUnavailable;
}

Reason TokenAdmission::FindCertificateKey(size_t index,
                                          absl::Span<const std::string> chain) {
  const absl::string_view header = batch_.items[index].compact.header;
  {
    std::lock_guard<std::mutex> lock(refused_mutex_);
    const auto refused = refused_chains_.find(header);
    if (refused != refused_chains_.end()) return refused->second;
  }
  // A chain costs more than a chunk's headers do otherwise.
  if (batch_.stop.ShouldStop()) return Reason::kUnspecified;
  const keys::CertificateKeys::Found found =
      batch_.key_set.certificate_keys()->Find(chain, batch_.now, &new_chains_);
  if (found.budget_spent) return Reason::kX5cBudget;
  if (found.key == nullptr) {
    std::lock_guard<std::mutex> lock(refused_mutex_);
    return refused_chains_.emplace(header, ReasonOf(found.fault)).first->second;
  }
  TokenResult& result = batch_.results[index];
  if (!found.key->verify_algorithms().Contains(result.alg_)) {
    return Reason::kX5cAlgorithm;
  }
  auto& kept = certificate_keys_[index / kAdmissionChunk];
  if (kept.empty() || kept.back() != found.key) kept.push_back(found.key);
  VerifyItem& item = batch_.items[index];
  item.key = found.key.get();
  item.from_certificate = true;
  // The header's kid is what the signer likes, and may be a name that somebody
  // asks for as that of another key.
  result.kid_ = item.key->kid();
  return Reason::kValid;
}

// What the policy says of a header, known or new.
Reason TokenAdmission::JudgeHeader(const jose::ProtectedHeader& header,
                                   VerifyItem* item) const {
  if (!batch_.policy.algorithms.empty() &&
      !batch_.policy.algorithms.Contains(header.alg)) {
    return Reason::kAlgorithmNotAllowedByPolicy;
  }
  if (batch_.policy.form == jose::Form::kJwt && header.cty.has_value() &&
      jose::SameMediaType(*header.cty, "JWT")) {
    return Reason::kNestedUnsupported;
  }
  item->type_reason = jose::JudgeType(header, batch_.policy);
  return Reason::kValid;
}

}  // namespace assay::engine
