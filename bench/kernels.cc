// The batch kernels: signatures alone, many at once, beside plain BoringSSL.
//
//   ./bazelw run //bench:kernels                         everything
//   ./bazelw run //bench:kernels -- --benchmark_filter=ES256
//
// "check" times LaneVerifier::Verify, hashing included, on batches of good
// signatures; `window` is the size of the key's table in bits (0: none, and
// then the keys are many: a cold key is one that is not in the cache either).
// Turns of the kernel and of plain BoringSSL alternate in one loop and are
// timed by the thread's own processor time. `ratio` is BoringSSL's time for one
// signature over the kernel's. "table" times the building of one table;
// `pays_after` is how many signatures, compared with BoringSSL, it takes until
// the table is paid for.
//
// Every signature is checked by BoringSSL before anything is timed, and a
// refused one ends the benchmark.
#include "core/simd/kernels.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/bench_clocks.h"
#include "benchmark/benchmark.h"
#include "core/base/limits.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/crypto/lane_key.h"
#include "core/crypto/lane_verifier.h"
#include "core/crypto/plain_boringssl.h"
#include "core/crypto/signing_key.h"
#include "core/crypto/verifying_key.h"
#include "core/jose/algorithm.h"

namespace assay::bench {
namespace {

using crypto::SignatureCheck;

// A signing input of a token of about 500 bytes.
constexpr size_t kMessageLen = 380;
constexpr size_t kNumSignatures = 256;
constexpr size_t kNumColdKeys = 64;
// RSA keys take long to make; a vector has eight lanes.
constexpr size_t kNumColdRsaKeys = 8;

struct BenchPair {
  crypto::KeyMaterial material;
  std::unique_ptr<crypto::SigningKey> signing;
  std::unique_ptr<crypto::VerifyingKey> verifying;
};

// The algorithm, and the size of an RSA key.
struct Subject {
  jose::Algorithm algorithm;
  int modulus_bits;  // 0 for other keys.

  crypto::SignatureScheme scheme() const {
    return jose::InfoOf(algorithm).scheme;
  }
  std::string Name() const {
    return modulus_bits == 0 ? std::string(jose::AlgorithmName(algorithm))
                             : absl::StrCat(jose::AlgorithmName(algorithm), "_",
                                            modulus_bits);
  }
};

absl::StatusOr<crypto::KeyMaterial> Generate(const Subject& subject) {
  switch (subject.scheme().family) {
    case crypto::SignatureFamily::kHmac:
      return crypto::GenerateSymmetricKey(64);
    case crypto::SignatureFamily::kRsaPkcs1:
    case crypto::SignatureFamily::kRsaPss:
      return crypto::GenerateRsaKey(subject.modulus_bits);
    case crypto::SignatureFamily::kEd25519:
      return crypto::GenerateEd25519Key();
    case crypto::SignatureFamily::kEcdsa:
      break;
  }
  switch (subject.scheme().hash) {
    case crypto::Hash::kSha256:
      return crypto::GenerateEcKey(crypto::Curve::kP256);
    case crypto::Hash::kSha384:
      return crypto::GenerateEcKey(crypto::Curve::kP384);
    case crypto::Hash::kSha512:
      break;
  }
  return crypto::GenerateEcKey(crypto::Curve::kP521);
}

BenchPair MakePair(const Subject& subject) {
  auto material = Generate(subject);
  if (!material.ok()) std::abort();
  BenchPair pair{*std::move(material), nullptr, nullptr};
  auto signing = crypto::SigningKey::Create(pair.material, kMaxRsaModulusBits);
  auto verifying =
      crypto::VerifyingKey::Create(pair.material, kMaxRsaModulusBits);
  if (!signing.ok() || !verifying.ok()) std::abort();
  pair.signing = *std::move(signing);
  pair.verifying = *std::move(verifying);
  return pair;
}

// kNumSignatures different signatures, under the keys in turn.
struct Corpus {
  std::vector<BenchPair> pairs;
  std::vector<std::unique_ptr<crypto::PlainBoringSsl>> plain;  // By key.
  std::vector<std::string> messages;
  std::vector<std::string> signatures;

