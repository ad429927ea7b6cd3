#include "core/engine/payload_judge.h"

#include <algorithm>

#include "core/base/secret_bytes.h"
#include "core/jose/policy.h"
#include "core/json/minified.h"
#include "core/json/writer.h"

namespace assay::engine {

PayloadJudge::PayloadJudge(VerifyBatch* batch)
    : batch_(*batch), claims_judge_(batch->policy, batch->now) {
  if (batch_.policy.profile.has_value()) {
    profile_judge_.emplace(batch_.policy, batch_.now);
  }
  if (batch_.request.view == ResultView::kSelectedClaims) {
    selected_.resize(batch_.items.size());
  }
}

PayloadJudge::~PayloadJudge() {
  if (!batch_.request.payloads_are_secret) return;
  for (std::string& claims : selected_) WipeString(&claims);
}

Reason PayloadJudge::Judge(size_t index, absl::string_view payload,
                           Scratch* scratch) {
  const VerifyItem& item = batch_.items[index];
  if (item.type_reason != Reason::kValid) return item.type_reason;
  TokenResult& result = batch_.results[index];
  if (batch_.request.view == ResultView::kPayload) result.payload_ = payload;
  if (!jose::JudgesClaims(batch_.policy.form)) return Reason::kValid;

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
      batch_.request.view == ResultView::kSelectedClaims) {
    SelectClaims(index, scratch->claims_object);
  }
  return reason;
}

// Whoever wants claims in the answer, or judges what is nested, needs the whole
// values.
json::Error PayloadJudge::ReadClaims(absl::string_view payload,
                                     Scratch* scratch) {
  json::Reader& reader = scratch->claims_reader;
  const bool needs_object =
      batch_.request.view == ResultView::kSelectedClaims ||
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
Reason PayloadJudge::JudgeKeySetIssuer(const json::Members& claims) const {
  const std::vector<std::string>& issuers = batch_.key_set.issuers();
  if (issuers.empty()) return Reason::kValid;
  const json::Value* const iss = claims.Find("iss");
  if (iss == nullptr) return Reason::kIssuerMissing;
  return std::find(issuers.begin(), issuers.end(), iss->text) != issuers.end()
             ? Reason::kValid
             : Reason::kIssuerMismatch;
}

void PayloadJudge::SelectClaims(size_t index, const json::Object& claims) {
  std::string& out = selected_[index];
  out.clear();  // Judged again after a kernel's fault, it may hold something.
  json::Writer writer(&out);
  writer.BeginObject();
  for (const std::string& name : batch_.request.selected_claims) {
    const auto value = json::Minified(claims, name);
    if (!value.has_value()) continue;
    writer.Key(name);
    writer.Raw(*value);
  }
  writer.EndObject();
  batch_.results[index].payload_ = out;
}

}  // namespace assay::engine
