// Whole tokens through the engine, side by side with plain BoringSSL.
//
//   ./bazelw run //bench:engine                     everything (some minutes)
//   ./bazelw run //bench:engine -- --benchmark_filter=verify/ES256
//
// Each benchmark interleaves the engine and plain BoringSSL in short slices of
// one loop, so that both see the same machine: shared machines drift within
// seconds. One thread is timed by its own processor time, which other processes
// do not count in; two by the clock on the wall, because what is asked there is
// how long a batch takes. items_per_second is the engine's tokens per second;
// `ratio_to_plain` is the plain signature's time over the engine's time per
// token (1.0: parsing and claims cost nothing; above: the engine is faster
// than the primitive alone). Tokens are distinct and each verified before it
// is timed.
//
// Where two threads verify, one thread takes a turn with the same batch:
//   two_over_one  its time over that of the two, both by the wall: the medians
//                 of the turns in which the process was not preempted, so that
//                 it holds on a busy machine too, as long as `undisturbed`, the
//                 number of such turns, is not small
//   two_cpu       processor time of the two over that of the one: what sharing
//                 the work costs, on whatever machine
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "bench/bench_clocks.h"
#include "bench/bench_key_sets.h"
#include "bench/bench_tokens.h"
#include "benchmark/benchmark.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/crypto/plain_boringssl.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/simd/base64url/base64url.h"

namespace assay::bench {
namespace {

constexpr size_t kMinTokens = 64;

// What one benchmark works on.
struct Corpus {
  std::vector<std::string> tokens;
  std::vector<std::string> signatures;  // Decoded, for plain BoringSSL.
  std::vector<std::string> claims;

  absl::string_view signing_input(size_t i) const {
    return absl::string_view(tokens[i]).substr(0, tokens[i].rfind('.'));
  }
};

// At least kMinTokens, and a multiple of `batch_size`.
Corpus MakeCorpus(jose::Algorithm algorithm, size_t batch_size) {
  Corpus corpus;
  const size_t num = std::max(batch_size, kMinTokens);
  corpus.tokens = BenchTokens(algorithm, num);
  corpus.claims = BenchClaims(num);
  for (const std::string& token : corpus.tokens) {
    std::string signature;
    if (!Base64UrlDecode(absl::string_view(token).substr(token.rfind('.') + 1),
                         &signature)) {
      std::abort();
    }
    corpus.signatures.push_back(std::move(signature));
  }
  return corpus;
}

// Reads the clock that a benchmark of `num_threads` is timed by.
absl::Duration TimeNow(int num_threads) {
  return num_threads == 1 ? ThreadCpuTime() : WallTime();
}

// What one thread and two take for the same batches.
class TwoOverOne {
 public:
  template <typename One, typename Two>
  void TakeTurn(const One& one, const Two& two) {
    one_.Add(one);
    two_.Add(two);
  }
  void Report(benchmark::State* state) const {
    if (two_.cpu == absl::ZeroDuration()) return;
    const double two_wall = two_.MedianWall();
    state->counters["two_over_one"] =
        two_wall == 0 ? 0 : one_.MedianWall() / two_wall;
    state->counters["undisturbed"] = static_cast<double>(two_.walls.size());
    state->counters["two_cpu"] = absl::FDivDuration(two_.cpu, one_.cpu);
  }

 private:
  struct Tally {
    std::vector<double> walls;  // Of undisturbed turns, in seconds.
    absl::Duration cpu;         // Of all.

    template <typename Work>
    void Add(const Work& work) {
      const int64_t preemptions_before = NumPreemptions(RUSAGE_SELF);
      const absl::Duration wall_before = WallTime();
      const absl::Duration cpu_before = ProcessCpuTime();
      work();
      cpu += ProcessCpuTime() - cpu_before;
      const absl::Duration wall = WallTime() - wall_before;
      if (NumPreemptions(RUSAGE_SELF) == preemptions_before) {
        walls.push_back(absl::ToDoubleSeconds(wall));
      }
    }
    double MedianWall() const {
      if (walls.empty()) return 0;
      std::vector<double> sorted = walls;
      std::sort(sorted.begin(), sorted.end());
      return sorted[sorted.size() / 2];
    }
  };

  Tally one_, two_;
};

// Adds up the time of two things that take turns.
struct Turns {
  absl::Duration engine, plain;
  size_t engine_items = 0, plain_items = 0;

