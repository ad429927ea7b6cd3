// Keys for benchmarks: fresh, one key set per algorithm.
#ifndef ASSAY_BENCH_BENCH_KEY_SETS_H_
#define ASSAY_BENCH_BENCH_KEY_SETS_H_

#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/keys/key_cache.h"

namespace assay::bench {

// A key for `algorithm`, made at the first call and kept.
const jose::Jwk& BenchKey(jose::Algorithm algorithm);

// A cache with one signing key set per algorithm, which holds BenchKey alone
// and is named like the algorithm ("ES256"). Made at the first call.
keys::KeyCache& BenchKeyCache();

}  // namespace assay::bench

#endif  // ASSAY_BENCH_BENCH_KEY_SETS_H_
