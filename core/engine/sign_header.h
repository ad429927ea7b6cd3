// The protected header that a signer writes: the same for a whole batch.
#ifndef ASSAY_CORE_ENGINE_SIGN_HEADER_H_
#define ASSAY_CORE_ENGINE_SIGN_HEADER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/jose/algorithm.h"

namespace assay::engine {

struct SignHeader {
  jose::Algorithm alg = jose::Algorithm::kUnspecified;
  absl::string_view kid;
  absl::optional<absl::string_view> typ;
  // b64=false, and crit to say so (RFC 7797).
  bool unencoded_payload = false;
  // A JSON object of further parameters; empty: none.
  absl::string_view extra;
};

// BASE64URL of the header. INVALID_ARGUMENT if typ is not UTF-8, if `extra` is
// no JSON object or holds what is the signer's (alg, kid, typ, crit, b64), and
// if the header exceeds the limit.
absl::StatusOr<std::string> EncodeSignHeader(const SignHeader& header,
                                             const Limits& limits);

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_SIGN_HEADER_H_
