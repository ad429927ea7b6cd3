// The compression of JWE's zip "DEF" (RFC 7516 4.1.3): raw DEFLATE (RFC 1951),
// without zlib's header or checksum, as the content is authenticated anyway.
//
// What inflates may be a bomb: it grows by small steps, each of which is paid
// for before it is kept (CVE-2024-28180 and its kin).
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_DEFLATE_H_
#define ASSAY_CORE_JOSE_DEFLATE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/jose/iteration_budget.h"

namespace assay::jose {

// Counts bytes that contents of one batch inflate to, as its namesake counts
// iterations.
using InflateBudget = IterationBudget;

// Compresses `plaintext` into `*out`, which is overwritten and a secret like
// it. False if there is no memory.
bool Deflate(absl::string_view plaintext, std::string* out);

// Inflates `compressed`, which must be one whole stream and nothing else, into
// `*out`, which is overwritten and a secret. kValid, or kInflatedTooLarge for
// more than `max_bytes`, kInflateBudgetSpent (what was charged stays charged),
// kContentNotDeflate; then `*out` is empty. Time and memory are in proportion
// to `max_bytes` and the length of `compressed` at most.
DecryptReason Inflate(absl::string_view compressed, size_t max_bytes,
                      InflateBudget* budget, std::string* out);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_DEFLATE_H_
