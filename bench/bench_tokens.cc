#include "bench/bench_tokens.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench/bench_key_sets.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/engine/batch_signer.h"

namespace assay::bench {
namespace {

std::vector<std::string> Sign(jose::Algorithm algorithm, size_t num) {
  const std::vector<std::string> claims = BenchClaims(num);
  const std::vector<absl::string_view> payloads(claims.begin(), claims.end());
  const engine::BatchSigner signer(&BenchKeyCache(), nullptr, Clock::System(),
                                   Limits());
  engine::SignOptions options;
  options.typ = "JWT";
  engine::SignRequest request;
  request.key_set = jose::AlgorithmName(algorithm);
  request.alg = algorithm;
  request.options = &options;
  request.payloads = payloads;
  std::vector<std::string> tokens;
  const absl::Status status =
      signer.Sign(request, [&](const engine::SignResults& results) {
        for (const engine::SignResult& result : results.results) {
          tokens.emplace_back(result.token);
        }
      });
  if (!status.ok() || tokens.size() != num || tokens.back().empty()) {
    std::fprintf(stderr, "could not sign the benchmark's tokens: %s\n",
                 status.ToString().c_str());
    std::abort();
  }
  return tokens;
}

}  // namespace

std::vector<std::string> BenchClaims(size_t num) {
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  std::vector<std::string> claims;
  claims.reserve(num);
  for (size_t i = 0; i < num; ++i) {
    claims.push_back(absl::StrCat(
        R"({"iss":"https://issuer.example.com/tenant-7","sub":"user-)",
        100'000'000 + i,
        R"(","aud":["https://api.example.com","https://other.example.com"],)",
        R"("exp":)", now + 86'400, R"(,"nbf":)", now - 60, R"(,"iat":)",
        now - 60, R"(,"jti":"0d5f9a7c-3b1e-4c8a-9f00-)",
        100'000'000'000 + i * 7919,
        R"(","scope":"read:orders write:orders read:profile","client_id":)",
        R"("s6BhdRkqt3"})"));
  }
  return claims;
}

jose::Policy BenchPolicy() {
  jose::Policy policy;
  policy.issuers = {"https://issuer.example.com/tenant-7"};
  policy.audiences = {"https://api.example.com"};
  policy.required_claims = {"exp"};
  return policy;
}

const std::vector<std::string>& BenchTokens(jose::Algorithm algorithm,
                                            size_t num) {
  static auto* const kept = new std::map<std::pair<jose::Algorithm, size_t>,
                                         std::vector<std::string>>;
  std::vector<std::string>& tokens = (*kept)[{algorithm, num}];
  if (tokens.empty()) tokens = Sign(algorithm, num);
  return tokens;
}

}  // namespace assay::bench
