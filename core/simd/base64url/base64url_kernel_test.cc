// All kernels against a decoder and an encoder that go bit by bit, and against
// memory that ends where their buffers do.
#include "core/simd/base64url/base64url_kernel.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/simd/base64url/base64url.h"
#include "core/simd/cpu_features.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

constexpr size_t kLongest = 200;
constexpr absl::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// As RFC 4648 describes it.
absl::optional<std::string> NaiveDecode(absl::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int num_bits = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == absl::string_view::npos) return absl::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xffff;
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      out.push_back(static_cast<char>(bits >> num_bits));
    }
  }
  if (num_bits >= 6) return absl::nullopt;
  if ((bits & ((1u << num_bits) - 1)) != 0) return absl::nullopt;
  return out;
}

std::string NaiveEncode(absl::string_view bytes) {
  std::string out;
  uint32_t bits = 0;
  int num_bits = 0;
  for (const char c : bytes) {
    bits = (bits << 8 | static_cast<uint8_t>(c)) & 0xffff;
    for (num_bits += 8; num_bits >= 6;) {
      num_bits -= 6;
      out.push_back(kAlphabet[bits >> num_bits & 63]);
    }
  }
  if (num_bits > 0) out.push_back(kAlphabet[bits << (6 - num_bits) & 63]);
  return out;
}

std::vector<const Base64UrlKernel*> UsableKernels() {
  std::vector<const Base64UrlKernel*> kernels;
  for (const Base64UrlKernel* const kernel :
       {Base64UrlPortableKernel(), Base64UrlAvx2Kernel(),
        Base64UrlAvx512Kernel()}) {
    if (kernel != nullptr) kernels.push_back(kernel);
  }
  return kernels;
}

std::string NameOf(const testing::TestParamInfo<const Base64UrlKernel*>& info) {
  return info.param->name;
}

class Base64UrlKernelTest
    : public testing::TestWithParam<const Base64UrlKernel*> {
 protected:
  // Between buffers that are allocated with their exact sizes.
  absl::optional<std::string> Decode(absl::string_view text) {
    const size_t size = Base64UrlDecodedSize(text.size());
    std::unique_ptr<char[]> in(new char[text.size()]);
    std::unique_ptr<uint8_t[]> out(new uint8_t[size]);
    std::memcpy(in.get(), text.data(), text.size());
    if (!GetParam()->decode(in.get(), text.size(), out.get())) {
      return absl::nullopt;
    }
    return std::string(reinterpret_cast<const char*>(out.get()), size);
  }

  std::string Encode(absl::string_view bytes) {
    const size_t size = Base64UrlEncodedSize(bytes.size());
    std::unique_ptr<uint8_t[]> in(new uint8_t[bytes.size()]);
    std::unique_ptr<char[]> out(new char[size]);
    std::memcpy(in.get(), bytes.data(), bytes.size());
    GetParam()->encode(in.get(), bytes.size(), out.get());
    return std::string(out.get(), size);
  }

  std::string RandomBytes(size_t len) {
    std::string bytes(len, '\0');
    for (char& c : bytes) c = static_cast<char>(random_());
    return bytes;
  }

  std::mt19937 random_{20240607};  // The same input for every kernel.
};

TEST_P(Base64UrlKernelTest, DecodesAndEncodesEveryLength) {
  for (size_t len = 0; len <= kLongest; ++len) {
    for (int round = 0; round < 20; ++round) {
      const std::string bytes = RandomBytes(len);
      const std::string text = NaiveEncode(bytes);
      ASSERT_EQ(Encode(bytes), text) << len;
      ASSERT_EQ(Decode(text), bytes) << len;
    }
  }
}

TEST_P(Base64UrlKernelTest, DecodesEveryCharacterInEveryPlace) {
  for (const size_t len : {64u, 96u, 128u, 180u}) {
    for (size_t shift = 0; shift < 64; ++shift) {
      std::string text;
      for (size_t i = 0; i < len; ++i) text += kAlphabet[(i + shift) % 64];
      ASSERT_EQ(Decode(text), NaiveDecode(text)) << text;
      ASSERT_EQ(Encode(*NaiveDecode(text)), text);
    }
  }
}

TEST_P(Base64UrlKernelTest, DecidesLikeTheNaiveOneOnEveryByteInEveryPlace) {
  for (size_t len = 0; len <= kLongest; ++len) {
    std::string text = NaiveEncode(RandomBytes(len));
    text.resize(len, 'A');
    for (size_t place = 0; place < len; ++place) {
      const char good = text[place];
      for (int c = 0; c < 256; ++c) {
        text[place] = static_cast<char>(c);
        // Foreign bytes need no slow decoder; nor do most of the others.
        const bool foreign = kAlphabet.find(text[place]) == kAlphabet.npos;
        if (foreign) {
          ASSERT_EQ(Decode(text), absl::nullopt) << place << " " << c;
        } else if (place + 4 >= len || c % 8 == 0) {
          ASSERT_EQ(Decode(text), NaiveDecode(text)) << text;
        }
      }
      text[place] = good;
    }
  }
}

TEST_P(Base64UrlKernelTest, RejectsTrailingBitsThatAreNotZero) {
  for (size_t len = 2; len <= kLongest; ++len) {
    if (len % 4 < 2) continue;
    int num_accepted = 0;
    for (const char last : kAlphabet) {
      num_accepted +=
          Decode(std::string(len - 1, 'b') + last).has_value() ? 1 : 0;
    }
    EXPECT_EQ(num_accepted, len % 4 == 2 ? 4 : 16) << len;
  }
}

