// A policy as it comes over the wire, made into the core's.
#ifndef ASSAY_SERVICE_POLICY_PROTO_H_
#define ASSAY_SERVICE_POLICY_PROTO_H_

#include <string>
#include <vector>

#include "assay/v1/verifier.pb.h"
#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/policy.h"
#include "service/status.h"

namespace assay::service {

// Each further claim costs a look-up per token.
inline constexpr int kMaxSelectedClaims = 64;

// All that a batch needs to know of its policy.
struct VerifyPolicy {
  std::string key_set;
  jose::Policy policy;
  engine::ResultView view = engine::ResultView::kVerdict;
  std::vector<std::string> selected_claims;
  // Of nested tokens; the policy is about the JWT within, so its form is kJwt.
  bool is_nested = false;
  std::string decryption_key_set;
  int max_layers = kDefaultNestedLayers;
};

// Adds a violation for every wrong field, under "policy."; then the result
// must not be used.
VerifyPolicy ReadPolicy(const v1::Policy& proto, Violations* violations);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_POLICY_PROTO_H_
