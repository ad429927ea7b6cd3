// Whole encrypted tokens through the engine, beside their cryptography alone.
//
//   ./bazelw run //bench:jwe                     everything (some minutes)
//   ./bazelw run //bench:jwe -- --benchmark_filter=decrypt/A256KW
//
// Names are encrypt|decrypt / alg / enc / bytes of plaintext. Each benchmark
// lets the engine and the floor take turns within one loop, both by the
// thread's processor time, over the same 64 plaintexts. The floor is what the
// two algorithms cost in BoringSSL: fresh keys and IVs, key management under a
// key that was prepared once, and the content cipher; no JSON, no base64, no
// token. `ratio_to_plain` is the floor's time over the engine's (1.0: all else
// costs nothing). Every token is decrypted and compared before anything is
// timed.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "bench/bench_clocks.h"
#include "benchmark/benchmark.h"
#include "core/base/bytes.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/random.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_encrypter.h"
#include "core/jose/decryption_key.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
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
constexpr absl::string_view kEncryptSet = "to";
constexpr absl::string_view kDecryptSet = "from";

Limits BenchLimits() {
  Limits limits;
  limits.max_token_bytes = 1024 * 1024;
  limits.max_batch_pbes2_iterations = UINT64_MAX;
  return limits;
}

jose::Jwk FreshKey(KeyManagement alg, ContentAlgorithm enc) {
  jose::EncryptionKeyShape shape;
  shape.enc = enc;
  auto jwk = jose::GenerateEncryptionJwk(alg, shape, "k");
  if (!jwk.ok()) std::abort();
  return *std::move(jwk);
}

// A token as the floor finds it: in its parts, decoded.
struct OpenToken {
  std::string header_text;
  jose::JweHeaderParser parser{BenchLimits()};
  jose::JweHeader header;
  std::string encrypted_key, iv, ciphertext, tag;
};

// One key, 64 plaintexts and their tokens; the engine's way and the floor's.
class Corpus {
 public:
  Corpus(KeyManagement alg, ContentAlgorithm enc, size_t size)
      : enc_(enc),
        encrypter_(&cache_, nullptr, limits_),
        decrypter_(&cache_, nullptr, limits_) {
    const jose::Jwk jwk = FreshKey(alg, enc);
    Publish(kEncryptSet, keys::KeySetUse::kEncrypt, jwk);
    Publish(kDecryptSet, keys::KeySetUse::kDecrypt, jwk);
    encryption_key_ = *jose::EncryptionKey::Create(
        alg, jwk.material, limits_.max_rsa_modulus_bits);
    decryption_key_ = *jose::DecryptionKey::Create(
        alg, jwk.material, limits_.max_rsa_modulus_bits);
    for (size_t i = 0; i < kNumTokens; ++i) {
      plaintexts_.push_back(std::string(size, 'a' + i % 26));
    }
    for (const std::string& plaintext : plaintexts_) {
      plaintext_views_.push_back(plaintext);
    }
    Encrypt(&tokens_);
    for (const std::string& token : tokens_) token_views_.push_back(token);
    OpenAll();
    std::vector<std::string> decrypted;
    if (Decrypt(&decrypted) != kNumTokens || decrypted != plaintexts_ ||
        DecryptFloor() != kNumTokens || EncryptFloor() != kNumTokens) {
      std::abort();
    }
  }

  // Each returns how many tokens came out well.
  size_t Encrypt(std::vector<std::string>* tokens = nullptr) {
    engine::EncryptRequest request;
    request.key_set = kEncryptSet;
    request.options.enc = enc_;
    request.options.p2c = kMinPbes2Iterations;
    request.plaintexts = plaintext_views_;
    size_t num = 0;
    const absl::Status status =
        encrypter_.Encrypt(request, [&](const engine::EncryptResults& results) {
          for (const auto& token : results.tokens) {
            num += token.ok();
            if (tokens != nullptr) tokens->push_back(token.value());
          }
        });
    return status.ok() ? num : 0;
  }

  size_t Decrypt(std::vector<std::string>* plaintexts = nullptr) {
    engine::DecryptRequest request;
    request.key_set = kDecryptSet;
    request.tokens = token_views_;
    size_t num = 0;
    const absl::Status status =
        decrypter_.Decrypt(request, [&](const engine::DecryptResults& results) {
          for (const engine::DecryptResult& result : results.results) {
            num += result.reason == DecryptReason::kValid;
            if (plaintexts != nullptr) plaintexts->push_back(result.plaintext);
          }
        });
    return status.ok() ? num : 0;
  }

