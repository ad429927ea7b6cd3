// Many keys, few of them hot: 100 000 ES256 or Ed25519 keys in one set, tokens
// under them by Zipf's law with exponent 1, and memory for tables that does not
// suffice for all.
//
//   ./bazelw run //bench:keys_zipf        (making the keys takes half a minute)
//
// Whole tokens through the engine in batches of 1 000, one thread, beside plain
// BoringSSL in turns, by the thread's own processor time; tables are built by
// another thread, whose time is not in it. Timed after two rounds of all tokens
// have warmed the tables. `ratio` is plain BoringSSL's time for
// a signature over the engine's for a token; `tables`, `table_mib`, `built` and
// `retired` tell what the keeper did; `built_while_timed` shows whether it had
// come to rest.
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/bench_clocks.h"
#include "bench/bench_tokens.h"
#include "benchmark/benchmark.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/crypto/lane_key.h"
#include "core/crypto/plain_boringssl.h"
#include "core/crypto/verifying_key.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::bench {
namespace {

constexpr size_t kNumKeys = 100'000;
constexpr size_t kNumTokens = 100'000;
constexpr size_t kBatch = 1000;
constexpr size_t kPlainPerTurn = 16;
constexpr uint32_t kSeed = 20221125;

[[noreturn]] void Die(const absl::Status& status) {
  std::fprintf(stderr, "keys_zipf: %s\n", status.ToString().c_str());
  std::abort();
}

std::string Kid(size_t key) { return absl::StrCat("key-", key); }

// The keys, a token drawn by Zipf's law for each draw, and what plain BoringSSL
// needs to check the first key's.
struct Corpus {
  keys::KeyCache cache;
  std::string key_set;
  std::vector<std::string> tokens;
  std::unique_ptr<crypto::PlainBoringSsl> plain;
  std::string plain_message, plain_signature;
};

std::string SignOne(const keys::KeyCache& cache, const std::string& key_set,
                    jose::Algorithm algorithm, size_t key,
                    const std::string& claims) {
  const engine::BatchSigner signer(&cache, nullptr, Clock::System(), Limits());
  const engine::SignOptions options;
  engine::SignRequest request;
  request.key_set = key_set;
  request.kid = Kid(key);
  request.alg = algorithm;
  request.options = &options;
  const absl::string_view payload = claims;
  request.payloads = absl::MakeConstSpan(&payload, 1);
  std::string token;
  const absl::Status status =
      signer.Sign(request, [&](const engine::SignResults& results) {
        token = std::string(results.results[0].token);
      });
  if (!status.ok()) Die(status);
  return token;
}

std::unique_ptr<Corpus> MakeCorpus(jose::Algorithm algorithm) {
  auto corpus = std::make_unique<Corpus>();
  corpus->key_set = "zipf";
  jose::JwkSet jwks;
  for (size_t i = 0; i < kNumKeys; ++i) {
    auto jwk = jose::GenerateJwk(algorithm, Kid(i), 0);
    if (!jwk.ok()) Die(jwk.status());
    if (i == 0) {
      corpus->plain = std::make_unique<crypto::PlainBoringSsl>(
          jwk->material, jose::InfoOf(algorithm).scheme);
    }
    jwks.keys.push_back(*std::move(jwk));
  }
  auto set = keys::KeySet::Create(corpus->key_set, keys::KeySetUse::kSign,
                                  std::move(jwks), {}, Limits());
  if (!set.ok()) Die(set.status());
  corpus->cache.Publish(*std::move(set));

  std::vector<double> weights;
  for (size_t i = 0; i < kNumKeys; ++i) {
    weights.push_back(1.0 / static_cast<double>(i + 1));
  }
  std::mt19937 random(kSeed);
  std::discrete_distribution<size_t> zipf(weights.begin(), weights.end());
  const std::vector<std::string> claims = BenchClaims(64);
  for (size_t i = 0; i < kNumTokens; ++i) {
    const size_t key = i == 0 ? 0 : zipf(random);
    corpus->tokens.push_back(SignOne(corpus->cache, corpus->key_set, algorithm,
                                     key, claims[i % claims.size()]));
  }
  const std::string& first = corpus->tokens[0];
  corpus->plain_message = first.substr(0, first.rfind('.'));
  if (!Base64UrlDecode(absl::string_view(first).substr(first.rfind('.') + 1),
                       &corpus->plain_signature) ||
      !corpus->plain->Verify(corpus->plain_message, corpus->plain_signature)) {
    std::abort();
  }
  return corpus;
}

// Made once per algorithm.
Corpus& CorpusOf(jose::Algorithm algorithm) {
  static auto* const corpora =
      new std::vector<std::unique_ptr<Corpus>>(jose::kNumAlgorithms);
  auto& corpus = (*corpora)[static_cast<size_t>(algorithm)];
  if (corpus == nullptr) corpus = MakeCorpus(algorithm);
  return *corpus;
}

// Tables that an earlier run's keeper left with the keys. Nobody reads them
// now.
void DropTables(const Corpus& corpus) {
  const keys::KeyCache::ReadGuard guard(corpus.cache);
  for (const auto& key : guard.Find(corpus.key_set)->keys()) {
    const auto& lane_key = key->verifying_key().lane_key();
    if (lane_key != nullptr) lane_key->ExchangeTable(nullptr);
  }
}

void BM_Zipf(benchmark::State& state, jose::Algorithm algorithm) {
  Corpus& corpus = CorpusOf(algorithm);
  DropTables(corpus);
  engine::KernelOptions options;
  options.table_budget_bytes = static_cast<size_t>(state.range(0)) << 20;
  const engine::BatchVerifier verifier(&corpus.cache, nullptr, Clock::System(),
                                       Limits(), options);
  const jose::Policy policy = BenchPolicy();
  const std::vector<absl::string_view> tokens(corpus.tokens.begin(),
                                              corpus.tokens.end());
  engine::VerifyRequest request;
  request.key_set = corpus.key_set;
  request.policy = &policy;
  size_t num_valid = 0, num_judged = 0, next = 0;
  const auto verify_batch = [&] {
    request.tokens = absl::MakeConstSpan(tokens).subspan(next, kBatch);
    const absl::Status status =
        verifier.Verify(request, [&](const engine::BatchResults& batch) {
          for (const engine::TokenResult& result : batch.results) {
            num_valid += result.valid() ? 1 : 0;
          }
        });
    if (!status.ok()) Die(status);
    num_judged += kBatch;
    next = (next + kBatch) % kNumTokens;
  };
  for (size_t i = 0; i < 2 * kNumTokens / kBatch; ++i) verify_batch();
  const uint64_t built_before = verifier.tables().counts().built;

  absl::Duration ours, plain;
  size_t num_ours = 0, num_plain = 0;
  for (auto _ : state) {
    const absl::Duration begin = ThreadCpuTime();
    verify_batch();
    const absl::Duration middle = ThreadCpuTime();
    for (size_t i = 0; i < kPlainPerTurn; ++i) {
      benchmark::DoNotOptimize(
          corpus.plain->Verify(corpus.plain_message, corpus.plain_signature));
    }
    const absl::Duration end = ThreadCpuTime();
    state.SetIterationTime(absl::ToDoubleSeconds(middle - begin));
    ours += middle - begin;
    plain += end - middle;
    num_ours += kBatch;
    num_plain += kPlainPerTurn;
  }
  if (num_valid != num_judged) {
    state.SkipWithError("a good token was refused");
    return;
  }
  const auto counts = verifier.tables().counts();
  const double our_ns = absl::ToDoubleNanoseconds(ours) / num_ours;
  const double plain_ns = absl::ToDoubleNanoseconds(plain) / num_plain;
  state.SetItemsProcessed(static_cast<int64_t>(num_ours));
  state.counters["ns"] = our_ns;
  state.counters["ratio"] = plain_ns / our_ns;
  state.counters["tables"] = static_cast<double>(counts.tables);
  state.counters["table_mib"] =
      static_cast<double>(counts.bytes) / (1024 * 1024);
  state.counters["built"] = static_cast<double>(counts.built);
  state.counters["retired"] = static_cast<double>(counts.retired);
  state.counters["built_while_timed"] =
      static_cast<double>(counts.built - built_before);
}

void RegisterAll() {
  for (jose::Algorithm algorithm :
       {jose::Algorithm::kEs256, jose::Algorithm::kEdDsa}) {
    benchmark::RegisterBenchmark(
        absl::StrCat("keys_zipf/", jose::AlgorithmName(algorithm)).c_str(),
        BM_Zipf, algorithm)
        ->ArgName("budget_mib")
        ->Arg(0)
        ->Arg(64)
        ->Arg(256)
        ->Arg(1024)
        ->UseManualTime();
  }
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  assay::bench::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
