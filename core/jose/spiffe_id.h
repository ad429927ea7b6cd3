// SPIFFE IDs: spiffe://trust-domain/path (SPIFFE-ID 2).
#ifndef ASSAY_CORE_JOSE_SPIFFE_ID_H_
#define ASSAY_CORE_JOSE_SPIFFE_ID_H_

#include "absl/strings/string_view.h"

namespace assay::jose {

// SPIFFE-ID 2.1: 1 to 255 of a-z, 0-9, '.', '-' and '_'.
bool IsTrustDomain(absl::string_view text);

// Whether `text` names a workload: a trust domain and a path of at least one
// segment, each of letters, digits, '.', '-' and '_' and none of them "." or
// "..", at most 2048 bytes in all. There is no percent-encoding, query or port
// in a SPIFFE ID, and one way to write it. `*trust_domain` is a view of `text`.
bool ReadSpiffeId(absl::string_view text, absl::string_view* trust_domain);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_SPIFFE_ID_H_
