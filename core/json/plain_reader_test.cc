// What is plain, and what it says. That nothing is taken for JSON that simdjson
// would refuse is for //tests/differential:plain_json_test.
#include "core/json/plain_reader.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/json/members.h"
#include "gtest/gtest.h"

namespace assay::json {
namespace {

bool IsTaken(absl::string_view text, size_t max_depth = 32) {
  PlainReader reader(max_depth);
  Members members;
  // Of the exact size, for AddressSanitizer.
  const std::vector<char> exact(text.begin(), text.end());
  return reader.Read(absl::string_view(exact.data(), exact.size()), &members);
}

std::string Nested(size_t depth) {
  std::string text = "{\"a\":";
  for (size_t i = 2; i <= depth; ++i) text += "[";
  for (size_t i = 2; i <= depth; ++i) text += "]";
  return text + "}";
}

TEST(PlainReaderTest, TellsNamesAndValues) {
  const std::string text =
      R"({"iss":"me","exp":1700000000,"n":-5,"t":true,"f":false,"z":null,)"
      R"("o":{"a":{}},"aud":["x",2,[3],{"y":4}],"e":[],"":""})";
  PlainReader reader(32);
  Members members;
  ASSERT_TRUE(reader.Read(text, &members));
  ASSERT_EQ(members.size(), 10u);
  EXPECT_EQ(members.begin()->name, "iss");
  EXPECT_EQ(members.Find("iss")->kind, Kind::kString);
  EXPECT_EQ(members.Find("iss")->text, "me");
  EXPECT_EQ(members.Find("exp")->kind, Kind::kInt64);
  EXPECT_EQ(members.Find("exp")->integer, 1700000000);
  EXPECT_EQ(members.Find("n")->integer, -5);
  EXPECT_EQ(members.Find("t")->kind, Kind::kBool);
  EXPECT_EQ(members.Find("f")->kind, Kind::kBool);
  EXPECT_EQ(members.Find("z")->kind, Kind::kNull);
  EXPECT_EQ(members.Find("o")->kind, Kind::kObject);
  const Value& aud = *members.Find("aud");
  ASSERT_EQ(aud.kind, Kind::kArray);
  const absl::Span<const Value> entries = members.EntriesOf(aud);
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].text, "x");
  EXPECT_EQ(entries[1].integer, 2);
  EXPECT_EQ(entries[2].kind, Kind::kArray);
  EXPECT_EQ(entries[3].kind, Kind::kObject);
  EXPECT_TRUE(members.EntriesOf(*members.Find("e")).empty());
  EXPECT_EQ(members.Find("")->kind, Kind::kString);
  EXPECT_EQ(members.Find("a"), nullptr);
}

TEST(PlainReaderTest, ForgetsTheTextBefore) {
  PlainReader reader(32);
  Members members;
  ASSERT_TRUE(reader.Read(R"({"a":[1,2]})", &members));
  ASSERT_TRUE(reader.Read(R"({"b":[3]})", &members));
  EXPECT_EQ(members.size(), 1u);
  EXPECT_EQ(members.EntriesOf(*members.Find("b")).size(), 1u);
  ASSERT_FALSE(reader.Read(R"({"b":{"c":1,"d)", &members));
  ASSERT_TRUE(reader.Read(R"({"c":1})", &members));
}

TEST(PlainReaderTest, TakesSpacesBetweenTokens) {
  EXPECT_TRUE(IsTaken(R"(  { "a" : [ 1 , 2 ] , "b" : { } , "c" : [ ] }  )"));
  EXPECT_TRUE(IsTaken("{}"));
  EXPECT_TRUE(IsTaken(" { } "));
}

TEST(PlainReaderTest, LongStringsSpanManyWords) {
  for (size_t len = 0; len < 300; ++len) {
    const std::string text =
        absl::StrCat("{\"a\":\"", std::string(len, 'x'), "\",\"b\":\"\"}");
    PlainReader reader(32);
    Members members;
    ASSERT_TRUE(reader.Read(text, &members));
    ASSERT_EQ(members.Find("a")->text.size(), len);
  }
}

TEST(PlainReaderTest, DeclinesWhatItCannotRead) {
  for (const absl::string_view text :
       {R"({"a":"\n"})", "{\"a\":\"\xc3\xa9\"}", "{\"a\":1}\n", R"({"a":1.5})",
        R"({"a":1e3})", R"({"a":1234567890123456789})"}) {
    EXPECT_FALSE(IsTaken(text)) << text;
  }
}

TEST(PlainReaderTest, DeclinesWhatIsBroken) {
  for (const absl::string_view text : {"",
                                       " ",
                                       "{",
                                       "}",
                                       "[]",
                                       "1",
                                       "\"a\"",
                                       "{]",
                                       "{,}",
                                       "{\"a\"}",
                                       "{\"a\":}",
                                       "{\"a\":1,}",
                                       "{\"a\":1",
                                       "{\"a\":1}}",
                                       "{\"a\":1}x",
                                       "{\"a\":1 \"b\":2}",
                                       "{\"a\":1,,\"b\":2}",
                                       "{\"a\" 1}",
                                       "{a:1}",
                                       "{\"a\":01}",
                                       "{\"a\":-}",
                                       "{\"a\":-01}",
                                       "{\"a\":+1}",
                                       "{\"a\":.5}",
                                       "{\"a\":1 2}",
                                       "{\"a\":tru}",
                                       "{\"a\":truex}",
                                       "{\"a\":nul",
                                       "{\"a\":\"b}",
                                       "{\"a\":\"b",
                                       "{\"a",
                                       "{\"",
                                       "{\"a\":[}",
                                       "{\"a\":[1,]}",
                                       "{\"a\":[1 2]}",
                                       "{\"a\":[,]}",
                                       "{\"a\":[1}",
                                       "{\"a\":{\"b\"}}",
                                       "{\"a\":\"b\"\"c\":1}",
                                       "{\"a\"\"b\":1}",
                                       "{1:2}",
                                       "{\"a\":TRUE}"}) {
    EXPECT_FALSE(IsTaken(text)) << text;
  }
}

TEST(PlainReaderTest, DeclinesDuplicatesAtEveryDepth) {
  EXPECT_FALSE(IsTaken(R"({"a":1,"a":1})"));
  EXPECT_FALSE(IsTaken(R"({"o":{"a":1,"b":2,"a":3}})"));
  EXPECT_FALSE(IsTaken(R"({"l":[{"a":1},{"a":1,"a":2}]})"));
  EXPECT_TRUE(IsTaken(R"({"a":{"a":{"a":1}},"l":[{"a":1},{"a":1}]})"));
}

TEST(PlainReaderTest, DeclinesWhatIsTooDeep) {
  for (size_t max_depth = 2; max_depth < 12; ++max_depth) {
    EXPECT_TRUE(IsTaken(Nested(max_depth), max_depth)) << max_depth;
    EXPECT_FALSE(IsTaken(Nested(max_depth + 1), max_depth)) << max_depth;
  }
  EXPECT_FALSE(IsTaken(Nested(100), 1000));
  EXPECT_FALSE(IsTaken(R"({"a":{}})", 1));
}

}  // namespace
}  // namespace assay::json
