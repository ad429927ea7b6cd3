// Tokens for benchmarks: distinct, of a realistic size, and good.
#ifndef ASSAY_BENCH_BENCH_TOKENS_H_
#define ASSAY_BENCH_BENCH_TOKENS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "core/jose/algorithm.h"
#include "core/jose/policy.h"

namespace assay::bench {

// `num` claims objects of 9 claims, 270 to 330 bytes, all different, which
// BenchPolicy accepts.
std::vector<std::string> BenchClaims(size_t num);

// Issuer, audience and expiry, for BenchClaims.
jose::Policy BenchPolicy();

// The claims signed with the only key of the key set in BenchKeyCache that is
// named like the algorithm: tokens of about 450 to 750 bytes. Signed at the
// first call for a number and kept: signing by RSA takes longer than what is
// measured, and Google Benchmark calls a benchmark several times. Aborts on
// failure. One thread at a time.
const std::vector<std::string>& BenchTokens(jose::Algorithm algorithm,
                                            size_t num);

}  // namespace assay::bench

#endif  // ASSAY_BENCH_BENCH_TOKENS_H_
