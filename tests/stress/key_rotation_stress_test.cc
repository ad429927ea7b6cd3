// Readers verify while a writer rotates the key thousands of times.
//
// All keys bear one kid, and generation g holds key number g mod kNumKeys and
// no other. So what a reader must find depends on the generation alone: the
// token signed with that key is valid and all others are not. A reader notes
// the newest generation that was surely published before it began and the
// newest that may have been when it ended; the one it saw must lie between.
//
// A key that is used after its generation is gone is a use after free, which
// ASan and TSan report; the number of living key sets and the resident size
// show that memory stays bounded.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/engine/batch_signer.h"
#include "core/engine/batch_verifier.h"
#include "core/exec/thread_pool.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "core/jose/policy.h"
#include "core/keys/key_cache.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay {
namespace {

using jose::Algorithm;

constexpr size_t kNumKeys = 5;
constexpr char kSetName[] = "rotating";
constexpr char kKid[] = "same";
// Every reader works at least this often, however fast the writer is.
constexpr int kMinReads = 200;
// The current snapshot and, beside it, either the next one or the one that
// waits for its grace period.
constexpr int kMaxAliveSets = 2;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // The resident size is the sanitizer's own.
#else
constexpr bool kSanitized = false;
#endif

// What leaks of whole generations would exceed by far: each has a header memo
// of 64 KiB.
constexpr long kMaxGrowthKib = 32 * 1024;

long ResidentKib() {
  long pages = 0;
  long resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  EXPECT_NE(file, nullptr);
  EXPECT_EQ(std::fscanf(file, "%ld %ld", &pages, &resident), 2);
  std::fclose(file);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

std::vector<jose::Jwk> MakeKeys(Algorithm alg) {
  std::vector<jose::Jwk> keys;
  for (size_t i = 0; i < kNumKeys; ++i) {
    auto key = jose::GenerateJwk(alg, kKid, 0);
    EXPECT_TRUE(key.ok()) << key.status();
    keys.push_back(*std::move(key));
  }
  return keys;
}

std::unique_ptr<keys::KeySet> SetOf(const jose::Jwk& key, keys::KeySetUse use) {
  jose::JwkSet jwks;
  jwks.keys.push_back(jose::CloneJwk(key));
  auto set = keys::KeySet::Create(kSetName, use, std::move(jwks), {}, Limits());
  EXPECT_TRUE(set.ok()) << set.status();
  return *std::move(set);
}

// One token per key. Their headers are the same bytes, so that a header memo
// that outlived its snapshot would lead to a wrong key.
std::vector<std::string> SignTokens(const std::vector<jose::Jwk>& keys) {
  std::vector<std::string> tokens;
  const engine::SignOptions options;
  const absl::string_view payload = "{\"sub\":\"reader\"}";
  for (const jose::Jwk& key : keys) {
    keys::KeyCache cache;
    cache.Publish(SetOf(key, keys::KeySetUse::kSign));
    const engine::BatchSigner signer(&cache, nullptr, Clock::System(),
                                     Limits());
    engine::SignRequest request;
    request.key_set = kSetName;
    request.options = &options;
    request.payloads = absl::MakeConstSpan(&payload, 1);
    const absl::Status status =
        signer.Sign(request, [&](const engine::SignResults& results) {
          tokens.emplace_back(results.results[0].token);
        });
    EXPECT_TRUE(status.ok()) << status;
  }
  return tokens;
}

std::vector<std::string> DecodeSignatures(
    const std::vector<std::string>& tokens) {
  std::vector<std::string> signatures;
  for (const std::string& token : tokens) {
    std::string signature;
    EXPECT_TRUE(Base64UrlDecode(
        absl::string_view(token).substr(token.rfind('.') + 1), &signature));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

class KeyRotationStressTest : public ::testing::TestWithParam<Algorithm> {
 protected:
  KeyRotationStressTest()
      : keys_(MakeKeys(GetParam())), tokens_(SignTokens(keys_)) {
    Rotate();
  }

  // Returns how often a reader was wrong.
  int Run(int num_rotations) {
    num_busy_readers_ = 3;
    std::vector<std::thread> readers;
    readers.emplace_back([this] { ReadWhile([this] { CheckDirectly(); }); });
    readers.emplace_back([this] { ReadWhile([this] { CheckDirectly(); }); });
    readers.emplace_back([this] { ReadWhile([this] { CheckByEngine(); }); });
    for (int i = 0; i < num_rotations || num_busy_readers_ > 0; ++i) {
      Rotate();
      if (i == num_rotations / 10) warm_kib_ = ResidentKib();
    }
    done_ = true;
    for (std::thread& reader : readers) reader.join();
    return num_wrong_;
  }

  long warm_kib() const { return warm_kib_; }
  uint64_t num_generations() const { return surely_published_; }

 private:
  void Rotate() {
    const uint64_t next = maybe_published_ + 1;
    auto set = SetOf(keys_[next % kNumKeys], keys::KeySetUse::kVerify);
    maybe_published_ = next;
    EXPECT_EQ(cache_.Publish(std::move(set)), next);
    surely_published_ = next;
    CheckAlive();
  }

  template <typename Check>
  void ReadWhile(const Check& check) {
    for (int reads = 0; !done_; ++reads) {
      check();
      CheckAlive();
      if (reads == kMinReads) --num_busy_readers_;
    }
  }

  void CheckAlive() {
    if (keys::KeySet::NumAliveForTest() > kMaxAliveSets) ++num_wrong_;
  }

  void CheckGeneration(uint64_t generation, uint64_t at_least) {
    if (generation < at_least || generation > maybe_published_) ++num_wrong_;
  }

  // By the verifying key itself, straight from the snapshot.
  void CheckDirectly() {
    const uint64_t at_least = surely_published_;
    const keys::KeyCache::ReadGuard guard(cache_);
    const keys::KeySet* set = guard.Find(kSetName);
    CheckGeneration(set->generation(), at_least);
    const auto candidates = set->FindForVerify(std::string(kKid), GetParam());
    if (candidates.num_keys != 1) {
      ++num_wrong_;
      return;
    }
    const auto& scheme = jose::InfoOf(GetParam()).scheme;
    const crypto::VerifyingKey& key = candidates.keys[0]->verifying_key();
    for (size_t i = 0; i < kNumKeys; ++i) {
      const bool valid = key.Verify(scheme, signing_input(i), signatures_[i]);
      if (valid != (set->generation() % kNumKeys == i)) ++num_wrong_;
    }
  }

  // Through the whole pipeline, with its header memo and its threads.
  void CheckByEngine() {
    const std::vector<absl::string_view> tokens(tokens_.begin(), tokens_.end());
    engine::VerifyRequest request;
    request.key_set = kSetName;
    request.policy = &policy_;
    request.tokens = tokens;
    const uint64_t at_least = surely_published_;
    const absl::Status status =
        verifier_.Verify(request, [&](const engine::BatchResults& results) {
          CheckGeneration(results.key_generation, at_least);
          for (size_t i = 0; i < kNumKeys; ++i) {
            const Verdict expected = results.key_generation % kNumKeys == i
                                         ? Verdict::kValid
                                         : Verdict::kInvalidSignature;
            if (results.results[i].verdict() != expected) ++num_wrong_;
          }
        });
    if (!status.ok()) ++num_wrong_;
  }

  absl::string_view signing_input(size_t i) const {
    return absl::string_view(tokens_[i]).substr(0, tokens_[i].rfind('.'));
  }

  const std::vector<jose::Jwk> keys_;
  const std::vector<std::string> tokens_;
  const std::vector<std::string> signatures_ = DecodeSignatures(tokens_);
  const jose::Policy policy_;

  keys::KeyCache cache_;
  exec::ThreadPool pool_{2, 16};
  const engine::BatchVerifier verifier_{&cache_, &pool_, Clock::System(),
                                        Limits()};

  std::atomic<uint64_t> maybe_published_{0};
  std::atomic<uint64_t> surely_published_{0};
  std::atomic<int> num_busy_readers_{0};
  std::atomic<int> num_wrong_{0};
  std::atomic<bool> done_{false};
  long warm_kib_ = 0;
};

TEST_P(KeyRotationStressTest, NoVerdictIsWrongAndMemoryStaysBounded) {
  const int num_rotations = kSanitized ? 1000 : 1500;
  EXPECT_EQ(Run(num_rotations), 0);
  EXPECT_GE(num_generations(), static_cast<uint64_t>(num_rotations));
  if (!kSanitized) {
    EXPECT_LT(ResidentKib() - warm_kib(), kMaxGrowthKib);
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, KeyRotationStressTest,
                         ::testing::Values(Algorithm::kHs256, Algorithm::kEdDsa,
                                           Algorithm::kEs256),
                         [](const auto& info) {
                           return std::string(jose::AlgorithmName(info.param));
                         });

}  // namespace
}  // namespace assay
