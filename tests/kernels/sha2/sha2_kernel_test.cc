// The SHA-2 kernels against BoringSSL: every length, mixes of lengths, every
// batch size up to 40, states that have absorbed blocks before, messages and
// digests at any address. Every buffer has its exact size, for the sanitizers.
#include "core/simd/sha2/sha2_kernel.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "core/simd/sha2/sha256_avx512.h"
#include "core/simd/sha2/sha256_shani.h"
#include "core/simd/sha2/sha2_initial_state.h"
#include "core/simd/sha2/sha512_avx512.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

struct Sha256 {
  using Word = uint32_t;
  using Context = SHA256_CTX;
  static constexpr size_t kDigestLen = 32;
  static const Sha256Kernel* Kernel() { return Sha256ShaNiKernel(); }
  static const Word* Initial() { return kSha256InitialState; }
  static void Init(Context* context) { SHA256_Init(context); }
  static void Update(Context* context, const void* data, size_t len) {
    SHA256_Update(context, data, len);
  }
  static void Final(uint8_t* digest, Context* context) {
    SHA256_Final(digest, context);
  }
};

struct Sha256Avx512 : Sha256 {
  static const Sha256Kernel* Kernel() { return Sha256Avx512Kernel(); }
};

struct Sha512 {
  using Word = uint64_t;
  using Context = SHA512_CTX;
  static constexpr size_t kDigestLen = 64;
  static const Sha512Kernel* Kernel() { return Sha512Avx512Kernel(); }
  static const Word* Initial() { return kSha512InitialState; }
  static void Init(Context* context) { SHA512_Init(context); }
  static void Update(Context* context, const void* data, size_t len) {
    SHA512_Update(context, data, len);
  }
  static void Final(uint8_t* digest, Context* context) {
    SHA512_Final(digest, context);
  }
};

struct Sha384 : Sha512 {
  static constexpr size_t kDigestLen = 48;
  static const Word* Initial() { return kSha384InitialState; }
  static void Init(Context* context) { SHA384_Init(context); }
  static void Final(uint8_t* digest, Context* context) {
    SHA384_Final(digest, context);
  }
};

// Bytes of exactly this length, `offset` bytes off the allocator's alignment.
class Buffer {
 public:
  Buffer(size_t len, size_t offset)
      : bytes_(new uint8_t[offset + len]), offset_(offset), len_(len) {}
  uint8_t* data() { return bytes_.get() + offset_; }
  size_t size() const { return len_; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t offset_, len_;
};

template <typename Sha>
class Sha2DifferentialTest : public testing::Test {
 protected:
  using Word = typename Sha::Word;
  static constexpr size_t kBlockLen = 16 * sizeof(Word);
  static constexpr size_t kStateLen = 8 * sizeof(Word);

  struct Case {
    size_t prefix_blocks, message_len;
  };

  void SetUp() override {
    if (Sha::Kernel() == nullptr) GTEST_SKIP() << "no such instructions here";
    const char* const seed = std::getenv("ASSAY_TEST_SEED");
    const uint64_t value = seed != nullptr ? std::strtoull(seed, nullptr, 0)
                                           : std::random_device()();
    RecordProperty("seed", std::to_string(value));
    seed_ = value;
    random_.seed(value);
  }

  size_t Below(size_t bound) { return random_() % bound; }

  // Hashes messages of these lengths in one call, and each with BoringSSL.
  void Check(const std::vector<Case>& cases) {
    std::vector<Buffer> messages, digests;
    std::vector<std::vector<Word>> states;
    std::vector<std::vector<uint8_t>> wanted;
    std::vector<Sha2Job<Word>> jobs;
    for (const Case& c : cases) {
      typename Sha::Context context;
      Sha::Init(&context);
      std::vector<uint8_t> prefix(c.prefix_blocks * kBlockLen);
      for (uint8_t& byte : prefix) byte = static_cast<uint8_t>(random_());
      Sha::Update(&context, prefix.data(), prefix.size());
      states.emplace_back(context.h, context.h + 8);
      if (prefix.empty()) {
        ASSERT_EQ(states.back(),
                  std::vector<Word>(Sha::Initial(), Sha::Initial() + 8));
      }
      messages.emplace_back(c.message_len, Below(64));
      for (size_t i = 0; i < c.message_len; ++i) {
        messages.back().data()[i] = static_cast<uint8_t>(random_());
      }
      Sha::Update(&context, messages.back().data(), c.message_len);
      wanted.emplace_back(Sha::kDigestLen);
      Sha::Final(wanted.back().data(), &context);
      digests.emplace_back(kStateLen, Below(16));
    }
    for (size_t i = 0; i < cases.size(); ++i) {
      jobs.push_back({states[i].data(), cases[i].prefix_blocks * kBlockLen,
                      messages[i].data(), messages[i].size(),
                      digests[i].data()});
    }
    Sha::Kernel()->hash(jobs.data(), jobs.size());
    for (size_t i = 0; i < cases.size(); ++i) {
      const uint8_t* const got = digests[i].data();
      ASSERT_EQ(std::vector<uint8_t>(got, got + Sha::kDigestLen), wanted[i])
          << "message " << i << " of " << cases.size() << ", "
          << cases[i].message_len << " bytes after " << cases[i].prefix_blocks
          << " blocks; ASSAY_TEST_SEED=" << seed_;
    }
  }

