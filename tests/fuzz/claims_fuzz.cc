// Claims objects under a policy that asks for everything.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/jose/claims_validator.h"
#include "core/jose/policy.h"
#include "core/json/reader.h"

namespace {

assay::jose::Policy Demanding() {
  assay::jose::Policy policy;
  policy.issuers = {"i"};
  policy.audiences = {"a", "b"};
  policy.subject = "s";
  policy.required_claims = {"exp", "jti"};
  policy.clock_skew = absl::Seconds(60);
  policy.max_age = absl::Hours(1);
  return policy;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const assay::jose::Policy demanding = Demanding();
  static const assay::jose::Policy lax;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  assay::json::Reader reader(assay::Limits().max_json_depth);
  assay::json::Object claims;
  if (reader.ParseObject(text, &claims) != assay::json::Error::kNone) return 0;
  const absl::Time now = absl::FromUnixSeconds(1700000000);
  const auto strict = assay::jose::JudgeClaims(claims, demanding, now);
  const auto loose = assay::jose::JudgeClaims(claims, lax, now);
  // Whoever satisfies the demanding policy satisfies the lax one.
  if (strict == assay::Reason::kValid && loose != assay::Reason::kValid) {
    std::abort();
  }
  return 0;
}
