#include "bench/bench_key_sets.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_set.h"

namespace assay::bench {
namespace {

[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "could not make the benchmark's keys: %s\n",
               status.ToString().c_str());
  std::abort();
}

std::unique_ptr<keys::KeySet> MakeKeySet(jose::Algorithm algorithm) {
  jose::JwkSet jwks;
  jwks.keys.push_back(jose::CloneJwk(BenchKey(algorithm)));
  auto key_set = keys::KeySet::Create(jose::AlgorithmName(algorithm),
                                      keys::KeySetUse::kSign, std::move(jwks),
                                      {}, Limits());
  if (!key_set.ok()) Die(key_set.status());
  return *std::move(key_set);
}

}  // namespace

const jose::Jwk& BenchKey(jose::Algorithm algorithm) {
  static auto* const keys =
      new std::array<absl::optional<jose::Jwk>, jose::kNumAlgorithms>;
  absl::optional<jose::Jwk>& key = (*keys)[static_cast<size_t>(algorithm)];
  if (!key.has_value()) {
    auto made = jose::GenerateJwk(algorithm, "", 0);
    if (!made.ok()) Die(made.status());
    key = *std::move(made);
  }
  return *key;
}

keys::KeyCache& BenchKeyCache() {
  static keys::KeyCache* const cache = [] {
    auto* made = new keys::KeyCache;
    for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
      made->Publish(MakeKeySet(info.algorithm));
    }
    return made;
  }();
  return *cache;
}

}  // namespace assay::bench