  uint64_t seed_ = 0;
  std::mt19937_64 random_;
};

using Kinds = testing::Types<Sha256, Sha256Avx512, Sha384, Sha512>;
TYPED_TEST_SUITE(Sha2DifferentialTest, Kinds);

TYPED_TEST(Sha2DifferentialTest, AgreesAtEveryLength) {
  for (size_t len = 0; len <= 300; ++len) {
    for (const size_t num : {1u, 2u, 8u, 9u, 16u, 33u}) {
      this->Check(std::vector<typename TestFixture::Case>(num, {0, len}));
      if (this->HasFatalFailure()) return;
    }
  }
}

TYPED_TEST(Sha2DifferentialTest, AgreesOnLongMessages) {
  for (const size_t len : {511u, 512u, 513u, 1000u, 4095u, 4096u, 65537u}) {
    this->Check({{0, len}, {1, 3}, {2, len + 1}, {0, 0}, {0, 2 * len}});
  }
}

TYPED_TEST(Sha2DifferentialTest, AgreesOnEveryPairOfLengths) {
  constexpr size_t kLongest = 2 * TestFixture::kBlockLen + 2;
  for (size_t a = 0; a <= kLongest; ++a) {
    for (size_t b = 0; b <= kLongest; b += 1 + b % 3) {
      this->Check({{0, a}, {0, b}});
      if (this->HasFatalFailure()) return;
    }
  }
}

TYPED_TEST(Sha2DifferentialTest, AgreesOnMixedLengthsInEveryBatchSize) {
  for (size_t num = 0; num <= 40; ++num) {
    for (int round = 0; round < 30; ++round) {
      // From all alike to a thousandfold difference.
      const size_t bound = size_t{1} << this->Below(11);
      std::vector<typename TestFixture::Case> cases;
      for (size_t i = 0; i < num; ++i) {
        cases.push_back({this->Below(4), this->Below(bound)});
      }
      this->Check(cases);
      if (this->HasFatalFailure()) return;
    }
  }
}

// One message that differs in length from all others, in each place.
TYPED_TEST(Sha2DifferentialTest, AgreesOnOneOddMessageInEveryPlace) {
  for (const size_t odd_len : {0u, 10u, 700u}) {
    for (size_t num = 1; num <= 20; ++num) {
      for (size_t odd = 0; odd < num; ++odd) {
        std::vector<typename TestFixture::Case> cases(num, {1, 300});
        cases[odd].message_len = odd_len;
        this->Check(cases);
        if (this->HasFatalFailure()) return;
      }
    }
  }
}

// The length field has 64 and 128 bits; only its place is looked at here.
TYPED_TEST(Sha2DifferentialTest, CountsThePrefixInBits) {
  this->Check({{1 << 12, 7}, {(1 << 12) + 1, 300}});
}

// As HS256 uses the kernel: the states after the padded key are kept.
void CheckHmac(const Sha256Kernel& kernel) {
  std::vector<uint8_t> key(32), message(300);
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(7 * i);
  SHA256_CTX inner, outer;
  SHA256_Init(&inner);
  SHA256_Init(&outer);
  for (size_t i = 0; i < 64; ++i) {
    const uint8_t byte = i < key.size() ? key[i] : 0;
    const uint8_t inner_byte = byte ^ 0x36, outer_byte = byte ^ 0x5c;
    SHA256_Update(&inner, &inner_byte, 1);
    SHA256_Update(&outer, &outer_byte, 1);
  }
  constexpr size_t kNum = 20;
  uint8_t inner_digests[kNum][32], macs[kNum][32];
  Sha256Job inner_jobs[kNum], outer_jobs[kNum];
  for (size_t i = 0; i < kNum; ++i) {
    inner_jobs[i] = {inner.h, 64, message.data() + i, message.size() - i,
                     inner_digests[i]};
    outer_jobs[i] = {outer.h, 64, inner_digests[i], 32, macs[i]};
  }
  kernel.hash(inner_jobs, kNum);
  kernel.hash(outer_jobs, kNum);
  for (size_t i = 0; i < kNum; ++i) {
    uint8_t wanted[32];
    unsigned wanted_len = 0;
    ASSERT_NE(HMAC(EVP_sha256(), key.data(), key.size(), message.data() + i,
                   message.size() - i, wanted, &wanted_len),
              nullptr);
    EXPECT_EQ(std::vector<uint8_t>(macs[i], macs[i] + 32),
              std::vector<uint8_t>(wanted, wanted + 32));
  }
}

TEST(Sha2HmacTest, TwoPassesFromKeptStatesAreHmac) {
  if (Sha256ShaNiKernel() == nullptr) GTEST_SKIP() << "no SHA extensions";
  CheckHmac(*Sha256ShaNiKernel());
  if (Sha256Avx512Kernel() != nullptr) CheckHmac(*Sha256Avx512Kernel());
}

}  // namespace
}  // namespace assay::simd
