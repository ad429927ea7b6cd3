#include "core/base/secret_bytes.h"

#include <cstdlib>
#include <new>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"

namespace {

// What the next block of `watched_len` bytes to be released holds at that
// moment: inspected in operator delete, while it is still legal to read.
const void* watched = nullptr;
size_t watched_len = 0;
bool watched_released = false;
bool watched_was_zero = false;

void Inspect(const void* block) {
  if (block == nullptr || block != watched) return;
  watched_released = true;
  watched_was_zero = true;
  for (size_t i = 0; i < watched_len; ++i) {
    if (static_cast<const volatile char*>(block)[i] != 0) {
      watched_was_zero = false;
    }
  }
  watched = nullptr;
}

void Watch(const void* block, size_t len) {
  watched = block;
  watched_len = len;
  watched_released = watched_was_zero = false;
}

}  // namespace

void* operator new[](size_t len) {
  void* block = std::malloc(len);
  if (block == nullptr) std::abort();
  return block;
}
void operator delete[](void* block) noexcept {
  Inspect(block);
  std::free(block);
}
void operator delete[](void* block, size_t) noexcept {
  operator delete[](block);
}

namespace assay {
namespace {

TEST(SecretBytesTest, IsWipedWhenItDies) {
  {
    SecretBytes secret("correct horse");
    Watch(secret.data(), secret.size());
  }
  EXPECT_TRUE(watched_released);
  EXPECT_TRUE(watched_was_zero);
}

TEST(SecretBytesTest, IsWipedWhenItIsReplaced) {
  SecretBytes secret("correct horse");
  Watch(secret.data(), secret.size());
  secret = SecretBytes("battery staple");
  EXPECT_TRUE(watched_released);
  EXPECT_TRUE(watched_was_zero);
  EXPECT_EQ(secret.view(), "battery staple");
}

TEST(SecretBytesTest, MovesWithoutACopy) {
  SecretBytes from("correct horse");
  const uint8_t* const bytes = from.data();
  SecretBytes to = std::move(from);
  EXPECT_EQ(to.data(), bytes);
  EXPECT_EQ(to.view(), "correct horse");
  EXPECT_TRUE(from.empty());
  EXPECT_EQ(from.data(), nullptr);
}

TEST(SecretBytesTest, SurvivesBeingMovedToItself) {
  SecretBytes secret("correct horse");
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.view(), "correct horse");
}

TEST(SecretBytesTest, IsCopiedByNameOnly) {
  static_assert(!std::is_copy_constructible<SecretBytes>::value, "");
  static_assert(!std::is_copy_assignable<SecretBytes>::value, "");
  const SecretBytes secret("correct horse");
  const SecretBytes copy = secret.Clone();
  EXPECT_EQ(copy.view(), secret.view());
  EXPECT_NE(copy.data(), secret.data());
}

TEST(SecretBytesTest, OfALengthIsZero) {
  const SecretBytes secret(5);
  EXPECT_EQ(secret.view(), std::string(5, '\0'));
}

TEST(SecretBytesTest, MayBeEmpty) {
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes("").empty());
  EXPECT_TRUE(SecretBytes().Clone().empty());
}

TEST(WipeStringTest, OverwritesTheWholeCapacity) {
  std::string text(100, 's');
  const char* const bytes = text.data();
  const size_t capacity = text.capacity();
  text.resize(50);  // The rest still lies behind.
  WipeString(&text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes);
  ASSERT_EQ(text.capacity(), capacity);
  // What lies behind the end of a string still belongs to it.
  for (size_t i = 0; i < capacity; ++i) {
    EXPECT_EQ(static_cast<const volatile char*>(bytes)[i], '\0') << i;
  }
}

TEST(WipeStringTest, OverwritesAShortString) {
  std::string text = "pin 1234";
  const char* const bytes = text.data();
  WipeString(&text);
  EXPECT_TRUE(text.empty());
  // Short strings live inside of the object, all of which stays readable.
  ASSERT_EQ(text.data(), bytes);
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(static_cast<const volatile char*>(bytes)[i], '\0') << i;
  }
}

}  // namespace
}  // namespace assay
