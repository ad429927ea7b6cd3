// Fresh keys and key sets for tests, one key per algorithm.
#ifndef ASSAY_TESTS_SUPPORT_TEST_KEYS_H_
#define ASSAY_TESTS_SUPPORT_TEST_KEYS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/keys/key_cache.h"

namespace assay::testing {

// A key for `algorithm`, made once per process and kid ("" : its thumbprint).
const jose::Jwk& TestKey(jose::Algorithm algorithm, absl::string_view kid = "");

// Publishes copies of `keys` as a signing set, which verifies too.
void PublishTestKeys(absl::string_view name,
                     const std::vector<const jose::Jwk*>& keys,
                     keys::KeyCache* cache);

// The name of the key set that holds only TestKey(algorithm).
std::string TestKeySetName(jose::Algorithm algorithm);
// One signing key set per algorithm, under TestKeySetName.
void PublishAllTestKeySets(keys::KeyCache* cache);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_TEST_KEYS_H_