  void Report(benchmark::State* state, int num_threads) const {
    const double engine_ns =
        absl::ToDoubleNanoseconds(engine) / std::max<size_t>(1, engine_items);
    const double plain_ns =
        absl::ToDoubleNanoseconds(plain) / std::max<size_t>(1, plain_items);
    state->SetItemsProcessed(static_cast<int64_t>(engine_items));
    state->counters["engine_ns"] = engine_ns;
    state->counters["plain_ns"] = plain_ns;
    // Per core: two threads are measured against twice the plain rate.
    state->counters["ratio_to_plain"] = plain_ns / (engine_ns * num_threads);
  }
};

// How many plain operations take about as long as a slice of the engine's
// work: enough to be measured, few enough to keep the turns short.
size_t PlainSlice(size_t batch_size) {
  return std::min<size_t>(std::max<size_t>(batch_size, 16), 256);
}

void BM_Verify(benchmark::State& state, jose::Algorithm algorithm) {
  const size_t batch_size = static_cast<size_t>(state.range(0));
  const int num_threads = static_cast<int>(state.range(1));
  const Corpus corpus = MakeCorpus(algorithm, batch_size);
  exec::ThreadPool pool(num_threads - 1, 1024);
  const engine::BatchVerifier verifier(&BenchKeyCache(), &pool, Clock::System(),
                                       Limits());
  crypto::PlainBoringSsl plain(BenchKey(algorithm).material,
                               jose::InfoOf(algorithm).scheme);
  const jose::Policy policy = BenchPolicy();
  const std::vector<absl::string_view> views(corpus.tokens.begin(),
                                             corpus.tokens.end());
  engine::VerifyRequest request;
  request.key_set = jose::AlgorithmName(algorithm);
  request.policy = &policy;
  size_t num_valid = 0;
  const auto verify = [&](size_t begin, size_t num, int max_parallelism = 0) {
    request.tokens = absl::MakeConstSpan(views).subspan(begin, num);
    request.max_parallelism = max_parallelism;
    const absl::Status status =
        verifier.Verify(request, [&](const engine::BatchResults& batch) {
          for (const engine::TokenResult& result : batch.results) {
            num_valid += result.valid() ? 1 : 0;
          }
        });
    if (!status.ok()) std::abort();
  };
  for (size_t i = 0; i < corpus.tokens.size(); ++i) {
    if (!plain.Verify(corpus.signing_input(i), corpus.signatures[i])) {
      std::abort();
    }
  }
  for (size_t i = 0; i < corpus.tokens.size(); i += batch_size) {
    verify(i, batch_size);
  }
  if (num_valid != corpus.tokens.size()) std::abort();

  Turns turns;
  TwoOverOne two_over_one;
  size_t num_compared = 0;
  const size_t plain_slice = PlainSlice(batch_size);
  const size_t batches_per_turn = std::max<size_t>(1, kMinTokens / batch_size);
  size_t next_batch = 0;
  size_t next_plain = 0;
  for (auto _ : state) {
    const absl::Duration begin = TimeNow(num_threads);
    for (size_t turn = 0; turn < batches_per_turn; ++turn) {
      verify(next_batch, batch_size);
      next_batch = (next_batch + batch_size) % corpus.tokens.size();
    }
    const absl::Duration middle = TimeNow(num_threads);
    for (size_t k = 0; k < plain_slice; ++k) {
      benchmark::DoNotOptimize(plain.Verify(corpus.signing_input(next_plain),
                                            corpus.signatures[next_plain]));
      next_plain = (next_plain + 1) % corpus.tokens.size();
    }
    const absl::Duration end = TimeNow(num_threads);
    state.SetIterationTime(absl::ToDoubleSeconds(middle - begin));
    turns.engine += middle - begin;
    turns.plain += end - middle;
    turns.engine_items += batches_per_turn * batch_size;
    turns.plain_items += plain_slice;
    if (num_threads == 1) continue;
    two_over_one.TakeTurn([&] { verify(next_batch, batch_size, 1); },
                          [&] { verify(next_batch, batch_size); });
    num_compared += 2 * batch_size;
  }
  if (num_valid != corpus.tokens.size() + turns.engine_items + num_compared) {
    state.SkipWithError("a good token was refused");
    return;
  }
  turns.Report(&state, num_threads);
  two_over_one.Report(&state);
}

// Whether the engine finds every one of `tokens` good.
bool AllVerify(jose::Algorithm algorithm,
               const std::vector<std::string>& tokens) {
  const engine::BatchVerifier verifier(&BenchKeyCache(), nullptr,
                                       Clock::System(), Limits());
  const jose::Policy policy = BenchPolicy();
  const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
  engine::VerifyRequest request;
  request.key_set = jose::AlgorithmName(algorithm);
  request.policy = &policy;
  request.tokens = views;
  bool all = true;
  const absl::Status status =
      verifier.Verify(request, [&](const engine::BatchResults& batch) {
        for (const engine::TokenResult& result : batch.results) {
          all = all && result.valid();
        }
      });
  return status.ok() && all;
}

void BM_Sign(benchmark::State& state, jose::Algorithm algorithm) {
  const size_t batch_size = static_cast<size_t>(state.range(0));
  const int num_threads = static_cast<int>(state.range(1));
  const Corpus corpus = MakeCorpus(algorithm, batch_size);
  exec::ThreadPool pool(num_threads - 1, 1024);
  const engine::BatchSigner signer(&BenchKeyCache(), &pool, Clock::System(),
                                   Limits());
  crypto::PlainBoringSsl plain(BenchKey(algorithm).material,
                               jose::InfoOf(algorithm).scheme);
  const std::vector<absl::string_view> payloads(corpus.claims.begin(),
                                                corpus.claims.end());
  const engine::SignOptions options;
  engine::SignRequest request;
  request.key_set = jose::AlgorithmName(algorithm);
  request.alg = algorithm;
  request.options = &options;
  size_t num_signed = 0;
  const auto sign = [&](size_t begin, std::vector<std::string>* tokens) {
    request.payloads = absl::MakeConstSpan(payloads).subspan(begin, batch_size);
    const absl::Status status =
        signer.Sign(request, [&](const engine::SignResults& results) {
          for (const engine::SignResult& result : results.results) {
            num_signed += result.token.empty() ? 0 : 1;
            if (tokens != nullptr) tokens->emplace_back(result.token);
          }
        });
    if (!status.ok()) std::abort();
  };
  std::vector<std::string> tokens;
  sign(0, &tokens);
  std::string signature;
  if (!AllVerify(algorithm, tokens) ||
      !plain.Sign(corpus.signing_input(0), &signature) ||
      !plain.Verify(corpus.signing_input(0), signature)) {
    state.SkipWithError("a signature is not good");
    return;
  }

  num_signed = 0;
  Turns turns;
  const size_t plain_slice = PlainSlice(batch_size);
  size_t next_batch = 0;
  size_t next_plain = 0;
  for (auto _ : state) {
    const absl::Duration begin = TimeNow(num_threads);
    sign(next_batch, nullptr);
    const absl::Duration middle = TimeNow(num_threads);
    next_batch = (next_batch + batch_size) % corpus.claims.size();
    for (size_t k = 0; k < plain_slice; ++k) {
      benchmark::DoNotOptimize(
          plain.Sign(corpus.signing_input(next_plain), &signature));
      next_plain = (next_plain + 1) % corpus.tokens.size();
    }
    const absl::Duration end = TimeNow(num_threads);
    state.SetIterationTime(absl::ToDoubleSeconds(middle - begin));
    turns.engine += middle - begin;
    turns.plain += end - middle;
    turns.engine_items += batch_size;
    turns.plain_items += plain_slice;
  }
  if (num_signed != turns.engine_items) {
    state.SkipWithError("a payload was not signed");
    return;
  }
  turns.Report(&state, num_threads);
}

void RegisterAll() {
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    if (info.algorithm == jose::Algorithm::kEd25519) continue;  // As EdDSA.
    for (const char* what : {"verify", "sign"}) {
      auto* const run = what[0] == 'v' ? BM_Verify : BM_Sign;
      benchmark::RegisterBenchmark(
          absl::StrCat("engine/", what, "/", info.name).c_str(), run,
          info.algorithm)
          ->ArgNames({"batch", "threads"})
          ->ArgsProduct({{1, 16, 256, 4096}, {1, 2}})
          ->UseManualTime();
    }
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
