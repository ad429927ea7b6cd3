// Tokens that cannot be decrypted, each kind beside the others: a failure must
// not tell by its time which step it was (RFC 7516 11.5).
//
//   ./bazelw run //bench:jwe_failures
//
// Names are failures / alg / enc. Each benchmark lets all kinds take turns
// within one loop, 64 tokens of each, by the thread's processor time. The
// counters are nanoseconds for a token: `tag` (one bit of the tag), `iv` (one
// of the IV), `key` (one of the encrypted key), `padding` (the tag is good, the
// padding is not, which only a holder of the key can make; CBC alone), and
// `valid`. tag, iv and key are to be the same within noise: see spread, the
// largest of them over the least. Every token's verdict is checked before
// anything is timed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench/bench_clocks.h"
#include "benchmark/benchmark.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/key_material.h"
#include "core/crypto/random.h"
#include "core/engine/batch_decrypter.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"
#include "service/allocator_tuning.h"

namespace assay::bench {
namespace {

using jose::ContentAlgorithm;
using jose::KeyManagement;

constexpr size_t kNumTokens = 64;
constexpr size_t kPlaintextLen = 100;
constexpr absl::string_view kKeySet = "from";

enum class Kind : uint8_t { kValid, kTag, kIv, kKey, kPadding };
constexpr absl::string_view kKindNames[] = {"valid", "tag", "iv", "key",
                                            "padding"};

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) std::abort();
  return *std::move(value);
}

uint8_t* Data(std::string* bytes) {
  return reinterpret_cast<uint8_t*>(&(*bytes)[0]);
}

void FlipBit(std::string* bytes) {
  (*bytes)[bytes->size() / 2] =
      static_cast<char>((*bytes)[bytes->size() / 2] ^ 1);
}

// Makes the tokens of one key, good ones and bad ones.
class Maker {
 public:
  Maker(const jose::Jwk& jwk, KeyManagement alg, ContentAlgorithm enc)
      : enc_(enc),
        encryption_(jose::InfoOf(enc).encryption),
        key_(OrDie(jose::EncryptionKey::Create(
            alg, jwk.material, Limits().max_rsa_modulus_bits))) {}

  std::string Make(Kind kind) const {
    std::string cek(crypto::CekLen(encryption_), '\0');
    crypto::RandomBytes(Data(&cek), cek.size());
    jose::KeyParameters parameters;
    jose::IterationBudget budget(0);
    jose::EncryptOptions options;
    options.enc = enc_;
    if (!key_->WrapSharedKey(options, &budget, cek, &parameters).ok()) {
      std::abort();
    }
    // CBC's key is the MAC's and AES': with another one for AES, the tag is
    // good and what is decrypted is noise.
    if (kind == Kind::kPadding) {
      crypto::RandomBytes(Data(&cek) + cek.size() / 2, cek.size() / 2);
    }
    const std::string header = Base64UrlEncode(Header(parameters));
    const auto cipher = OrDie(crypto::ContentCipher::Create(encryption_, cek));
    std::string iv(crypto::IvLen(encryption_), '\0');
    std::string tag(crypto::TagLen(encryption_), '\0');
    std::string ciphertext(cipher->CiphertextLen(kPlaintextLen), '\0');
    crypto::RandomBytes(Data(&iv), iv.size());
    if (!cipher->Seal(iv, header, std::string(kPlaintextLen, 'p'),
                      Data(&ciphertext), Data(&tag))) {
      std::abort();
    }
    if (kind == Kind::kTag) FlipBit(&tag);
    if (kind == Kind::kIv) FlipBit(&iv);
    if (kind == Kind::kKey) FlipBit(&parameters.encrypted_key);
    return absl::StrCat(header, ".", Base64UrlEncode(parameters.encrypted_key),
                        ".", Base64UrlEncode(iv), ".",
                        Base64UrlEncode(ciphertext), ".", Base64UrlEncode(tag));
  }

 private:
  std::string Header(const jose::KeyParameters& parameters) const {
    std::string header =
        absl::StrCat(R"({"alg":")", jose::AlgorithmName(key_->alg()),
                     R"(","enc":")", jose::AlgorithmName(enc_), "\"");
    if (parameters.epk.has_value()) {
      const auto& epk = absl::get<crypto::EcKey>(*parameters.epk);
      absl::StrAppend(&header, R"(,"epk":{"kty":"EC","crv":"P-256","x":")",
                      Base64UrlEncode(epk.x), R"(","y":")",
                      Base64UrlEncode(epk.y), "\"}");
    }
    if (!parameters.iv.empty()) {
      absl::StrAppend(&header, R"(,"iv":")", Base64UrlEncode(parameters.iv),
                      R"(","tag":")", Base64UrlEncode(parameters.tag), "\"");
    }
    return header + "}";
  }

  const ContentAlgorithm enc_;
  const crypto::ContentEncryption encryption_;
  const std::unique_ptr<const jose::EncryptionKey> key_;
};