TEST_P(Base64UrlKernelTest, RejectsLengthsOfOneModuloFour) {
  for (size_t len = 1; len <= kLongest; len += 4) {
    EXPECT_EQ(Decode(std::string(len, 'A')), absl::nullopt) << len;
  }
}

TEST_P(Base64UrlKernelTest, TakesNothingFromNowhereToNowhere) {
  EXPECT_TRUE(GetParam()->decode(nullptr, 0, nullptr));
  GetParam()->encode(nullptr, 0, nullptr);
}

// Two pages with one before and one behind them that may not be touched: the
// sanitizers do not see what masked instructions do, the processor does.
class GuardedPages {
 public:
  GuardedPages() : page_len_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    void* const all = mmap(nullptr, 4 * page_len_, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) std::abort();
    pages_ = static_cast<char*>(all);
    mprotect(pages_, page_len_, PROT_NONE);
    mprotect(pages_ + 3 * page_len_, page_len_, PROT_NONE);
  }
  ~GuardedPages() { munmap(pages_, 4 * page_len_); }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  // The first or the last `len` bytes.
  char* First() { return pages_ + page_len_; }
  char* Last(size_t len) { return pages_ + 3 * page_len_ - len; }

 private:
  size_t page_len_;
  char* pages_;
};

TEST_P(Base64UrlKernelTest, ReadsAndWritesNothingBeyondItsBuffers) {
  GuardedPages in, out;
  for (size_t len = 0; len <= kLongest; ++len) {
    const std::string bytes = RandomBytes(len);
    const std::string text = NaiveEncode(bytes);
    for (const bool first : {false, true}) {
      char* const text_in = first ? in.First() : in.Last(text.size());
      char* const bytes_out = first ? out.First() : out.Last(len);
      std::memcpy(text_in, text.data(), text.size());
      ASSERT_TRUE(GetParam()->decode(text_in, text.size(),
                                     reinterpret_cast<uint8_t*>(bytes_out)));
      ASSERT_EQ(absl::string_view(bytes_out, len), bytes);

      char* const bytes_in = first ? in.First() : in.Last(len);
      char* const text_out = first ? out.First() : out.Last(text.size());
      std::memcpy(bytes_in, bytes.data(), len);
      GetParam()->encode(reinterpret_cast<const uint8_t*>(bytes_in), len,
                         text_out);
      ASSERT_EQ(absl::string_view(text_out, text.size()), text);
    }
  }
}

// The bytes right behind the result keep their value, good text or bad.
TEST_P(Base64UrlKernelTest, LeavesWhatLiesBehindTheResult) {
  for (size_t len = 0; len <= kLongest; ++len) {
    if (len % 4 == 1) continue;
    for (const char c : {'A', '='}) {
      const std::string text(len, c);
      const size_t size = Base64UrlDecodedSize(len);
      std::string out(size + 64, '\x5a');
      GetParam()->decode(text.data(), len, reinterpret_cast<uint8_t*>(&out[0]));
      ASSERT_EQ(out.substr(size), std::string(64, '\x5a')) << len;
    }
    std::string out(Base64UrlEncodedSize(len) + 64, '\x5a');
    const std::string bytes(len, 'x');
    GetParam()->encode(reinterpret_cast<const uint8_t*>(bytes.data()), len,
                       &out[0]);
    ASSERT_EQ(out.substr(out.size() - 64), std::string(64, '\x5a')) << len;
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Base64UrlKernelTest,
                         testing::ValuesIn(UsableKernels()), NameOf);

TEST(Base64UrlDispatchTest, KernelsAreOfferedWhereTheirInstructionsAre) {
  const CpuFeatures& features = UsableCpuFeatures();
  EXPECT_EQ(Base64UrlAvx2Kernel() != nullptr, features.avx2);
  EXPECT_EQ(Base64UrlAvx512Kernel() != nullptr, features.avx512_ifma);
}

[[noreturn]] void TellKernel() {
  std::string decoded;
  const bool works = Base64UrlDecode("Zm9vYmFy", &decoded) &&
                     decoded == "foobar" &&
                     Base64UrlEncode("foobar") == "Zm9vYmFy";
  std::fprintf(stderr, "chosen: %s.", ChosenBase64UrlKernel().name);
  std::_Exit(works ? 0 : 1);
}

std::string ChosenAt(SimdLevel level) {
  const CpuFeatures features = LimitTo(DetectCpuFeatures(), level);
  return features.avx512_ifma ? "avx512" : features.avx2 ? "avx2" : "portable";
}

// Each level in a process of its own, because the choice is made once.
TEST(Base64UrlDispatchTest, TheQuickestKernelOfTheLevelRuns) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  const char* const variable = std::getenv("ASSAY_SIMD");
  const std::string before = variable != nullptr ? variable : "";
  for (const SimdLevel level :
       {SimdLevel::kPortable, SimdLevel::kAvx2, SimdLevel::kAvx512Ifma}) {
    setenv("ASSAY_SIMD", std::string(SimdLevelName(level)).c_str(), 1);
    EXPECT_EXIT(TellKernel(), testing::ExitedWithCode(0),
                "chosen: " + ChosenAt(level) + "\\.");
  }
  setenv("ASSAY_SIMD", before.c_str(), 1);
}

}  // namespace
}  // namespace assay::simd
