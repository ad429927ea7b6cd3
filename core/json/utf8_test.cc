#include "core/json/utf8.h"

#include "gtest/gtest.h"

namespace assay::json {
namespace {

TEST(Utf8Test, TakesTextOfEveryLength) {
  for (const char* text :
       {"", "a", "\x7f", "\xc2\x80", "\xe2\x82\xac", "\xf0\x9f\x94\x91"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  EXPECT_TRUE(IsUtf8(absl::string_view("\0", 1)));
}

TEST(Utf8Test, RefusesWhatRfc3629DoesNotDefine) {
  for (const char* bytes : {
           "\x80", "\xff", "\xe2\x82",  // Stray, never used, cut off.
           "\xc1\x81",                  // Overlong "A".
           "\xed\xa0\x80",              // A surrogate.
           "\xf4\x90\x80\x80",          // Beyond U+10FFFF.
       }) {
    EXPECT_FALSE(IsUtf8(bytes));
  }
}

}  // namespace
}  // namespace assay::json