// 64 tokens of each kind that there is, and who decrypts them.
class Corpus {
 public:
  Corpus(KeyManagement alg, ContentAlgorithm enc)
      : decrypter_(&cache_, nullptr, Limits()) {
    jose::EncryptionKeyShape shape;
    shape.enc = enc;
    const jose::Jwk jwk = OrDie(jose::GenerateEncryptionJwk(alg, shape, "k"));
    jose::JwkSet jwks;
    jwks.keys.push_back(jose::CloneJwk(jwk));
    cache_.Publish(OrDie(keys::KeySet::Create(
        kKeySet, keys::KeySetUse::kDecrypt, std::move(jwks), {}, Limits())));
    const Maker maker(jwk, alg, enc);
    kinds_ = {Kind::kValid, Kind::kTag, Kind::kIv, Kind::kKey};
    if (!crypto::IsGcm(jose::InfoOf(enc).encryption)) {
      kinds_.push_back(Kind::kPadding);
    }
    tokens_.resize(kinds_.size());
    for (size_t i = 0; i < kinds_.size(); ++i) {
      while (tokens_[i].size() < kNumTokens) Add(maker, i);
    }
  }

  const std::vector<Kind>& kinds() const { return kinds_; }

  // Whether all tokens of that kind come out as they must.
  bool Decrypt(size_t kind) const {
    const std::vector<absl::string_view> views(tokens_[kind].begin(),
                                               tokens_[kind].end());
    return NumAsExpected(kinds_[kind], views) == views.size();
  }

 private:
  // Of what decrypts to noise, one in 256 has good padding by accident.
  void Add(const Maker& maker, size_t kind) {
    const std::string token = maker.Make(kinds_[kind]);
    const absl::string_view view = token;
    if (NumAsExpected(kinds_[kind], absl::MakeConstSpan(&view, 1)) == 1) {
      tokens_[kind].push_back(token);
    } else if (kinds_[kind] != Kind::kPadding) {
      std::abort();
    }
  }

  size_t NumAsExpected(Kind kind,
                       absl::Span<const absl::string_view> tokens) const {
    const DecryptReason expected = kind == Kind::kValid
                                       ? DecryptReason::kValid
                                       : DecryptReason::kDecryptionFailed;
    engine::DecryptRequest request;
    request.key_set = kKeySet;
    request.tokens = tokens;
    size_t num = 0;
    const absl::Status status =
        decrypter_.Decrypt(request, [&](const engine::DecryptResults& results) {
          for (const engine::DecryptResult& result : results.results) {
            num += result.reason == expected;
          }
        });
    return status.ok() ? num : 0;
  }

  keys::KeyCache cache_;
  const engine::BatchDecrypter decrypter_;
  std::vector<Kind> kinds_;
  std::vector<std::vector<std::string>> tokens_;  // By the index of kinds_.
};

void BM_Failures(benchmark::State& state, KeyManagement alg,
                 ContentAlgorithm enc) {
  const Corpus corpus(alg, enc);
  const std::vector<Kind>& kinds = corpus.kinds();
  std::vector<absl::Duration> spent(kinds.size());
  for (auto _ : state) {
    absl::Duration all;
    for (size_t i = 0; i < kinds.size(); ++i) {
      const absl::Duration begin = ThreadCpuTime();
      const bool is_right = corpus.Decrypt(i);
      const absl::Duration taken = ThreadCpuTime() - begin;
      if (!is_right) {
        state.SkipWithError("a token did not come out as it must");
        return;
      }
      spent[i] += taken;
      all += taken;
    }
    state.SetIterationTime(absl::ToDoubleSeconds(all));
  }
  absl::Duration least = absl::InfiniteDuration(), most;
  for (size_t i = 0; i < kinds.size(); ++i) {
    state.counters[std::string(kKindNames[static_cast<size_t>(kinds[i])])] =
        absl::ToDoubleNanoseconds(spent[i]) /
        (static_cast<double>(state.iterations()) * kNumTokens);
    if (kinds[i] == Kind::kValid || kinds[i] == Kind::kPadding) continue;
    least = std::min(least, spent[i]);
    most = std::max(most, spent[i]);
  }
  state.counters["spread"] = absl::FDivDuration(most, least);
}

void RegisterAll() {
  for (const auto alg :
       {KeyManagement::kRsaOaep, KeyManagement::kA128Kw,
        KeyManagement::kA128GcmKw, KeyManagement::kEcdhEsA128Kw}) {
    for (const auto enc :
         {ContentAlgorithm::kA128CbcHs256, ContentAlgorithm::kA128Gcm}) {
      benchmark::RegisterBenchmark(
          absl::StrCat("failures/", jose::AlgorithmName(alg), "/",
                       jose::AlgorithmName(enc))
              .c_str(),
          BM_Failures, alg, enc)
          ->UseManualTime();
    }
  }
}

}  // namespace
}  // namespace assay::bench

int main(int argc, char** argv) {
  assay::service::TuneAllocator();  // As the server and the command do.
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  assay::bench::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