  size_t EncryptFloor() {
    jose::EncryptOptions options;
    options.enc = enc_;
    options.p2c = kMinPbes2Iterations;
    const crypto::ContentEncryption encryption = InfoOf(enc_).encryption;
    std::string iv(crypto::IvLen(encryption), '\0');
    std::string tag(crypto::TagLen(encryption), '\0');
    size_t num = 0;
    for (size_t i = 0; i < kNumTokens; ++i) {
      jose::ContentKey key;
      jose::KeyParameters parameters;
      if (!encryption_key_->MakeContentKey(options, &budget_, &key, &parameters)
               .ok()) {
        return 0;
      }
      crypto::RandomBytes(Data(&iv), iv.size());
      buffer_.resize(key.cipher()->CiphertextLen(plaintexts_[i].size()));
      num += key.cipher()->Seal(iv, open_[i]->header_text, plaintexts_[i],
                                Data(&buffer_), Data(&tag));
    }
    return num;
  }

  size_t DecryptFloor() {
    size_t num = 0;
    for (const auto& token : open_) {
      jose::ContentKey key;
      if (decryption_key_->FindContentKey(token->header, token->encrypted_key,
                                          &budget_,
                                          &key) != DecryptReason::kValid) {
        return 0;
      }
      buffer_.resize(token->ciphertext.size());
      size_t len = 0;
      num +=
          key.cipher()->Open(token->iv, token->header_text, token->ciphertext,
                             token->tag, Data(&buffer_), &len);
    }
    return num;
  }

 private:
  void Publish(absl::string_view name, keys::KeySetUse use,
               const jose::Jwk& jwk) {
    jose::JwkSet jwks;
    jwks.keys.push_back(jose::CloneJwk(jwk));
    auto set = keys::KeySet::Create(name, use, std::move(jwks), {}, limits_);
    if (!set.ok()) std::abort();
    cache_.Publish(*std::move(set));
  }

  void OpenAll() {
    for (const std::string& token : tokens_) {
      open_.push_back(std::make_unique<OpenToken>());
      OpenToken& open = *open_.back();
      jose::UnverifiedJwe jwe;
      if (jose::SplitJwe(token, limits_, &jwe) != DecryptReason::kValid ||
          open.parser.Parse(jwe.header, &open.header) !=
              DecryptReason::kValid ||
          !Base64UrlDecode(jwe.encrypted_key, &open.encrypted_key) ||
          !Base64UrlDecode(jwe.iv, &open.iv) ||
          !Base64UrlDecode(jwe.ciphertext, &open.ciphertext) ||
          !Base64UrlDecode(jwe.tag, &open.tag)) {
        std::abort();
      }
      open.header_text = std::string(jwe.header);
    }
  }

  const Limits limits_ = BenchLimits();
  const ContentAlgorithm enc_;
  keys::KeyCache cache_;
  const engine::BatchEncrypter encrypter_;
  const engine::BatchDecrypter decrypter_;
  std::unique_ptr<const jose::EncryptionKey> encryption_key_;
  std::unique_ptr<const jose::DecryptionKey> decryption_key_;
  jose::IterationBudget budget_{UINT64_MAX};
  std::vector<std::string> plaintexts_, tokens_;
  std::vector<absl::string_view> plaintext_views_, token_views_;
  std::vector<std::unique_ptr<OpenToken>> open_;
  std::string buffer_;
};

enum class Direction { kEncrypt, kDecrypt };

void BM_Jwe(benchmark::State& state, Direction direction, KeyManagement alg,
            ContentAlgorithm enc, size_t size) {
  Corpus corpus(alg, enc, size);
  absl::Duration ours, floor;
  for (auto _ : state) {
    const absl::Duration begin = ThreadCpuTime();
    const size_t done =
        direction == Direction::kEncrypt ? corpus.Encrypt() : corpus.Decrypt();
    const absl::Duration middle = ThreadCpuTime();
    const size_t plain = direction == Direction::kEncrypt
                             ? corpus.EncryptFloor()
                             : corpus.DecryptFloor();
    floor += ThreadCpuTime() - middle;
    ours += middle - begin;
    if (done != kNumTokens || plain != kNumTokens) {
      state.SkipWithError("a token did not come out well");
      break;
    }
    state.SetIterationTime(absl::ToDoubleSeconds(middle - begin));
  }
  state.SetItemsProcessed(state.iterations() * kNumTokens);
  state.counters["ratio_to_plain"] = absl::FDivDuration(floor, ours);
}

void RegisterAll() {
  constexpr size_t kSizes[] = {100, 1000, 64 * 1024};
  for (const auto direction : {Direction::kEncrypt, Direction::kDecrypt}) {
    for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
      for (const auto enc :
           {ContentAlgorithm::kA128CbcHs256, ContentAlgorithm::kA256Gcm}) {
        for (const size_t size : kSizes) {
          benchmark::RegisterBenchmark(
              absl::StrCat(
                  direction == Direction::kEncrypt ? "encrypt/" : "decrypt/",
                  info.name, "/", jose::AlgorithmName(enc), "/", size)
                  .c_str(),
              BM_Jwe, direction, info.alg, enc, size)
              ->UseManualTime();
        }
      }
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
