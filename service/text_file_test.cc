#include "service/text_file.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

std::string Write(absl::string_view name, const std::string& contents) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary) << contents;
  return path;
}

TEST(TextFileTest, ReadsTheWholeOfFilesOfAnySize) {
  for (size_t len : {size_t{0}, size_t{1}, size_t{64 * 1024},
                     size_t{64 * 1024 + 1}, size_t{300'000}}) {
    const std::string contents(len, 'x');
    const auto text = ReadTextFile(Write("whole", contents));
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*text, contents);
  }
}

TEST(TextFileTest, SaysWhatCannotBeReadAndWhy) {
  EXPECT_EQ(ReadTextFile("/nonexistent").status().message(),
            "cannot read /nonexistent: No such file or directory");
  const absl::Status folder = ReadTextFile(::testing::TempDir()).status();
  EXPECT_TRUE(absl::StrContains(folder.message(), "Is a directory")) << folder;
}

TEST(TextFileTest, AFileWithoutEndIsRefused) {
  const absl::Status status = ReadTextFile("/dev/zero").status();
  EXPECT_TRUE(absl::StrContains(status.message(), "more than")) << status;
}

}  // namespace
}  // namespace assay::service
