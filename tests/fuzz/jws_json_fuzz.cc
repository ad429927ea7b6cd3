// Whole JWS in JSON through the engine. The fuzzer knows no key, so any "valid"
// would be a forgery, of the whole as of one signature; and what the parser
// takes apart is within its bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "core/jose/algorithm.h"
#include "core/jose/jws_json.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "tests/support/test_keys.h"

namespace {

using assay::Reason;

struct Fixture {
  assay::keys::KeyCache cache;
  assay::engine::BatchVerifier batch_verifier{
      &cache, nullptr, assay::Clock::System(), assay::Limits()};
  assay::engine::JwsVerifier verifier{&batch_verifier, nullptr,
                                      assay::Limits()};
  assay::jose::JwsJsonParser parser;
  assay::jose::UnverifiedJwsJson jws;

  Fixture() {
    using assay::jose::Algorithm;
    assay::testing::PublishTestKeys(
        "keys",
        {&assay::testing::TestKey(Algorithm::kEs256, "ec"),
         &assay::testing::TestKey(Algorithm::kEdDsa, "ed"),
         &assay::testing::TestKey(Algorithm::kRs256, "rsa")},
        &cache);
  }

  // Judges `token`, with a detached payload if there is one.
  void ExpectRejected(absl::string_view token, bool unencoded,
                      absl::Span<const absl::string_view> detached) {
    assay::jose::Policy policy;
    policy.form = assay::jose::Form::kJwsJson;
    policy.unencoded_payload = unencoded;
    assay::engine::JwsVerifyRequest request;
    request.key_set = "keys";
    request.policy = &policy;
    request.tokens = absl::MakeConstSpan(&token, 1);
    request.detached_payloads = detached;
    request.view = assay::engine::ResultView::kPayload;
    const absl::Status status =
        verifier.Verify(request, [](const assay::engine::JwsResults& batch) {
          const assay::engine::JwsResult& result = batch.results[0];
          if (result.valid() || result.reason == Reason::kUnspecified) {
            std::abort();
          }
          for (const auto& signature : result.signatures) {
            if (signature.valid()) std::abort();
          }
        });
    if (!status.ok()) std::abort();
  }

  void ExpectInBounds(absl::string_view token) {
    const Reason reason = parser.Parse(token, assay::Limits(), &jws);
    if (jws.num_signatures > assay::kMaxJwsSignatures) std::abort();
    if (reason == Reason::kValid && jws.num_signatures == 0) std::abort();
    if (reason != Reason::kValid) return;
    for (size_t i = 0; i < jws.num_signatures; ++i) {
      const assay::jose::JwsParts& parts = jws.signatures[i];
      if (parts.reason == Reason::kValid && parts.header.empty()) std::abort();
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const fixture = new Fixture;
  const absl::string_view token(reinterpret_cast<const char*>(data), size);
  fixture->ExpectInBounds(token);
  const absl::string_view payload = "payload";
  for (bool unencoded : {false, true}) {
    fixture->ExpectRejected(token, unencoded, {});
    fixture->ExpectRejected(token, unencoded, absl::MakeConstSpan(&payload, 1));
  }
  return 0;
}
