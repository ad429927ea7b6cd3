// Where an HS256 token's time goes: its stages one by one, and the engine as a
// whole on the same tokens.
//
//   ./bazelw run //bench:token_stages
//
// All stages take turns within one loop, each over all of the tokens, so that
// they see the same machine; one thread, by its own processor time. Every
// stage's answer is checked before anything is timed, and counted while it is.
// Counters are ns per token:
//   split      at the dots
//   memo       the header's bytes looked up in the memo
//   decode     base64url of payload and signature
//   hmac       the signature, by kernels where the processor has them
//   read       JSON into members, in the quick way
//   judge      claims by the policy
//   simdjson   instead of read: the way of a text that is not plain
//   engine     everything, by BatchVerifier in one batch
//   rest       engine less the six stages: plan, results, memory
//   beside     engine less hmac: what a token costs beside its signature
#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/bench_clocks.h"
#include "bench/bench_key_sets.h"
#include "bench/bench_tokens.h"
#include "benchmark/benchmark.h"
#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/crypto/lane_verifier.h"
#include "core/crypto/verifying_key.h"
#include "core/engine/batch_verifier.h"
#include "core/jose/algorithm.h"
#include "core/jose/claims_validator.h"
#include "core/jose/compact.h"
#include "core/jose/policy.h"
#include "core/json/members.h"
#include "core/json/reader.h"
#include "core/keys/header_memo.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/keys/prepared_key.h"
#include "core/simd/base64url/base64url.h"
#include "core/simd/kernels.h"

namespace assay::bench {
namespace {

constexpr jose::Algorithm kAlgorithm = jose::Algorithm::kHs256;
constexpr size_t kNumTokens = 1024;
constexpr size_t kMacLen = 32;

// A stage works on all tokens, finds in memory what the one before has left
// there, and returns how many tokens passed.
class Stages {
 public:
  Stages()
      : guard_(BenchKeyCache()),
        key_set_(*guard_.Find(jose::AlgorithmName(kAlgorithm))),
        engine_(&BenchKeyCache(), nullptr, Clock::System(), limits_),
        lanes_(simd::BestKernels(), crypto::LaneOptions()),
        reader_(limits_.max_json_depth),
        members_(kNumTokens),
        judge_(policy_, absl::Now()) {
    size_t total = 0;
    for (const std::string& token : BenchTokens(kAlgorithm, kNumTokens)) {
      tokens_.emplace_back(token);
      total += token.size();
    }
    bytes_.resize(total + json::kPadding);
  }

  size_t Split() {
    size_t num = 0;
    for (size_t i = 0; i < kNumTokens; ++i) {
      num += jose::SplitCompact(tokens_[i], limits_, &compact_[i]) ==
             Reason::kValid;
    }
    return num;
  }

  size_t FindHeaders() {
    size_t num = 0;
    for (size_t i = 0; i < kNumTokens; ++i) {
      known_[i] = key_set_.header_memo().Find(compact_[i].header);
      num += known_[i] != nullptr;
    }
    return num;
  }

  size_t Decode() {
    size_t num = 0;
    uint8_t* next = bytes_.data();
    for (size_t i = 0; i < kNumTokens; ++i) {
      uint8_t* const signature = next;
      uint8_t* const payload = signature + kMacLen;
      const size_t len = Base64UrlDecodedSize(compact_[i].payload.size());
      num += Base64UrlDecode(compact_[i].signature, signature) &&
             Base64UrlDecode(compact_[i].payload, payload);
      signatures_[i] = AsText(signature, kMacLen);
      payloads_[i] = AsText(payload, len);
      next = payload + len;
    }
    return num;
  }

  size_t CheckSignatures() {
    size_t num = 0;
    std::atomic<int64_t> confirmations{0};
    for (size_t i = 0; i < kNumTokens; ++i) {
      checks_.emplace_back();
      checks_.back().key = &known_[i]->key->verifying_key();
      checks_.back().scheme = jose::InfoOf(kAlgorithm).scheme;
      checks_.back().message = compact_[i].signing_input;
      checks_.back().signature = signatures_[i];
      if (checks_.size() < crypto::LaneVerifier::kMaxChecks) continue;
      lanes_.Verify(absl::MakeSpan(checks_), &confirmations, &lane_scratch_);
      for (const crypto::SignatureCheck& check : checks_) num += check.valid;
      checks_.clear();
    }
    return num;
  }

