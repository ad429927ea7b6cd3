// Sign options as they come over the wire, made into the core's.
#ifndef ASSAY_SERVICE_SIGN_OPTIONS_PROTO_H_
#define ASSAY_SERVICE_SIGN_OPTIONS_PROTO_H_

#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "assay/v1/signer.pb.h"
#include "core/engine/batch_signer.h"
#include "service/status.h"

namespace assay::service {

// A token that outlives this is a mistake in a unit.
inline constexpr absl::Duration kMaxStampAhead = absl::Hours(24 * 366 * 100);

// All that a batch needs to know of its options.
struct SigningOptions {
  std::string key_set;
  absl::optional<std::string> kid;
  // For kJwsJson; empty: `kid` alone.
  std::vector<std::string> kids;
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  engine::SignOptions options;
};

// Adds a violation for every wrong field, under "options."; then the result
// must not be used. The extra header is judged by the engine.
SigningOptions ReadSignOptions(const v1::SignOptions& proto,
                               Violations* violations);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_SIGN_OPTIONS_PROTO_H_
