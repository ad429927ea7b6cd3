// The kernels alone: the examples of FIPS 180-4, in every lane. How they
// compare with BoringSSL at every length is in tests/kernels/sha2.
#include "core/simd/sha2/sha2_kernel.h"

#include <ucontext.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "core/simd/cpu_features.h"
#include "core/simd/sha2/sha256_avx512.h"
#include "core/simd/sha2/sha256_shani.h"
#include "core/simd/sha2/sha2_initial_state.h"
#include "core/simd/sha2/sha512_avx512.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

struct Example {
  absl::string_view message;
  absl::string_view digest;  // Hexadecimal.
};

// FIPS 180-4's examples of one and two blocks, and the empty message.
constexpr Example kSha256Examples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};
constexpr absl::string_view kSha256OfMillion =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
constexpr Example kSha384Examples[] = {
    {"",
     "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
     "274edebfe76f65fbd51ad2f14898b95b"},
    {"abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450de5f36bc6"
     "b0455a8520bc4e6f5fe95b1fe3c8452b"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
     "fcc7c71a557e2db966c3e9fa91746039"},
};
constexpr absl::string_view kSha384OfMillion =
    "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
    "07b8b3dc38ecc4ebae97ddd87f3d8985";
constexpr Example kSha512Examples[] = {
    {"",
     "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
     "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    {"abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
     "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
     "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"},
};
constexpr absl::string_view kSha512OfMillion =
    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
    "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b";

const uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// The first `digest_len` bytes of each message's digest, in hexadecimal.
template <typename Kernel, typename Word>
std::vector<std::string> Hash(const Kernel& kernel, const Word* initial,
                              size_t digest_len,
                              const std::vector<absl::string_view>& messages) {
  constexpr size_t kFullLen = 8 * sizeof(Word);
  std::vector<std::array<uint8_t, kFullLen>> digests(messages.size());
  std::vector<Sha2Job<Word>> jobs(messages.size());
  for (size_t i = 0; i < jobs.size(); ++i) {
    jobs[i] = {initial, 0, Bytes(messages[i]), messages[i].size(),
               digests[i].data()};
  }
  kernel.hash(jobs.data(), jobs.size());
  std::vector<std::string> hex;
  for (const auto& digest : digests) {
    hex.push_back(absl::BytesToHexString(absl::string_view(
        reinterpret_cast<const char*>(digest.data()), digest_len)));
  }
  return hex;
}

// The examples in turn, from each of them on, in every number up to 40.
template <typename Kernel, typename Word, size_t kNum>
void CheckExamples(const Kernel& kernel, const Word* initial, size_t digest_len,
                   const Example (&examples)[kNum]) {
  for (size_t first = 0; first < kNum; ++first) {
    std::vector<absl::string_view> messages;
    std::vector<std::string> digests;
    for (size_t num = 0; num <= 40; ++num) {
      ASSERT_EQ(Hash(kernel, initial, digest_len, messages), digests) << num;
      messages.push_back(examples[(first + num) % kNum].message);
      digests.emplace_back(examples[(first + num) % kNum].digest);
    }
  }
}

// One long message beside short ones that come and go in the other lanes.
template <typename Kernel, typename Word>
void CheckMillion(const Kernel& kernel, const Word* initial, size_t digest_len,
                  const Example& example, absl::string_view of_million) {
  const std::string million(1000000, 'a');
  std::vector<absl::string_view> messages(50, example.message);
  std::vector<std::string> digests(50, std::string(example.digest));
  messages[5] = million;
  digests[5] = std::string(of_million);
  EXPECT_EQ(Hash(kernel, initial, digest_len, messages), digests);
}

class Sha256KernelTest
    : public testing::TestWithParam<const Sha256Kernel* (*)()> {};

INSTANTIATE_TEST_SUITE_P(Kernels, Sha256KernelTest,
                         testing::Values(&Sha256ShaNiKernel,
                                         &Sha256Avx512Kernel),
                         [](const auto& info) {
                           return info.index == 0 ? "ShaNi" : "Avx512";
                         });

TEST_P(Sha256KernelTest, HashesTheExamplesOfFips180) {
  const Sha256Kernel* const kernel = GetParam()();
  if (kernel == nullptr) GTEST_SKIP() << "no such instructions here";
  CheckExamples(*kernel, kSha256InitialState, 32, kSha256Examples);
  CheckMillion(*kernel, kSha256InitialState, 32, kSha256Examples[1],
               kSha256OfMillion);
}

