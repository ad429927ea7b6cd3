// Tokens for benchmarks: distinct, of a realistic size, and good.
#ifndef ASSAY_BENCH_BENCH_TOKENS_H_
#define ASSAY_BENCH_BENCH_TOKENS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"

namespace assay::bench {

// `num` claims objects of 9 claims, 270 to 330 bytes, all different, which
// BenchPolicy accepts.
std::vector<std::string> BenchClaims(size_t num);

// Issuer, audience and expiry, for BenchClaims.
jose::Policy BenchPolicy();

// The claims signed with the only key of `key_set`: tokens of about 450 to 750
// bytes. Aborts on failure.
std::vector<std::string> SignBenchTokens(const keys::KeyCache& cache,
                                         absl::string_view key_set,
                                         jose::Algorithm algorithm, size_t num);

}  // namespace assay::bench

#endif  // ASSAY_BENCH_BENCH_TOKENS_H_
