// The whole verifying pipeline as one function, for tests that have keys as
// JSON and tokens as text.
#ifndef ASSAY_TESTS_CONFORMANCE_ENGINE_HARNESS_H_
#define ASSAY_TESTS_CONFORMANCE_ENGINE_HARNESS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/base/reason.h"
#include "core/jose/policy.h"

namespace assay::testing {

struct Judgement {
  Reason reason = Reason::kUnspecified;
  std::string payload;  // Of a valid token.
};

// What the batch verifier says of `tokens`, in one batch, when `jwk` is the
// only key of their key set. A key that is refused leaves the set empty.
std::vector<Judgement> JudgeTokens(absl::string_view jwk,
                                   const std::vector<std::string>& tokens,
                                   const jose::Policy& policy);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_CONFORMANCE_ENGINE_HARNESS_H_
