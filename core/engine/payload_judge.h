// What is made of a payload whose signature is good: the token's type, its
// claims, and what of them the caller wants.
//
// Thread safety: Judge may be called concurrently for different tokens.
#ifndef ASSAY_CORE_ENGINE_PAYLOAD_JUDGE_H_
#define ASSAY_CORE_ENGINE_PAYLOAD_JUDGE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/reason.h"
#include "core/engine/scratch.h"
#include "core/engine/verify_batch.h"
#include "core/jose/claims_validator.h"
#include "core/jose/profile_rules.h"
#include "core/json/members.h"
#include "core/json/reader.h"

namespace assay::engine {

class PayloadJudge {
 public:
  // `batch` outlives it, and it the results, which view what it has selected.
  explicit PayloadJudge(VerifyBatch* batch);
  ~PayloadJudge();
  PayloadJudge(const PayloadJudge&) = delete;
  PayloadJudge& operator=(const PayloadJudge&) = delete;

  // Judges the payload of the token at `index`, behind which json::kPadding
  // bytes are readable, and adds to its result what the view asks for.
  Reason Judge(size_t index, absl::string_view payload, Scratch* scratch);

 private:
  json::Error ReadClaims(absl::string_view payload, Scratch* scratch);
  Reason JudgeKeySetIssuer(const json::Members& claims) const;
  void SelectClaims(size_t index, const json::Object& claims);

  VerifyBatch& batch_;
  const jose::ClaimsJudge claims_judge_;
  absl::optional<jose::ProfileJudge> profile_judge_;  // If there is a profile.
  std::vector<std::string> selected_;  // For kSelectedClaims only.
};

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_PAYLOAD_JUDGE_H_