  size_t Read() {
    size_t num = 0;
    for (size_t i = 0; i < kNumTokens; ++i) {
      num += reader_.ParseMembersPadded(payloads_[i], &members_[i]) ==
             json::Error::kNone;
    }
    return num;
  }

  size_t Judge() {
    size_t num = 0;
    for (size_t i = 0; i < kNumTokens; ++i) {
      num += judge_.Judge(members_[i]) == Reason::kValid;
    }
    return num;
  }

  size_t ReadBySimdjson() {
    size_t num = 0;
    for (size_t i = 0; i < kNumTokens; ++i) {
      json::Object object;
      num += reader_.ParseObjectPadded(payloads_[i], &object) ==
             json::Error::kNone;
      json::Reader::CollectMembers(object, &members_[i]);
    }
    return num;
  }

  size_t RunEngine() {
    engine::VerifyRequest request;
    request.key_set = jose::AlgorithmName(kAlgorithm);
    request.policy = &policy_;
    request.tokens = tokens_;
    size_t num = 0;
    const absl::Status status =
        engine_.Verify(request, [&](const engine::BatchResults& batch) {
          for (const engine::TokenResult& result : batch.results) {
            num += result.valid();
          }
        });
    if (!status.ok()) std::abort();
    return num;
  }

 private:
  const Limits limits_;
  const jose::Policy policy_ = BenchPolicy();
  const keys::KeyCache::ReadGuard guard_;
  const keys::KeySet& key_set_;
  const engine::BatchVerifier engine_;
  const crypto::LaneVerifier lanes_;
  crypto::LaneScratch lane_scratch_;
  json::Reader reader_;

  // By token.
  std::vector<absl::string_view> tokens_;
  std::array<jose::UnverifiedCompact, kNumTokens> compact_;
  std::array<const keys::HeaderMemo::Entry*, kNumTokens> known_;
  std::array<absl::string_view, kNumTokens> signatures_;
  std::array<absl::string_view, kNumTokens> payloads_;
  std::vector<json::Members> members_;

  std::vector<uint8_t> bytes_;  // What is decoded.
  std::vector<crypto::SignatureCheck> checks_;
  const jose::ClaimsJudge judge_;
};

struct Stage {
  const char* name;
  size_t (Stages::*run)();
  bool is_part_of_engine;
};

// The engine first: it fills the memo.
constexpr Stage kStages[] = {
    {"engine", &Stages::RunEngine, false},
    {"split", &Stages::Split, true},
    {"memo", &Stages::FindHeaders, true},
    {"decode", &Stages::Decode, true},
    {"hmac", &Stages::CheckSignatures, true},
    {"read", &Stages::Read, true},
    {"judge", &Stages::Judge, true},
    {"simdjson", &Stages::ReadBySimdjson, false},
};
constexpr size_t kNumStages = sizeof(kStages) / sizeof(kStages[0]);
constexpr size_t kEngine = 0;
constexpr size_t kHmac = 4;

void BM_Stages(benchmark::State& state) {
  const auto stages = std::make_unique<Stages>();
  for (const Stage& stage : kStages) {
    if (((*stages).*stage.run)() != kNumTokens) std::abort();
  }
  std::array<absl::Duration, kNumStages> spent;
  for (auto _ : state) {
    for (size_t k = 0; k < kNumStages; ++k) {
      const absl::Duration begin = ThreadCpuTime();
      if (((*stages).*kStages[k].run)() != kNumTokens) std::abort();
      spent[k] += ThreadCpuTime() - begin;
    }
  }
  const double num = static_cast<double>(state.iterations()) * kNumTokens;
  const auto ns = [&](size_t k) {
    return absl::ToDoubleNanoseconds(spent[k]) / num;
  };
  double rest = ns(kEngine);
  for (size_t k = 0; k < kNumStages; ++k) {
    state.counters[kStages[k].name] = ns(k);
    if (kStages[k].is_part_of_engine) rest -= ns(k);
  }
  state.counters["rest"] = rest;
  state.counters["beside"] = ns(kEngine) - ns(kHmac);
}
BENCHMARK(BM_Stages);

}  // namespace
}  // namespace assay::bench
