#include "tests/conformance/engine_harness.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/jwk.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "gtest/gtest.h"

namespace assay::testing {
namespace {

constexpr char kKeySetName[] = "only";

// Publishes the set of `jwk` alone. False, with a test failure, if it cannot.
bool PublishKey(absl::string_view jwk, keys::KeyCache* cache) {
  absl::StatusOr<jose::JwkSet> jwks =
      jose::ParseJwkSet(absl::StrCat("{\"keys\":[", jwk, "]}"), Limits());
  EXPECT_TRUE(jwks.ok()) << jwks.status();
  if (!jwks.ok()) return false;
  auto key_set = keys::KeySet::Create(kKeySetName, keys::KeySetUse::kVerify,
                                      *std::move(jwks), {}, Limits());
  EXPECT_TRUE(key_set.ok()) << key_set.status();
  if (!key_set.ok()) return false;
  cache->Publish(*std::move(key_set));
  return true;
}

}  // namespace

std::vector<Judgement> JudgeTokens(absl::string_view jwk,
                                   const std::vector<std::string>& tokens,
                                   const jose::Policy& policy) {
  keys::KeyCache cache;
  std::vector<Judgement> judgements(tokens.size());
  if (!PublishKey(jwk, &cache)) return judgements;
  const engine::BatchVerifier verifier(&cache, /*pool=*/nullptr,
                                       Clock::System(), Limits());
  const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
  engine::VerifyRequest request;
  request.key_set = kKeySetName;
  request.policy = &policy;
  request.tokens = views;
  request.view = engine::ResultView::kPayload;
  const absl::Status status =
      verifier.Verify(request, [&](const engine::BatchResults& batch) {
        ASSERT_EQ(batch.results.size(), tokens.size());
        for (size_t i = 0; i < tokens.size(); ++i) {
          judgements[i] = {batch.results[i].reason(),
                           std::string(batch.results[i].payload())};
        }
      });
  EXPECT_TRUE(status.ok()) << status;
  return judgements;
}

}  // namespace assay::testing
