#include "tests/support/test_keys.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/const_init.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "core/base/limits.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_set.h"

namespace assay::testing {
namespace {

[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "test set-up failed: %s\n", status.ToString().c_str());
  std::abort();
}

}  // namespace

const jose::Jwk& TestKey(jose::Algorithm algorithm, absl::string_view kid) {
  static absl::Mutex mutex(absl::kConstInit);
  static auto* const made =
      new std::map<std::pair<jose::Algorithm, std::string>, jose::Jwk>;
  absl::MutexLock lock(&mutex);
  const auto id = std::make_pair(algorithm, std::string(kid));
  auto it = made->find(id);
  if (it == made->end()) {
    auto key = jose::GenerateJwk(algorithm, kid, 0);
    if (!key.ok()) Die(key.status());
    it = made->emplace(id, *std::move(key)).first;
  }
  return it->second;
}

void PublishTestKeys(absl::string_view name,
                     const std::vector<const jose::Jwk*>& keys,
                     keys::KeyCache* cache) {
  jose::JwkSet jwks;
  for (const jose::Jwk* key : keys) jwks.keys.push_back(jose::CloneJwk(*key));
  auto key_set = keys::KeySet::Create(name, keys::KeySetUse::kSign,
                                      std::move(jwks), {}, Limits());
  if (!key_set.ok()) Die(key_set.status());
  cache->Publish(*std::move(key_set));
}

std::string TestKeySetName(jose::Algorithm algorithm) {
  return absl::StrCat("set-", jose::AlgorithmName(algorithm));
}

void PublishAllTestKeySets(keys::KeyCache* cache) {
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    PublishTestKeys(TestKeySetName(info.algorithm), {&TestKey(info.algorithm)},
                    cache);
  }
}

}  // namespace assay::testing
