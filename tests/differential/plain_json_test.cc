// The quick way of reading claims against simdjson's: whatever PlainReader
// takes is taken by simdjson, duplicates and depth included, and says the same.
// Documents are generated, and damaged in every way that keeps them looking
// like JSON.
#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/json/members.h"
#include "core/json/plain_reader.h"
#include "core/json/reader.h"
#include "gtest/gtest.h"

namespace assay {
namespace {

constexpr size_t kMaxDepth = 6;
constexpr int kNumDocuments = 150'000;

// Objects that are mostly plain and mostly right.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  std::string Document() { return Space() + Object(1) + Space(); }

  // Some bytes of `text` changed, taken out, doubled, or cut off.
  std::string Damaged(std::string text) {
    for (uint32_t num = 1 + Below(3); num > 0 && !text.empty(); --num) {
      const size_t place = Below(static_cast<uint32_t>(text.size()));
      switch (Below(5)) {
        case 0:
          text[place] = kTelling[Below(sizeof(kTelling) - 1)];
          break;
        case 1:
          text.erase(place, 1 + Below(3));
          break;
        case 2:
          text.insert(place, 1, kTelling[Below(sizeof(kTelling) - 1)]);
          break;
        case 3:
          text.insert(place, text.substr(place, Below(12)));
          break;
        case 4:
          if (Below(4) == 0) text.resize(place);
          break;
      }
    }
    return text;
  }

 private:
  static constexpr char kTelling[] =
      "{}[]:,\"\"\\ \t\n0123456789-+.eEtfnulas\x80\xc3\x1f\x7f";

  uint32_t Below(uint32_t end) { return random_() % end; }
  std::string Space() { return std::string(Below(8) == 0 ? Below(3) : 0, ' '); }

  std::string String() {
    static const char* const kNames[] = {"",
                                         "exp",
                                         "iss",
                                         "aud",
                                         "a",
                                         "sub",
                                         "scope",
                                         "client_id",
                                         "https://example.com/claims/a",
                                         "https://example.com/claims/b"};
    if (Below(2) == 0) return absl::StrCat("\"", kNames[Below(10)], "\"");
    std::string text(Below(Below(8) == 0 ? 150 : 12), ' ');
    for (char& c : text) c = static_cast<char>('#' + Below(57));  // To '['.
    if (Below(60) == 0) text += "\\u0041";
    if (Below(60) == 0) text += "\xc3\xa9";
    return absl::StrCat("\"", text, "\"");
  }

  std::string Number() {
    static const char* const kEdges[] = {"0",
                                         "-0",
                                         "999999999999999999",
                                         "-999999999999999999",
                                         "1000000000000000000",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "18446744073709551615",
                                         "1.5",
                                         "-2e3"};
    if (Below(4) == 0) return kEdges[Below(10)];
    return absl::StrCat(static_cast<int32_t>(random_()));
  }

  std::string Value(size_t depth) {
    switch (Below(10)) {
      case 0:
        return depth <= kMaxDepth + 1 ? Object(depth) : "1";
      case 1:
        return depth <= kMaxDepth + 1 ? Array(depth) : "1";
      case 2:
        return "true";
      case 3:
        return "false";
      case 4:
        return "null";
      case 5:
      case 6:
        return Number();
      default:
        return String();
    }
  }

  std::string Object(size_t depth) {
    std::string text = "{" + Space();
    const uint32_t num = Below(Below(20) == 0 ? 24 : 6);
    for (uint32_t i = 0; i < num; ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ",", Space(), String(), Space(), ":",
                      Space(), Value(depth + 1), Space());
    }
    return text + "}";
  }

  std::string Array(size_t depth) {
    std::string text = "[" + Space();
    const uint32_t num = Below(5);
    for (uint32_t i = 0; i < num; ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ",", Space(), Value(depth + 1),
                      Space());
    }
    return text + "]";
  }

  std::mt19937 random_;
};

void ExpectSame(const json::Value& a, const json::Value& b,
                absl::string_view document) {
  ASSERT_EQ(a.kind, b.kind) << document;
  ASSERT_EQ(a.text, b.text) << document;
  if (a.kind == json::Kind::kInt64) {
    ASSERT_EQ(a.integer, b.integer) << document;
  }
}

void ExpectSame(const json::Members& a, const json::Members& b,
                absl::string_view document) {
  ASSERT_EQ(a.size(), b.size()) << document;
  for (auto x = a.begin(), y = b.begin(); x != a.end(); ++x, ++y) {
    ASSERT_EQ(x->name, y->name) << document;
    ExpectSame(x->value, y->value, document);
    if (x->value.kind != json::Kind::kArray) continue;
    const absl::Span<const json::Value> left = a.EntriesOf(x->value);
    const absl::Span<const json::Value> right = b.EntriesOf(y->value);
    ASSERT_EQ(left.size(), right.size()) << document;
    for (size_t i = 0; i < left.size(); ++i) {
      ExpectSame(left[i], right[i], document);
    }
  }
}

class PlainJsonTest : public testing::Test {
 protected:
  // Returns whether the quick way took the document.
  bool Compare(absl::string_view document) {
    json::Object object;
    const json::Error error = reader_.ParseObject(document, &object);
    json::Members members;
    const bool taken = plain_reader_.Read(document, &members);
    if (taken) {
      EXPECT_EQ(error, json::Error::kNone) << document;
      if (error == json::Error::kNone) {
        json::Members expected;
        json::Reader::CollectMembers(object, &expected);
        ExpectSame(members, expected, document);
      }
    }
    // Both ways together answer as simdjson's alone.
    const std::string padded =
        absl::StrCat(document, std::string(json::kPadding, '}'));
    EXPECT_EQ(both_.ParseMembersPadded(
                  absl::string_view(padded.data(), document.size()), &members),
              error)
        << document;
    return taken;
  }

  json::Reader reader_{kMaxDepth};
  json::Reader both_{kMaxDepth};
  json::PlainReader plain_reader_{kMaxDepth};
};

TEST_F(PlainJsonTest, WhatIsTakenIsWhatSimdjsonReads) {
  Generator generator(7519);
  int num_taken = 0;
  int num_damaged_taken = 0;
  for (int i = 0; i < kNumDocuments && !HasFailure(); ++i) {
    const std::string document = generator.Document();
    num_taken += Compare(document) ? 1 : 0;
    num_damaged_taken += Compare(generator.Damaged(document)) ? 1 : 0;
  }
  // The test says something about either side of the border.
  EXPECT_GT(num_taken, kNumDocuments / 4);
  EXPECT_LT(num_taken, kNumDocuments * 9 / 10);
  EXPECT_GT(num_damaged_taken, kNumDocuments / 50);
}

// Every byte in every place of a document that is taken.
TEST_F(PlainJsonTest, EveryByteInEveryPlaceIsJudgedAlike) {
  const std::string document =
      R"({"iss":"me","aud":["a","b"],"exp":17,"o":{"x":-1,"y":[true,null]}})";
  ASSERT_TRUE(Compare(document));
  for (size_t place = 0; place < document.size(); ++place) {
    for (int c = 0; c < 256; ++c) {
      std::string changed = document;
      changed[place] = static_cast<char>(c);
      Compare(changed);
      changed.insert(place, 1, document[place]);
      Compare(changed);
    }
    Compare(document.substr(0, place));
    Compare(document.substr(place));
  }
}

}  // namespace
}  // namespace assay
