// What a token costs besides its signature: base64url, header, claims.
//
//   ./bazelw run //bench:parse
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "bench/bench_key_sets.h"
#include "bench/bench_tokens.h"
#include "benchmark/benchmark.h"
#include "core/base/limits.h"
#include "core/jose/claims_validator.h"
#include "core/jose/compact.h"
#include "core/jose/header.h"
#include "core/json/members.h"
#include "core/json/reader.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::bench {
namespace {

constexpr size_t kNumTokens = 64;

std::vector<std::string> Tokens() {
  return BenchTokens(jose::Algorithm::kEs256, kNumTokens);
}

// Distinct pieces of `num_bytes`.
std::vector<std::string> Pieces(size_t num_bytes) {
  std::mt19937 random(7515);
  std::vector<std::string> pieces(kNumTokens, std::string(num_bytes, '\0'));
  for (std::string& piece : pieces) {
    for (char& byte : piece) byte = static_cast<char>(random());
  }
  return pieces;
}

// Ours, and abseil's as the baseline.
bool DecodeOurs(absl::string_view text, std::string* out) {
  out->resize(Base64UrlDecodedSize(text.size()));
  return Base64UrlDecode(text, reinterpret_cast<uint8_t*>(&(*out)[0]));
}
void EncodeOurs(absl::string_view bytes, std::string* out) {
  out->resize(Base64UrlEncodedSize(bytes.size()));
  Base64UrlEncode(bytes, &(*out)[0]);
}
bool DecodeAbseil(absl::string_view text, std::string* out) {
  return absl::WebSafeBase64Unescape(text, out);
}
void EncodeAbseil(absl::string_view bytes, std::string* out) {
  absl::WebSafeBase64Escape(bytes, out);
}

void BM_Base64UrlDecode(benchmark::State& state,
                        bool (*decode)(absl::string_view, std::string*)) {
  const std::vector<std::string> pieces =
      Pieces(static_cast<size_t>(state.range(0)));
  std::vector<std::string> texts;
  std::string out;
  for (const std::string& piece : pieces) {
    texts.push_back(Base64UrlEncode(piece));
    if (!decode(texts.back(), &out) || out != piece) std::abort();
  }
  size_t i = 0;
  for (auto _ : state) {
    if (!decode(texts[i++ % kNumTokens], &out)) std::abort();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(texts[0].size()));
}

void BM_Base64UrlEncode(benchmark::State& state,
                        void (*encode)(absl::string_view, std::string*)) {
  const std::vector<std::string> pieces =
      Pieces(static_cast<size_t>(state.range(0)));
  std::string out;
  for (const std::string& piece : pieces) {
    encode(piece, &out);
    if (out != Base64UrlEncode(piece)) std::abort();
  }
  size_t i = 0;
  for (auto _ : state) {
    encode(pieces[i++ % kNumTokens], &out);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(BM_Base64UrlDecode, ours, DecodeOurs)
    ->ArgName("bytes")
    ->Arg(32)
    ->Arg(64)
    ->Arg(300)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Base64UrlDecode, abseil, DecodeAbseil)
    ->ArgName("bytes")
    ->Arg(32)
    ->Arg(64)
    ->Arg(300)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Base64UrlEncode, ours, EncodeOurs)
    ->ArgName("bytes")
    ->Arg(32)
    ->Arg(64)
    ->Arg(300)
    ->Arg(4096);
BENCHMARK_CAPTURE(BM_Base64UrlEncode, abseil, EncodeAbseil)
    ->ArgName("bytes")
    ->Arg(32)
    ->Arg(64)
    ->Arg(300)
    ->Arg(4096);

void BM_Split(benchmark::State& state) {
  const std::vector<std::string> tokens = Tokens();
  const Limits limits;
  size_t i = 0;
  for (auto _ : state) {
    jose::UnverifiedCompact compact;
    if (jose::SplitCompact(tokens[i++ % kNumTokens], limits, &compact) !=
        Reason::kValid) {
      std::abort();
    }
    benchmark::DoNotOptimize(compact);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Split);

// A header that is new: decoded, parsed as JSON, judged.
void BM_HeaderParse(benchmark::State& state) {
  const std::string token = Tokens()[0];
  const absl::string_view header =
      absl::string_view(token).substr(0, token.find('.'));
  jose::HeaderParser parser;
  for (auto _ : state) {
    jose::ProtectedHeader parsed;
    if (parser.Parse(header, &parsed) != Reason::kValid) std::abort();
    benchmark::DoNotOptimize(parsed);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_HeaderParse);

// A header that the memo knows.
void BM_HeaderMemoHit(benchmark::State& state) {
  const std::string token = Tokens()[0];
  const absl::string_view encoded =
      absl::string_view(token).substr(0, token.find('.'));
  jose::HeaderParser parser;
  jose::ProtectedHeader header;
  if (parser.Parse(encoded, &header) != Reason::kValid) std::abort();
  const keys::KeyCache::ReadGuard guard(BenchKeyCache());
  const keys::KeySet& key_set = *guard.Find("ES256");
  key_set.header_memo().Insert(encoded, header, key_set.keys()[0].get());
  for (auto _ : state) {
    if (key_set.header_memo().Find(encoded) == nullptr) std::abort();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_HeaderMemoHit);

// A claims object: strict JSON, then the policy.
void BM_Claims(benchmark::State& state) {
  std::vector<std::string> claims = BenchClaims(kNumTokens);
  std::vector<size_t> lens;
  for (std::string& text : claims) {
    lens.push_back(text.size());
    text.resize(text.size() + json::kPadding);
  }
  const jose::Policy policy = BenchPolicy();
  const jose::ClaimsJudge judge(policy, absl::Now());
  json::Reader reader(Limits().max_json_depth);
  json::Members members;
  size_t i = 0;
  for (auto _ : state) {
    const size_t k = i++ % kNumTokens;
    if (reader.ParseMembersPadded(absl::string_view(claims[k].data(), lens[k]),
                                  &members) != json::Error::kNone ||
        judge.Judge(members) != Reason::kValid) {
      std::abort();
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Claims);

}  // namespace
}  // namespace assay::bench
