#include "core/keys/header_memo.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

jose::ProtectedHeader HeaderOf(const std::string& kid) {
  jose::ProtectedHeader header;
  header.alg = jose::Algorithm::kEs256;
  header.kid = kid;
  return header;
}

// The memo never looks into a key: any address will do.
const PreparedKey* KeyNumber(uintptr_t i) {
  return reinterpret_cast<const PreparedKey*>(0x1000 + 16 * i);
}

TEST(HeaderMemoTest, FindsExactlyTheBytesThatWereInserted) {
  HeaderMemo memo(8);
  EXPECT_EQ(memo.Find("abc"), nullptr);
  memo.Insert("abc", HeaderOf("k"), KeyNumber(1));
  const HeaderMemo::Entry* entry = memo.Find("abc");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->encoded, "abc");
  EXPECT_EQ(entry->header.kid, "k");
  EXPECT_EQ(entry->key, KeyNumber(1));
  EXPECT_EQ(memo.Find("ab"), nullptr);
  EXPECT_EQ(memo.Find("abcd"), nullptr);
  EXPECT_EQ(memo.Find(""), nullptr);
}

TEST(HeaderMemoTest, KeepsTheFirstEntryForTheSameBytes) {
  HeaderMemo memo(8);
  memo.Insert("abc", HeaderOf("first"), KeyNumber(1));
  memo.Insert("abc", HeaderOf("second"), KeyNumber(2));
  EXPECT_EQ(memo.Find("abc")->header.kid, "first");
  EXPECT_EQ(memo.size(), 1);
}

TEST(HeaderMemoTest, RemembersNothingMoreOnceItIsFull) {
  HeaderMemo memo(100);
  for (int i = 0; i < 10'000; ++i) {
    memo.Insert(absl::StrCat("header", i), HeaderOf("k"), KeyNumber(1));
    ASSERT_LE(memo.size(), 100);
  }
  // So many came that those which found no slot do not matter.
  EXPECT_EQ(memo.size(), 100);
  int num_found = 0;
  for (int i = 0; i < 10'000; ++i) {
    num_found += memo.Find(absl::StrCat("header", i)) != nullptr;
  }
  EXPECT_EQ(num_found, 100);
}

TEST(HeaderMemoTest, WithRoomForNoneRemembersNone) {
  HeaderMemo memo(0);
  memo.Insert("abc", HeaderOf("k"), KeyNumber(1));
  EXPECT_EQ(memo.Find("abc"), nullptr);
  EXPECT_EQ(memo.size(), 0);
}

TEST(HeaderMemoTest, ConcurrentInsertsNeverShowAWrongOrHalfMadeEntry) {
  constexpr int kNumHeaders = 300;
  HeaderMemo memo(200);
  std::atomic<int> num_wrong{0};
  const auto work = [&](int seed) {
    for (int step = 0; step < 20'000; ++step) {
      const int i = (seed + step * 7) % kNumHeaders;
      const std::string encoded = absl::StrCat("header", i);
      memo.Insert(encoded, HeaderOf(encoded), KeyNumber(i));
      const HeaderMemo::Entry* entry = memo.Find(encoded);
      if (entry == nullptr) continue;
      if (entry->encoded != encoded || entry->header.kid != encoded ||
          entry->key != KeyNumber(i)) {
        ++num_wrong;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back(work, t * 71);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(num_wrong, 0);
  EXPECT_EQ(memo.size(), 200);
}

}  // namespace
}  // namespace assay::keys
