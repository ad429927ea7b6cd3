// Claims objects under a policy that asks for everything, read in both ways.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/jose/claims_validator.h"
#include "core/jose/policy.h"
#include "core/json/members.h"
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

assay::Reason Judge(const assay::jose::Policy& policy,
                    const assay::json::Members& claims) {
  return assay::jose::ClaimsJudge(policy, absl::FromUnixSeconds(1700000000))
      .Judge(claims);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const assay::jose::Policy demanding = Demanding();
  static const assay::jose::Policy lax;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string padded =
      absl::StrCat(text, std::string(assay::json::kPadding, '}'));
  const size_t max_depth = assay::Limits().max_json_depth;
  assay::json::Reader reader(max_depth);
  assay::json::Members claims;
  const assay::json::Error error = reader.ParseMembersPadded(
      absl::string_view(padded.data(), text.size()), &claims);

  // The quick way and simdjson's answer alike.
  assay::json::Reader simdjson_reader(max_depth);
  assay::json::Object object;
  if (simdjson_reader.ParseObject(text, &object) != error) std::abort();
  if (error != assay::json::Error::kNone) return 0;
  assay::json::Members same_claims;
  assay::json::Reader::CollectMembers(object, &same_claims);

  const assay::Reason strict = Judge(demanding, claims);
  const assay::Reason loose = Judge(lax, claims);
  if (strict != Judge(demanding, same_claims)) std::abort();
  if (loose != Judge(lax, same_claims)) std::abort();
  // Whoever satisfies the demanding policy satisfies the lax one.
  if (strict == assay::Reason::kValid && loose != assay::Reason::kValid) {
    std::abort();
  }
  return 0;
}
