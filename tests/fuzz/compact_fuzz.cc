// Whole compact tokens through the engine. The fuzzer knows no key, so any
// "valid" would be a forgery; and the answer must not depend on whether a token
// is judged alone or in a batch.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "tests/support/test_keys.h"

namespace {

struct Fixture {
  assay::keys::KeyCache cache;
  assay::engine::BatchVerifier verifier{&cache, nullptr, assay::Clock::System(),
                                        assay::Limits()};
  assay::jose::Policy policy;

  Fixture() {
    using assay::jose::Algorithm;
    assay::testing::PublishTestKeys(
        "keys",
        {&assay::testing::TestKey(Algorithm::kEs256, "ec"),
         &assay::testing::TestKey(Algorithm::kEdDsa, "ed"),
         &assay::testing::TestKey(Algorithm::kRs256, "rsa")},
        &cache);
  }

  std::vector<assay::Reason> Verify(const std::vector<absl::string_view>& all) {
    assay::engine::VerifyRequest request;
    request.key_set = "keys";
    request.policy = &policy;
    request.tokens = all;
    std::vector<assay::Reason> reasons;
    const absl::Status status =
        verifier.Verify(request, [&](const assay::engine::BatchResults& batch) {
          for (const auto& result : batch.results) {
            reasons.push_back(result.reason());
          }
        });
    if (!status.ok()) std::abort();
    return reasons;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const fixture = new Fixture;
  const absl::string_view token(reinterpret_cast<const char*>(data), size);
  const assay::Reason alone = fixture->Verify({token})[0];
  if (alone == assay::Reason::kValid || alone == assay::Reason::kUnspecified) {
    std::abort();
  }
  for (assay::Reason reason : fixture->Verify({token, "a.b.c", token})) {
    if (reason == assay::Reason::kValid) std::abort();
  }
  if (fixture->Verify({"a.b.c", token})[1] != alone) std::abort();
  return 0;
}
