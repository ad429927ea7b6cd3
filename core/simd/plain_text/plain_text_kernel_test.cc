// All kernels against a loop over the bytes, and against memory that ends
// where their buffers do.
#include "core/simd/plain_text/plain_text_kernel.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/simd/cpu_features.h"
#include "core/simd/plain_text/plain_text.h"
#include "gtest/gtest.h"

namespace assay::simd {
namespace {

using Words = std::vector<uint64_t>;

constexpr size_t kLongest = 200;
constexpr uint64_t kUntouched = 0x5a5a5a5a5a5a5a5a;

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '\\';
}

absl::optional<Words> NaiveMarks(absl::string_view text) {
  Words words((text.size() + 63) / 64);
  for (size_t i = 0; i < text.size(); ++i) {
    if (!IsPlain(text[i])) return absl::nullopt;
    if (text[i] == '"') words[i / 64] |= uint64_t{1} << i % 64;
  }
  return words;
}

std::vector<const PlainTextKernel*> UsableKernels() {
  std::vector<const PlainTextKernel*> kernels;
  for (const PlainTextKernel* const kernel :
       {PlainTextPortableKernel(), PlainTextAvx2Kernel(),
        PlainTextAvx512Kernel()}) {
    if (kernel != nullptr) kernels.push_back(kernel);
  }
  return kernels;
}

std::string NameOf(const testing::TestParamInfo<const PlainTextKernel*>& info) {
  return info.param->name;
}

// Two pages before one that may not be touched: the sanitizers do not see what
// masked instructions do, the processor does.
class GuardedPages {
 public:
  GuardedPages() : page_len_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    void* const all = mmap(nullptr, 3 * page_len_, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) std::abort();
    pages_ = static_cast<char*>(all);
    mprotect(pages_ + 2 * page_len_, page_len_, PROT_NONE);
  }
  ~GuardedPages() { munmap(pages_, 3 * page_len_); }
  GuardedPages(const GuardedPages&) = delete;
  GuardedPages& operator=(const GuardedPages&) = delete;

  // The last `len` bytes.
  char* Last(size_t len) { return pages_ + 2 * page_len_ - len; }

 private:
  size_t page_len_;
  char* pages_;
};

class PlainTextKernelTest
    : public testing::TestWithParam<const PlainTextKernel*> {
 protected:
  // With a word behind the result that must keep its value.
  absl::optional<Words> Marks(absl::string_view text) {
    char* const in = pages_.Last(text.size());
    std::memcpy(in, text.data(), text.size());
    Words words(NumQuoteWords(text.size()) + 1, kUntouched);
    const bool plain = GetParam()->mark_quotes(in, text.size(), words.data());
    EXPECT_EQ(words.back(), kUntouched) << text.size();
    words.pop_back();
    if (!plain) return absl::nullopt;
    return words;
  }

  std::string RandomPlainText(size_t len) {
    std::string text(len, '\0');
    for (char& c : text) {
      do {
        c = random_() % 4 == 0 ? '"' : static_cast<char>(random_() % 128);
      } while (!IsPlain(c));
    }
    return text;
  }

  GuardedPages pages_;
  std::mt19937 random_{20240607};  // The same input for every kernel.
};

TEST_P(PlainTextKernelTest, MarksQuotesAtEveryLength) {
  for (size_t len = 0; len <= kLongest; ++len) {
    for (int round = 0; round < 20; ++round) {
      const std::string text = RandomPlainText(len);
      ASSERT_EQ(Marks(text), NaiveMarks(text)) << text;
    }
  }
}

TEST_P(PlainTextKernelTest, DecidesLikeTheNaiveOneOnEveryByteInEveryPlace) {
  for (const size_t len : {1u, 8u, 63u, 64u, 65u, 96u, 130u}) {
    std::string text = RandomPlainText(len);
    for (size_t place = 0; place < len; ++place) {
      const char before = text[place];
      for (int c = 0; c < 256; ++c) {
        text[place] = static_cast<char>(c);
        ASSERT_EQ(Marks(text), NaiveMarks(text)) << place << " " << c;
      }
      text[place] = before;
    }
  }
}

// Neighbours must not carry into one another.
TEST_P(PlainTextKernelTest, DecidesLikeTheNaiveOneOnEveryPairOfBytes) {
  std::string text(64, ' ');
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const size_t place = static_cast<size_t>(first + second) % 63;
      text[place] = static_cast<char>(first);
      text[place + 1] = static_cast<char>(second);
      ASSERT_EQ(Marks(text), NaiveMarks(text)) << first << " " << second;
      text[place] = text[place + 1] = ' ';
    }
  }
}

TEST_P(PlainTextKernelTest, TakesNothingFromNowhere) {
  EXPECT_TRUE(GetParam()->mark_quotes(nullptr, 0, nullptr));
}

INSTANTIATE_TEST_SUITE_P(Kernels, PlainTextKernelTest,
                         testing::ValuesIn(UsableKernels()), NameOf);

TEST(PlainTextDispatchTest, KernelsAreOfferedWhereTheirInstructionsAre) {
  const CpuFeatures& features = UsableCpuFeatures();
  EXPECT_EQ(PlainTextAvx2Kernel() != nullptr, features.avx2);
  EXPECT_EQ(PlainTextAvx512Kernel() != nullptr, features.avx512_ifma);
}

TEST(PlainTextDispatchTest, TheQuickestKernelRuns) {
  EXPECT_EQ(&ChosenPlainTextKernel(), UsableKernels().back());
  uint64_t quotes = 0;
  EXPECT_TRUE(MarkQuotes("a\"b\"", &quotes));
  EXPECT_EQ(quotes, 0b1010u);
}

}  // namespace
}  // namespace assay::simd
