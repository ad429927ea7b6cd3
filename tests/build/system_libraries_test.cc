// Proves that every label of @system brings headers and library that fit: each
// test makes one call that needs the library, not the header alone.
#include <urcu-bp.h>
#include <zlib.h>

#include <atomic>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "simdjson.h"
#include "tbb/parallel_for.h"

namespace assay {
namespace {

TEST(SystemLibrariesTest, Abseil) {
  EXPECT_EQ(absl::InternalError(absl::StrCat("x", 1)).ToString(),
            "INTERNAL: x1");
}

TEST(SystemLibrariesTest, Gmock) {
  EXPECT_THAT((std::vector<int>{1, 2}), testing::ElementsAre(1, 2));
}

TEST(SystemLibrariesTest, Simdjson) {
  simdjson::ondemand::parser parser;
  simdjson::padded_string json(std::string(R"({"exp":7})"));
  simdjson::ondemand::document document;
  ASSERT_EQ(parser.iterate(json).get(document), simdjson::SUCCESS);
  int64_t exp = 0;
  ASSERT_EQ(document["exp"].get(exp), simdjson::SUCCESS);
  EXPECT_EQ(exp, 7);
}

TEST(SystemLibrariesTest, Tbb) {
  std::atomic<int> sum{0};
  tbb::parallel_for(0, 100, [&](int i) { sum += i; });
  EXPECT_EQ(sum, 4950);
}

TEST(SystemLibrariesTest, UserspaceRcu) {
  rcu_read_lock();
  rcu_read_unlock();
  synchronize_rcu();
}

TEST(SystemLibrariesTest, Cli11) {
  CLI::App app;
  int threads = 0;
  app.add_option("--threads", threads);
  const char* argv[] = {"assay", "--threads", "2"};
  app.parse(3, argv);
  EXPECT_EQ(threads, 2);
}

TEST(SystemLibrariesTest, Zlib) {
  EXPECT_EQ(crc32(0, reinterpret_cast<const Bytef*>("a"), 1), 0xe8b7be43u);
}

}  // namespace
}  // namespace assay
