#include "core/keys/key_test_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/jose/jwk_generation.h"
#include "gtest/gtest.h"

namespace assay::keys {

jose::Jwk FreshKey(jose::Algorithm alg, absl::string_view kid) {
  auto key = jose::GenerateJwk(alg, kid, 0);
  EXPECT_TRUE(key.ok()) << key.status();
  return *std::move(key);
}

jose::Jwk FreshPublicKey(jose::Algorithm alg, absl::string_view kid) {
  return jose::PublicHalf(FreshKey(alg, kid));
}

std::string JwkSetText(const std::vector<std::string>& jwks) {
  return absl::StrCat("{\"keys\":[", absl::StrJoin(jwks, ","), "]}");
}

TestFolder::TestFolder() : path_(::testing::TempDir() + "/keys-XXXXXX") {
  EXPECT_NE(mkdtemp(&path_[0]), nullptr) << path_;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TestFolder::path(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

void TestFolder::MakeFolder(absl::string_view name) const {
  EXPECT_EQ(mkdir(path(name).c_str(), 0700), 0) << name;
}

void TestFolder::Write(absl::string_view name, absl::string_view contents,
                       int mode) const {
  std::ofstream file(path(name), std::ios::binary | std::ios::trunc);
  Chmod(name, mode);
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.close();
  EXPECT_TRUE(file.good()) << name;
}

void TestFolder::Rename(absl::string_view from, absl::string_view to) const {
  EXPECT_EQ(rename(path(from).c_str(), path(to).c_str()), 0) << from;
}

void TestFolder::Link(absl::string_view target, absl::string_view name) const {
  EXPECT_EQ(symlink(std::string(target).c_str(), path(name).c_str()), 0)
      << name;
}

void TestFolder::Chmod(absl::string_view name, int mode) const {
  EXPECT_EQ(chmod(path(name).c_str(), static_cast<mode_t>(mode)), 0) << name;
}

void TestFolder::Remove(absl::string_view name) const {
  EXPECT_GT(std::filesystem::remove_all(path(name)), 0u) << name;
}

}  // namespace assay::keys
