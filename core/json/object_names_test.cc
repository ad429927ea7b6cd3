#include "core/json/object_names.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::json {
namespace {

bool HasDuplicate(const std::vector<std::string>& texts) {
  NameStack stack;
  ObjectNames names(&stack);
  for (const std::string& text : texts) names.Add(text);
  return names.HasDuplicate();
}

TEST(ObjectNamesTest, FindsANameThatComesTwice) {
  EXPECT_TRUE(HasDuplicate({"a", "a"}));
  EXPECT_TRUE(HasDuplicate({"", "b", ""}));
  EXPECT_TRUE(HasDuplicate({"exp", "iss", "sub", "exp"}));
  EXPECT_TRUE(HasDuplicate(
      {"https://example.com/roles", "x", "https://example.com/roles"}));
}

TEST(ObjectNamesTest, FindsNoneAmongDistinctNames) {
  EXPECT_FALSE(HasDuplicate({}));
  EXPECT_FALSE(HasDuplicate({""}));
  EXPECT_FALSE(HasDuplicate({"a", "A", "aa", "aaa", "", "a "}));
}

// They have the same ends and length, which is all that a fingerprint is of.
TEST(ObjectNamesTest, TellsNamesOfOneFingerprintApart) {
  EXPECT_FALSE(HasDuplicate({"12345678-a-12345678", "12345678-b-12345678"}));
  EXPECT_TRUE(HasDuplicate(
      {"12345678-a-12345678", "12345678-b-12345678", "12345678-a-12345678"}));
  std::vector<std::string> names;
  for (int i = 100; i < 200; ++i) {
    names.push_back(absl::StrCat("12345678-", i, "-12345678"));
  }
  EXPECT_FALSE(HasDuplicate(names));
  names.push_back("12345678-150-12345678");
  EXPECT_TRUE(HasDuplicate(names));
}

TEST(ObjectNamesTest, FindsADuplicateInAnyTwoPlaces) {
  for (const size_t num : {2u, 9u, 16u, 17u, 40u}) {
    std::vector<std::string> names;
    for (size_t i = 0; i < num; ++i) names.push_back(absl::StrCat("n", i));
    ASSERT_FALSE(HasDuplicate(names)) << num;
    for (size_t a = 0; a < num; ++a) {
      for (size_t b = 0; b < a; ++b) {
        std::vector<std::string> twice = names;
        twice[a] = twice[b];
        ASSERT_TRUE(HasDuplicate(twice)) << num << " " << a << " " << b;
      }
    }
  }
}

TEST(ObjectNamesTest, SaysWhatASetSays) {
  std::mt19937 random(7519);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string> names(random() % 24);
    for (std::string& name : names) {
      name.resize(random() % 20, 'x');
      if (!name.empty()) name[random() % name.size()] = 'a' + random() % 3;
    }
    const std::set<std::string> distinct(names.begin(), names.end());
    ASSERT_EQ(HasDuplicate(names), distinct.size() < names.size()) << round;
  }
}

TEST(ObjectNamesTest, NestedObjectsDoNotMix) {
  NameStack stack;
  ObjectNames outer(&stack);
  outer.Add("a");
  {
    ObjectNames inner(&stack);
    inner.Add("a");
    inner.Add("b");
    EXPECT_FALSE(inner.HasDuplicate());
    inner.Add("b");
    EXPECT_TRUE(inner.HasDuplicate());
  }
  outer.Add("b");
  EXPECT_FALSE(outer.HasDuplicate());
  outer.Add("a");
  EXPECT_TRUE(outer.HasDuplicate());
}

}  // namespace
}  // namespace assay::json