  const BenchPair& PairOf(size_t i) const { return pairs[i % pairs.size()]; }
};

Corpus MakeCorpus(const Subject& subject, size_t num_keys) {
  Corpus corpus;
  for (size_t i = 0; i < num_keys; ++i) {
    corpus.pairs.push_back(MakePair(subject));
    corpus.plain.push_back(std::make_unique<crypto::PlainBoringSsl>(
        corpus.pairs.back().material, subject.scheme()));
  }
  for (size_t i = 0; i < kNumSignatures; ++i) {
    std::string message = absl::StrCat("message ", i, " ");
    message.resize(kMessageLen, 'm');
    const crypto::SigningKey& key = *corpus.PairOf(i).signing;
    std::string signature(key.SignatureLen(subject.scheme()), '\0');
    if (!key.Sign(subject.scheme(), message,
                  reinterpret_cast<uint8_t*>(&signature[0])) ||
        !corpus.plain[i % num_keys]->Verify(message, signature)) {
      std::abort();
    }
    corpus.messages.push_back(std::move(message));
    corpus.signatures.push_back(std::move(signature));
  }
  return corpus;
}

// Gives every key a table, or none for window 0. False if a kernel refuses.
bool SetTables(const Corpus& corpus, int window_bits) {
  for (const BenchPair& pair : corpus.pairs) {
    const auto& key = pair.verifying->lane_key();
    if (key == nullptr || key->window_sizes() == nullptr) continue;
    std::unique_ptr<const crypto::KeyTable> table;
    if (window_bits != 0) {
      table = crypto::KeyTable::Build(*key, window_bits);
      if (table == nullptr) return false;
    }
    key->ExchangeTable(std::move(table));
  }
  return true;
}

std::vector<SignatureCheck> MakeChecks(const Subject& subject,
                                       const Corpus& corpus) {
  std::vector<SignatureCheck> checks(kNumSignatures);
  for (size_t i = 0; i < checks.size(); ++i) {
    checks[i].key = corpus.PairOf(i).verifying.get();
    checks[i].scheme = subject.scheme();
    checks[i].message = corpus.messages[i];
    checks[i].signature = corpus.signatures[i];
  }
  return checks;
}

void BM_Check(benchmark::State& state, Subject subject, int window_bits,
              size_t num_keys) {
  const size_t batch_size = static_cast<size_t>(state.range(0));
  const Corpus corpus = MakeCorpus(subject, num_keys);
  if (!SetTables(corpus, window_bits)) {
    state.SkipWithError("the kernel could not build a table");
    return;
  }
  crypto::LaneOptions options;
  options.test_after_checks = 0;
  const crypto::LaneVerifier verifier(simd::BestKernels(), options);
  std::vector<SignatureCheck> checks = MakeChecks(subject, corpus);
  crypto::LaneScratch scratch;
  std::atomic<int64_t> confirmations{0};
  size_t num_valid = 0, num_checked = 0;
  size_t next = 0;
  const auto check_batch = [&] {
    // A larger batch is many calls, as in the engine.
    for (size_t done = 0; done < batch_size;) {
      const size_t num =
          std::min({batch_size - done, crypto::LaneVerifier::kMaxChecks,
                    kNumSignatures - next});
      const auto batch = absl::MakeSpan(checks).subspan(next, num);
      verifier.Verify(batch, &confirmations, &scratch);
      for (SignatureCheck& check : batch) {
        num_valid += std::exchange(check.valid, false) ? 1 : 0;
      }
      next = (next + num) % kNumSignatures;
      done += num;
    }
    num_checked += batch_size;
  };
  check_batch();

  const size_t batches_per_turn = std::max<size_t>(1, 64 / batch_size);
  constexpr size_t kPlainPerTurn = 16;
  absl::Duration ours, plain;
  size_t num_ours = 0, num_plain = 0;
  for (auto _ : state) {
    const absl::Duration begin = ThreadCpuTime();
    for (size_t i = 0; i < batches_per_turn; ++i) check_batch();
    const absl::Duration middle = ThreadCpuTime();
    for (size_t i = 0; i < kPlainPerTurn; ++i, ++num_plain) {
      const size_t which = num_plain % kNumSignatures;
      benchmark::DoNotOptimize(corpus.plain[which % num_keys]->Verify(
          corpus.messages[which], corpus.signatures[which]));
    }
    const absl::Duration end = ThreadCpuTime();
    state.SetIterationTime(absl::ToDoubleSeconds(middle - begin));
    ours += middle - begin;
    plain += end - middle;
    num_ours += batches_per_turn * batch_size;
  }
  SetTables(corpus, 0);
  if (num_valid != num_checked) {
    state.SkipWithError("a good signature was refused");
    return;
  }
  const double our_ns = absl::ToDoubleNanoseconds(ours) / num_ours;
  const double plain_ns = absl::ToDoubleNanoseconds(plain) / num_plain;
  state.SetItemsProcessed(static_cast<int64_t>(num_ours));
  state.counters["ns"] = our_ns;
  state.counters["plain_ns"] = plain_ns;
  state.counters["ratio"] = plain_ns / our_ns;
}

void BM_Table(benchmark::State& state, Subject subject, int window_bits) {
  const Corpus corpus = MakeCorpus(subject, 16);
  absl::Duration building, plain;
  size_t num_built = 0, num_plain = 0;
  for (auto _ : state) {
    const auto& key =
        *corpus.pairs[num_built % corpus.pairs.size()].verifying->lane_key();
    const absl::Duration begin = ThreadCpuTime();
    if (crypto::KeyTable::Build(key, window_bits) == nullptr) std::abort();
    const absl::Duration middle = ThreadCpuTime();
    const size_t which = num_plain++ % kNumSignatures;
    benchmark::DoNotOptimize(corpus.plain[which % corpus.pairs.size()]->Verify(
        corpus.messages[which], corpus.signatures[which]));
    const absl::Duration end = ThreadCpuTime();
    state.SetIterationTime(absl::ToDoubleSeconds(middle - begin));
    building += middle - begin;
    plain += end - middle;
    ++num_built;
  }
  const crypto::LaneKey& key = *corpus.pairs[0].verifying->lane_key();
  state.counters["table_kib"] =
      static_cast<double>(key.TableLen(window_bits)) / 1024;
  state.counters["pays_after"] = absl::FDivDuration(building, plain);
}

void RegisterCheck(const Subject& subject, absl::string_view what,
                   int window_bits, size_t num_keys) {
  benchmark::RegisterBenchmark(
      absl::StrCat("check/", subject.Name(), "/", what).c_str(), BM_Check,
      subject, window_bits, num_keys)
      ->ArgName("batch")
      ->Arg(1)
      ->Arg(8)
      ->Arg(64)
      ->Arg(256)
      ->Arg(4096)
      ->UseManualTime();
}

// Hot: one key with a table. Warm: as many keys with the smallest one as are
// cold otherwise. Cold: keys without.
void RegisterWithTables(const Subject& subject, const int* window_sizes) {
  for (const int* bits = window_sizes; *bits != 0; ++bits) {
    RegisterCheck(subject, absl::StrCat("hot/window:", *bits), *bits, 1);
    benchmark::RegisterBenchmark(
        absl::StrCat("table/", subject.Name(), "/window:", *bits).c_str(),
        BM_Table, subject, *bits)
        ->UseManualTime();
  }
  RegisterCheck(subject, absl::StrCat("warm/window:", window_sizes[0]),
                window_sizes[0], kNumColdKeys);
  RegisterCheck(subject, "cold", 0, kNumColdKeys);
}

void RegisterAll() {
  const simd::Kernels& kernels = simd::BestKernels();
  using jose::Algorithm;
  for (Algorithm algorithm :
       {Algorithm::kHs256, Algorithm::kHs384, Algorithm::kHs512}) {
    RegisterCheck({algorithm, 0}, "hot", 0, 1);
  }
  for (int bits : {2048, 3072, 4096}) {
    for (Algorithm algorithm : {Algorithm::kRs256, Algorithm::kPs256}) {
      RegisterCheck({algorithm, bits}, "hot", 0, 1);
      RegisterCheck({algorithm, bits}, "cold", 0, kNumColdRsaKeys);
    }
  }
  if (kernels.ed25519 != nullptr) {
    RegisterWithTables({Algorithm::kEdDsa, 0}, kernels.ed25519->window_sizes);
  }
  const std::pair<Algorithm, const simd::EcdsaKernel*> curves[] = {
      {Algorithm::kEs256, kernels.p256},
      {Algorithm::kEs384, kernels.p384},
      {Algorithm::kEs512, kernels.p521}};
  for (const auto& [algorithm, kernel] : curves) {
    if (kernel != nullptr) {
      RegisterWithTables({algorithm, 0}, kernel->window_sizes);
    }
  }
}

const char* NameOf(const char* name) { return name == nullptr ? "" : name; }

void AddContext() {
  const simd::Kernels& kernels = simd::BestKernels();
  const auto add = [](const char* what, const auto* kernel) {
    benchmark::AddCustomContext(
        what, kernel == nullptr ? "none" : NameOf(kernel->name));
  };
  add("kernel_sha256", kernels.sha256);
  add("kernel_sha512", kernels.sha512);
  add("kernel_ed25519", kernels.ed25519);
  add("kernel_p256", kernels.p256);
  add("kernel_p384", kernels.p384);
  add("kernel_p521", kernels.p521);
  add("kernel_rsa2048", kernels.rsa2048);
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  assay::bench::AddContext();
  assay::bench::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
