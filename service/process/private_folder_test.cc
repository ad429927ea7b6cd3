#include "service/process/private_folder.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace assay::process {
namespace {

int ModeOf(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : -1;
}

TEST(PrivateFolderTest, OnlyTheOwnerMayReadFolderAndFiles) {
  auto folder = PrivateFolder::Create();
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE((*folder)->Write("key", "secret").ok());
  EXPECT_EQ(ModeOf((*folder)->path()), 0700);
  EXPECT_EQ(ModeOf((*folder)->PathOf("key")), 0600);
}

TEST(PrivateFolderTest, AFileHoldsWhatWasWritten) {
  auto folder = PrivateFolder::Create();
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE((*folder)->Write("key", "secret\n").ok());
  std::ifstream file((*folder)->PathOf("key"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "secret\n");
}

TEST(PrivateFolderTest, AnExistingFileIsNotOverwritten) {
  auto folder = PrivateFolder::Create();
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE((*folder)->Write("key", "one").ok());
  EXPECT_EQ((*folder)->Write("key", "two").code(),
            absl::StatusCode::kAlreadyExists);
}

TEST(PrivateFolderTest, LeavesNothingBehind) {
  auto folder = PrivateFolder::Create();
  ASSERT_TRUE(folder.ok()) << folder.status();
  ASSERT_TRUE((*folder)->Write("key", "secret").ok());
  const std::string path = (*folder)->path();
  folder->reset();
  EXPECT_EQ(ModeOf(path), -1);
}

}  // namespace
}  // namespace assay::process
