#include "core/json/minified.h"

#include "gtest/gtest.h"

namespace assay::json {
namespace {

TEST(MinifiedTest, WritesAValueWithoutWhiteSpace) {
  Reader reader(8);
  Object object;
  ASSERT_EQ(reader.ParseObject(R"({"a": {"b" : [1, "\u0061 c"]}, "d": null})",
                               &object),
            Error::kNone);
  EXPECT_EQ(Minified(object, "a"), R"({"b":[1,"a c"]})");
  EXPECT_EQ(Minified(object, "d"), "null");
}

TEST(MinifiedTest, IsNothingWithoutTheMember) {
  Reader reader(8);
  Object object;
  ASSERT_EQ(reader.ParseObject(R"({"a":{"b":1}})", &object), Error::kNone);
  EXPECT_EQ(Minified(object, "b"), absl::nullopt);
  EXPECT_EQ(Minified(object, ""), absl::nullopt);
}

}  // namespace
}  // namespace assay::json