TEST(Sha2KernelTest, Sha384HashesTheExamplesOfFips180) {
  const Sha512Kernel* const kernel = Sha512Avx512Kernel();
  if (kernel == nullptr) GTEST_SKIP() << "no AVX-512";
  CheckExamples(*kernel, kSha384InitialState, 48, kSha384Examples);
  CheckMillion(*kernel, kSha384InitialState, 48, kSha384Examples[1],
               kSha384OfMillion);
}

TEST(Sha2KernelTest, Sha512HashesTheExamplesOfFips180) {
  const Sha512Kernel* const kernel = Sha512Avx512Kernel();
  if (kernel == nullptr) GTEST_SKIP() << "no AVX-512";
  CheckExamples(*kernel, kSha512InitialState, 64, kSha512Examples);
  CheckMillion(*kernel, kSha512InitialState, 64, kSha512Examples[1],
               kSha512OfMillion);
}

TEST(Sha2KernelTest, KernelsAreOfferedWhereTheirInstructionsAre) {
  const CpuFeatures& features = UsableCpuFeatures();
  EXPECT_EQ(Sha256ShaNiKernel() != nullptr, features.sha_ni && features.avx2);
  EXPECT_EQ(Sha512Avx512Kernel() != nullptr, features.avx512_ifma);
  if (Sha256ShaNiKernel() != nullptr) {
    EXPECT_STREQ(Sha256ShaNiKernel()->name, "shani");
    EXPECT_EQ(Sha256ShaNiKernel()->num_lanes, 2u);
  }
  EXPECT_EQ(Sha256Avx512Kernel() != nullptr,
            features.sha_ni && features.avx512_ifma);
  if (Sha256Avx512Kernel() != nullptr) {
    EXPECT_STREQ(Sha256Avx512Kernel()->name, "avx512");
    EXPECT_EQ(Sha256Avx512Kernel()->num_lanes, 16u);
  }
  if (Sha512Avx512Kernel() != nullptr) {
    EXPECT_STREQ(Sha512Avx512Kernel()->name, "avx512");
    EXPECT_EQ(Sha512Avx512Kernel()->num_lanes, 8u);
  }
}

// Code that runs on a stack of its own, which is there to look at afterwards.
// (Unoptimised code has larger frames than what is wiped, and the sanitizers
// have frames elsewhere.)
#if defined(__OPTIMIZE__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if !defined(__has_feature)
#define ASSAY_HAS_PLAIN_STACK 1
#elif !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && \
    !__has_feature(memory_sanitizer)
#define ASSAY_HAS_PLAIN_STACK 1
#endif
#endif

#if defined(ASSAY_HAS_PLAIN_STACK)

constexpr size_t kStackLen = 64 * 1024;

template <typename Kernel, typename Word>
struct Run {
  const Kernel* kernel;
  std::vector<Sha2Job<Word>> jobs;
  ucontext_t here, there;
};

template <typename Kernel, typename Word>
void HashOnStack(uint32_t high, uint32_t low) {
  auto* const run = reinterpret_cast<Run<Kernel, Word>*>(
      static_cast<uintptr_t>(high) << 32 | low);
  run->kernel->hash(run->jobs.data(), run->jobs.size());
}

// What `num` messages of `len` bytes, from a secret state, leave on a stack.
template <typename Kernel, typename Word>
std::string StackAfter(const Kernel& kernel, const Word* secret_state,
                       size_t num, size_t len) {
  std::vector<uint8_t> message(len, 0x55), digest(8 * sizeof(Word));
  std::string stack(kStackLen, '\0');
  auto run = std::make_unique<Run<Kernel, Word>>();
  run->kernel = &kernel;
  run->jobs.assign(num, {secret_state, 16 * sizeof(Word), message.data(), len,
                         digest.data()});
  getcontext(&run->there);
  run->there.uc_stack.ss_sp = &stack[0];
  run->there.uc_stack.ss_size = stack.size();
  run->there.uc_link = &run->here;
  const auto address = reinterpret_cast<uintptr_t>(run.get());
  makecontext(
      &run->there, reinterpret_cast<void (*)()>(&HashOnStack<Kernel, Word>), 2,
      static_cast<uint32_t>(address >> 32), static_cast<uint32_t>(address));
  swapcontext(&run->here, &run->there);
  return stack;
}

