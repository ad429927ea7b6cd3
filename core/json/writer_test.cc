#include "core/json/writer.h"

#include <cstdint>
#include <limits>
#include <string>

#include "core/json/reader.h"
#include "gtest/gtest.h"

namespace assay::json {
namespace {

std::string Quoted(absl::string_view text) {
  std::string out;
  AppendQuoted(text, &out);
  return out;
}

TEST(JsonWriterTest, NestsAndSeparates) {
  std::string out;
  Writer writer(&out);
  writer.BeginObject();
  writer.Member("alg", "ES256");
  writer.Key("list");
  writer.BeginArray();
  writer.Int(-1);
  writer.BeginObject();
  writer.EndObject();
  writer.BeginArray();
  writer.EndArray();
  writer.Null();
  writer.EndArray();
  writer.Key("inner");
  writer.BeginObject();
  writer.Key("ok");
  writer.Bool(true);
  writer.Key("no");
  writer.Bool(false);
  writer.EndObject();
  writer.Key("raw");
  writer.Raw(R"({"a":1})");
  writer.EndObject();
  EXPECT_EQ(out, R"({"alg":"ES256","list":[-1,{},[],null],)"
                 R"("inner":{"ok":true,"no":false},"raw":{"a":1}})");
}

TEST(JsonWriterTest, AppendsBehindWhatIsThere) {
  std::string out = "x=";
  Writer writer(&out);
  writer.BeginArray();
  writer.EndArray();
  EXPECT_EQ(out, "x=[]");
}

TEST(JsonWriterTest, WritesWholeIntegers) {
  std::string out;
  Writer writer(&out);
  writer.BeginArray();
  writer.Int(std::numeric_limits<int64_t>::min());
  writer.Uint(std::numeric_limits<uint64_t>::max());
  writer.EndArray();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615]");
}

TEST(JsonWriterTest, WritesDoublesOrNull) {
  std::string out;
  Writer writer(&out);
  writer.BeginArray();
  writer.Double(0.25);
  writer.Double(-3);
  writer.Double(std::numeric_limits<double>::infinity());
  writer.Double(std::numeric_limits<double>::quiet_NaN());
  writer.EndArray();
  EXPECT_EQ(out, "[0.25,-3,null,null]");
}

TEST(JsonWriterTest, EscapesWhatMustBe) {
  EXPECT_EQ(Quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(Quoted("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(Quoted(absl::string_view("\0\x1f\x7f", 3)),
            "\"\\u0000\\u001f\x7f\"");
  EXPECT_EQ(Quoted(""), "\"\"");
}

TEST(JsonWriterTest, KeepsUtf8AndReplacesWhatIsNot) {
  const std::string valid = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
  EXPECT_EQ(Quoted(valid), "\"" + valid + "\"");
  EXPECT_EQ(Quoted("a\x80z"), "\"a\xef\xbf\xbdz\"");
  EXPECT_EQ(Quoted("a\xc3"), "\"a\xef\xbf\xbd\"");
  EXPECT_EQ(Quoted("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

// Whatever goes in, a strict reader takes what comes out: every two bytes, and
// every second byte behind the leads whose second byte is restricted.
TEST(JsonWriterTest, IsAlwaysValidJson) {
  Reader reader(4);
  Object object;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (const absl::string_view tail : {"", "\x80", "\x80\x80"}) {
        std::string text{static_cast<char>(first), static_cast<char>(second)};
        std::string out;
        Writer writer(&out);
        writer.BeginObject();
        writer.Member(text + std::string(tail), text);
        writer.EndObject();
        ASSERT_EQ(reader.ParseObject(out, &object), Error::kNone)
            << first << " " << second;
      }
    }
  }
}

}  // namespace
}  // namespace assay::json
