// The floor: plain BoringSSL, one signature at a time, no parsing, no claims.
//
//   ./bazelw run //bench:primitives
//
// Each benchmark rotates through 64 messages of a real token's length, whose
// signatures are checked before anything is timed.
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/bench_key_sets.h"
#include "bench/bench_tokens.h"
#include "benchmark/benchmark.h"
#include "core/crypto/plain_boringssl.h"
#include "core/simd/base64url/base64url.h"

namespace assay::bench {
namespace {

constexpr size_t kNumMessages = 64;

struct SignedMessage {
  std::string message;
  std::string signature;
};

// The signing inputs of real tokens and their signatures.
std::vector<SignedMessage> MakeMessages(jose::Algorithm algorithm,
                                        crypto::PlainBoringSsl* plain) {
  std::vector<SignedMessage> messages;
  for (const std::string& token : BenchTokens(algorithm, kNumMessages)) {
    const size_t dot = token.rfind('.');
    SignedMessage signed_message{token.substr(0, dot), ""};
    if (!Base64UrlDecode(absl::string_view(token).substr(dot + 1),
                         &signed_message.signature) ||
        !plain->Verify(signed_message.message, signed_message.signature)) {
      std::abort();
    }
    messages.push_back(std::move(signed_message));
  }
  return messages;
}

void BM_Verify(benchmark::State& state, jose::Algorithm algorithm) {
  crypto::PlainBoringSsl plain(BenchKey(algorithm).material,
                               jose::InfoOf(algorithm).scheme);
  const std::vector<SignedMessage> messages = MakeMessages(algorithm, &plain);
  size_t i = 0;
  for (auto _ : state) {
    const SignedMessage& next = messages[i++ % kNumMessages];
    if (!plain.Verify(next.message, next.signature)) {
      state.SkipWithError("a good signature was refused");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void BM_Sign(benchmark::State& state, jose::Algorithm algorithm) {
  crypto::PlainBoringSsl plain(BenchKey(algorithm).material,
                               jose::InfoOf(algorithm).scheme);
  const std::vector<SignedMessage> messages = MakeMessages(algorithm, &plain);
  std::string signature;
  if (!plain.Sign(messages[0].message, &signature) ||
      !plain.Verify(messages[0].message, signature)) {
    state.SkipWithError("a signature is not good");
    return;
  }
  size_t i = 0;
  for (auto _ : state) {
    if (!plain.Sign(messages[i++ % kNumMessages].message, &signature)) {
      state.SkipWithError("signing failed");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void RegisterAll() {
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    if (info.algorithm == jose::Algorithm::kEd25519) continue;  // As EdDSA.
    benchmark::RegisterBenchmark(
        absl::StrCat("plain_boringssl/verify/", info.name).c_str(), BM_Verify,
        info.algorithm);
    benchmark::RegisterBenchmark(
        absl::StrCat("plain_boringssl/sign/", info.name).c_str(), BM_Sign,
        info.algorithm);
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