// One word of the state; kernels hold words of other lanes beside it.
template <typename Word>
bool HoldsAWordOf(const std::string& stack, const Word* state) {
  for (int i = 0; i < 8; ++i) {
    char word[sizeof(Word)];
    std::memcpy(word, &state[i], sizeof(word));
    if (stack.find(std::string(word, sizeof(word))) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// What the upper sixteen vector registers hold: no compiler of this file's code
// touches them.
std::string UpperRegistersAfter(const Sha256Kernel& kernel,
                                const uint32_t* secret_state, size_t num) {
  std::vector<uint8_t> digest(32);
  const std::vector<Sha256Job> jobs(num,
                                    {secret_state, 64, nullptr, 0, &digest[0]});
  std::string registers(16 * 64, '\0');
  kernel.hash(jobs.data(), jobs.size());
#define ASSAY_STORE(number) \
  "vmovdqu64 %%zmm" #number ", 64*(" #number "-16)(%0)\n\t"
  __asm__ __volatile__(
      ASSAY_STORE(16) ASSAY_STORE(17) ASSAY_STORE(18) ASSAY_STORE(19)
          ASSAY_STORE(20) ASSAY_STORE(21) ASSAY_STORE(22) ASSAY_STORE(23)
              ASSAY_STORE(24) ASSAY_STORE(25) ASSAY_STORE(26) ASSAY_STORE(27)
                  ASSAY_STORE(28) ASSAY_STORE(29) ASSAY_STORE(30)
                      ASSAY_STORE(31)
      :
      : "r"(&registers[0])
      : "memory");
#undef ASSAY_STORE
  return registers;
}

TEST(Sha2KernelTest, Sha256LeavesNothingInTheUpperRegisters) {
  const Sha256Kernel* const kernel = Sha256Avx512Kernel();
  if (kernel == nullptr) GTEST_SKIP() << "no AVX-512";
  const uint32_t secret[8] = {0x01d2c3b4, 0x11d2c3b4, 0x21d2c3b4, 0x31d2c3b4,
                              0x41d2c3b4, 0x51d2c3b4, 0x61d2c3b4, 0x71d2c3b4};
  for (const size_t num : {11u, 16u, 20u, 32u}) {
    EXPECT_EQ(UpperRegistersAfter(*kernel, secret, num),
              std::string(16 * 64, '\0'))
        << num;
  }
}

constexpr char kMessageBytes[] = "\x55\x55\x55\x55\x55\x55\x55\x55";

TEST_P(Sha256KernelTest, LeavesNoStateOrMessageOnTheStack) {
  const Sha256Kernel* const kernel = GetParam()();
  if (kernel == nullptr) GTEST_SKIP() << "no such instructions here";
  const uint32_t secret[8] = {0x01d2c3b4, 0x11d2c3b4, 0x21d2c3b4, 0x31d2c3b4,
                              0x41d2c3b4, 0x51d2c3b4, 0x61d2c3b4, 0x71d2c3b4};
  for (const size_t num : {1u, 2u, 3u, 9u, 16u, 17u, 40u}) {
    for (const size_t len : {20u, 60u, 64u, 300u}) {
      const std::string stack =
          StackAfter<Sha256Kernel, uint32_t>(*kernel, secret, num, len);
      EXPECT_FALSE(HoldsAWordOf(stack, secret)) << num << " of " << len;
      EXPECT_EQ(stack.find(kMessageBytes), std::string::npos) << len;
    }
  }
}

TEST(Sha2KernelTest, Sha512LeavesNoStateOrMessageOnTheStack) {
  const Sha512Kernel* const kernel = Sha512Avx512Kernel();
  if (kernel == nullptr) GTEST_SKIP() << "no AVX-512";
  uint64_t secret[8];
  for (uint64_t i = 0; i < 8; ++i) secret[i] = 0x01d2c3b4a5968778 + (i << 60);
  for (const size_t num : {1u, 2u, 8u, 9u, 33u}) {
    for (const size_t len : {20u, 120u, 128u, 300u}) {
      const std::string stack =
          StackAfter<Sha512Kernel, uint64_t>(*kernel, secret, num, len);
      EXPECT_FALSE(HoldsAWordOf(stack, secret)) << num << " of " << len;
      EXPECT_EQ(stack.find(kMessageBytes), std::string::npos) << len;
    }
  }
}

#endif  // ASSAY_HAS_PLAIN_STACK

}  // namespace
}  // namespace assay::simd
