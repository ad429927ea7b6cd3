#include "core/json/reader.h"

#include <cstdlib>
#include <new>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace {
size_t num_allocations = 0;
}  // namespace

void* operator new(size_t len) {
  ++num_allocations;
  void* block = std::malloc(len);
  if (block == nullptr) std::abort();
  return block;
}
void* operator new[](size_t len) { return operator new(len); }
// simdjson uses these.
void* operator new(size_t len, const std::nothrow_t&) noexcept {
  return operator new(len);
}
void* operator new[](size_t len, const std::nothrow_t&) noexcept {
  return operator new(len);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
void operator delete[](void* block) noexcept { std::free(block); }
void operator delete[](void* block, size_t) noexcept { std::free(block); }

namespace assay::json {

// For gtest's messages.
void PrintTo(Error error, std::ostream* out) { *out << ErrorText(error); }

namespace {

Error Parse(absl::string_view text, size_t max_depth = 32) {
  Reader reader(max_depth);
  Object object;
  return reader.ParseObject(text, &object);
}

std::string Nested(size_t depth, absl::string_view core = "") {
  std::string text = "{\"a\":";
  for (size_t i = 2; i < depth; ++i) absl::StrAppend(&text, "[");
  absl::StrAppend(&text, "{", core, "}");
  for (size_t i = 2; i < depth; ++i) absl::StrAppend(&text, "]");
  return text + "}";
}

TEST(JsonReaderTest, ReadsAnObject) {
  Reader reader(32);
  Object object;
  ASSERT_EQ(
      reader.ParseObject(R"( {"alg":"ES256","exp":1.5,"l":[1,{}]} )", &object),
      Error::kNone);
  std::string_view alg;
  ASSERT_EQ(object["alg"].get(alg), simdjson::SUCCESS);
  EXPECT_EQ(alg, "ES256");
  double exp = 0;
  ASSERT_EQ(object["exp"].get(exp), simdjson::SUCCESS);
  EXPECT_EQ(exp, 1.5);
}

TEST(JsonReaderTest, ReadsInPlaceWithPadding) {
  Reader reader(32);
  Object object;
  std::string text = R"({"a":1})";
  const size_t len = text.size();
  // What lies behind is not looked at.
  text += "garbage" + std::string(kPadding, '"');
  ASSERT_EQ(
      reader.ParseObjectPadded(absl::string_view(text.data(), len), &object),
      Error::kNone);
  EXPECT_EQ(object.size(), 1u);
}

TEST(JsonReaderTest, RejectsWhatIsNotAnObject) {
  for (const absl::string_view text : {"",
                                       " ",
                                       "1",
                                       "\"a\"",
                                       "null",
                                       "true",
                                       "[]",
                                       "[{}]",
                                       "{",
                                       "}",
                                       "{]",
                                       "{\"a\"}",
                                       "{\"a\":}",
                                       "{\"a\":1,}",
                                       "{,}",
                                       "{a:1}",
                                       "{'a':1}",
                                       "{\"a\":1 \"b\":2}",
                                       "{\"a\":01}",
                                       "{\"a\":+1}",
                                       "{\"a\":.5}",
                                       "{\"a\":1.}",
                                       "{\"a\":NaN}",
                                       "{\"a\":tru}",
                                       "{\"a\":\"b}",
                                       "{\"a\":\"\n\"}",
                                       "{\"a\":\"\\x\"}",
                                       "{\"a\":\"\\u12g4\"}",
                                       "{/**/}",
                                       "{\"a\":[1,]}"}) {
    EXPECT_EQ(Parse(text), Error::kSyntax) << text;
  }
}

TEST(JsonReaderTest, RejectsTrailingGarbage) {
  for (const absl::string_view tail : {"x", "{}", ",", "}", "1", "//"}) {
    EXPECT_EQ(Parse(absl::StrCat("{}", tail)), Error::kSyntax) << tail;
  }
}

TEST(JsonReaderTest, RejectsAByteOrderMark) {
  EXPECT_EQ(Parse("\xef\xbb\xbf{}"), Error::kSyntax);
}

TEST(JsonReaderTest, RejectsNulBytes) {
  EXPECT_EQ(Parse(absl::string_view("{}\0", 3)), Error::kSyntax);
  EXPECT_EQ(Parse(absl::string_view("\0{}", 3)), Error::kSyntax);
  EXPECT_EQ(Parse(absl::string_view("{\"a\0\":1}", 8)), Error::kSyntax);
}

// pitfalls: invalid UTF-8 is rejected.
TEST(JsonReaderTest, RejectsInvalidUtf8) {
  for (const absl::string_view bytes :
       {"\x80", "\xff", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    EXPECT_EQ(Parse(absl::StrCat("{\"a\":\"", bytes, "\"}")), Error::kSyntax);
    EXPECT_EQ(Parse(absl::StrCat("{\"", bytes, "\":1}")), Error::kSyntax);
  }
  EXPECT_EQ(Parse("{\"a\":\"\xf0\x9f\x98\x80\"}"), Error::kNone);
}

TEST(JsonReaderTest, RejectsHalfASurrogatePair) {
  EXPECT_EQ(Parse(R"({"a":"\ud800"})"), Error::kSyntax);
  EXPECT_EQ(Parse(R"({"a":"\udc00"})"), Error::kSyntax);
  EXPECT_EQ(Parse(R"({"a":"\ud800\u0041"})"), Error::kSyntax);
  EXPECT_EQ(Parse(R"({"a":"\ud83d\ude00"})"), Error::kNone);
}

// The depth is the outermost object's 1 plus one for each level below it.
TEST(JsonReaderTest, EnforcesTheDepthExactly) {
  for (const size_t limit : {3u, 4u, 8u, 32u}) {
    for (const absl::string_view core : {"", "\"x\":1"}) {
      EXPECT_EQ(Parse(Nested(limit, core), limit), Error::kNone) << limit;
      EXPECT_EQ(Parse(Nested(limit + 1, core), limit), Error::kTooDeep);
    }
    EXPECT_EQ(Parse(Nested(limit, "\"x\":[]"), limit), Error::kTooDeep);
    EXPECT_EQ(Parse(Nested(limit, "\"x\":[1]"), limit), Error::kTooDeep);
    EXPECT_EQ(Parse(Nested(limit - 1, "\"x\":[]"), limit), Error::kNone);
  }
  EXPECT_EQ(Parse("{\"a\":1}", 1), Error::kNone);
  EXPECT_EQ(Parse("{\"a\":[]}", 1), Error::kTooDeep);
}

TEST(JsonReaderTest, ADepthOfZeroCountsAsOne) {
  EXPECT_EQ(Parse("{}", 0), Error::kNone);
  EXPECT_EQ(Parse("{\"a\":{}}", 0), Error::kTooDeep);
}

TEST(JsonReaderTest, NoLimitExceedsWhatTheStackBears) {
  EXPECT_EQ(Parse(Nested(kMaxDepth), 1'000'000), Error::kNone);
  EXPECT_EQ(Parse(Nested(kMaxDepth + 1), 1'000'000), Error::kTooDeep);
}

TEST(JsonReaderTest, RejectsNesting100000DeepWithoutOverflow) {
  const std::string open(100'000, '[');
  EXPECT_NE(Parse("{\"a\":" + open), Error::kNone);
  EXPECT_EQ(Parse(Nested(100'000)), Error::kTooDeep);
  EXPECT_EQ(Parse(Nested(100'000), 1'000'000), Error::kTooDeep);
}

// pitfalls: duplicate members are rejected.
TEST(JsonReaderTest, RejectsDuplicateMembersAtEveryLevel) {
  for (const absl::string_view text :
       {R"({"a":1,"a":1})", R"({"a":1,"b":2,"a":3})", R"({"o":{"a":1,"a":2}})",
        R"({"l":[1,[{"a":1,"a":2}]]})", R"({"l":[{},{"x":{"":1,"":2}}]})",
        R"({"a":{"a":1},"b":2,"a":{}})"}) {
    EXPECT_EQ(Parse(text), Error::kDuplicateMember) << text;
  }
}

TEST(JsonReaderTest, OutermostNamesAloneCanBeComparedFirst) {
  Reader reader(4);
  Object object;
  EXPECT_EQ(reader.ParseOutermost(R"({"l":[],"a":{},"l":1})", &object),
            Error::kDuplicateMember);
  EXPECT_EQ(reader.ParseOutermost("\xef\xbb\xbf{}", &object), Error::kSyntax);
  EXPECT_EQ(reader.ParseOutermost("[]", &object), Error::kSyntax);
  EXPECT_EQ(reader.ParseOutermost(R"({"l":[{"a":1,]})", &object),
            Error::kSyntax);
  ASSERT_EQ(reader.ParseOutermost(
                R"({"l":[{"a":1,"a":2},{"a":{"b":1,"b":2}},{"a":{}},)"
                R"({"a":[[]]},7]})",
                &object),
            Error::kNone);
  const Error kErrors[] = {Error::kDuplicateMember, Error::kDuplicateMember,
                           Error::kNone, Error::kTooDeep, Error::kNone};
  size_t i = 0;
  Array list;
  ASSERT_EQ(object.at_key("l").get(list), simdjson::SUCCESS);
  for (const Element entry : list) {
    EXPECT_EQ(reader.CheckValue(entry, 3), kErrors[i]) << i;
    ++i;
  }
  EXPECT_EQ(i, 5u);
}

TEST(JsonReaderTest, ComparesNamesAfterUnescaping) {
  EXPECT_EQ(Parse(R"({"alg":1,"\u0061lg":2})"), Error::kDuplicateMember);
  EXPECT_EQ(Parse(R"({"a\/b":1,"a/b":2})"), Error::kDuplicateMember);
  EXPECT_EQ(Parse(R"({"\u0000":1,"\u0000":2})"), Error::kDuplicateMember);
  EXPECT_EQ(Parse(R"({"\u0000":1,"\u0000b":2,"":3})"), Error::kNone);
  EXPECT_EQ(Parse("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"),
            Error::kDuplicateMember);
}

TEST(JsonReaderTest, TheSameNameInDifferentObjectsIsNoDuplicate) {
  EXPECT_EQ(Parse(R"({"a":{"a":1},"b":[{"a":1},{"a":2}],"A":1})"),
            Error::kNone);
}

TEST(JsonReaderTest, FindsADuplicateAtEveryPlaceOfSmallAndLargeObjects) {
  for (const int size : {2, 3, 15, 16, 17, 18, 40}) {
    for (int duplicate = 0; duplicate < size; ++duplicate) {
      for (int original = 0; original < duplicate; ++original) {
        std::string text = "{";
        for (int i = 0; i < size; ++i) {
          absl::StrAppend(&text, i == 0 ? "" : ",", "\"n",
                          i == duplicate ? original : i, "\":{\"n1\":0}");
        }
        ASSERT_EQ(Parse(text + "}"), Error::kDuplicateMember) << text;
      }
    }
  }
}

std::string ObjectOf(int num_members, absl::string_view last) {
  std::string text = "{";
  for (int i = 0; i < num_members; ++i)
    absl::StrAppend(&text, "\"", i, "\":0,");
  return absl::StrCat(text, "\"", last, "\":0}");
}

// Quadratic comparison would take 10^10 steps, and the test's time limit.
TEST(JsonReaderTest, HundredThousandMembersAreNotQuadratic) {
  EXPECT_EQ(Parse(ObjectOf(100'000, "last")), Error::kNone);
  EXPECT_EQ(Parse(ObjectOf(100'000, "0")), Error::kDuplicateMember);
}

TEST(JsonReaderTest, IntegersAbove2To53Survive) {
  Reader reader(4);
  Object object;
  ASSERT_EQ(
      reader.ParseObject(R"({"a":9007199254740993,"b":18446744073709551615,)"
                         R"("c":-9223372036854775808})",
                         &object),
      Error::kNone);
  EXPECT_EQ(object["a"].get_int64().value_unsafe(), 9007199254740993);
  EXPECT_EQ(object["b"].get_uint64().value_unsafe(), 18446744073709551615u);
  EXPECT_EQ(object["c"].get_int64().value_unsafe(), INT64_MIN);
}

TEST(JsonReaderTest, RejectsNumbersThatDoNotFit) {
  EXPECT_EQ(Parse(R"({"a":18446744073709551616})"), Error::kSyntax);
  EXPECT_EQ(Parse(R"({"a":-9223372036854775809})"), Error::kSyntax);
  EXPECT_EQ(Parse(R"({"a":1e999})"), Error::kSyntax);
  EXPECT_EQ(Parse(R"({"a":1e300})"), Error::kNone);
}

TEST(JsonReaderTest, IsUsableAfterAnError) {
  Reader reader(4);
  Object object;
  for (const absl::string_view bad :
       {"{", R"({"a":1,"a":2})", R"({"a":[[[[[[1]]]]]]})", ""}) {
    EXPECT_NE(reader.ParseObject(bad, &object), Error::kNone);
    EXPECT_EQ(reader.ParseObject(R"({"a":{"b":1}})", &object), Error::kNone);
  }
}

TEST(JsonReaderTest, StopsAllocatingOnceItsBuffersHaveGrown) {
  Reader reader(32);
  Object object;
  const std::string text = ObjectOf(40, "last");
  ASSERT_EQ(reader.ParseObject(text, &object), Error::kNone);
  const size_t before = num_allocations;
  for (int i = 0; i < 2000; ++i) {
    const bool ok = reader.ParseObject(text, &object) == Error::kNone;
    if (!ok) FAIL();
  }
  EXPECT_EQ(num_allocations, before);
}

TEST(JsonReaderTest, ALongerTextDoesNotAllocateForEveryByteMore) {
  Reader reader(32);
  Object object;
  std::string text = "{}";
  text.reserve(20'000);
  ASSERT_EQ(reader.ParseObject(text, &object), Error::kNone);
  const size_t before = num_allocations;
  while (text.size() < 16'000) {
    text.push_back(' ');
    if (reader.ParseObject(text, &object) != Error::kNone) FAIL();
  }
  EXPECT_LT(num_allocations - before, 50u);
}

TEST(JsonReaderTest, EveryErrorHasAText) {
  for (int i = 0; i <= static_cast<int>(Error::kDuplicateMember); ++i) {
    EXPECT_NE(ErrorText(static_cast<Error>(i)), "unknown error");
  }
}

}  // namespace
}  // namespace assay::json
