#include "core/crypto/lane_key_pool.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto/key_material.h"
#include "core/simd/kernels.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::shared_ptr<LaneKey> Fresh(const std::string& name) {
  static const simd::Ed25519Kernel kernel = [] {
    simd::Ed25519Kernel fake = {};
    fake.key_bytes = 64;
    fake.prepare_key = [](const uint8_t* encoded, void* key) {
      std::memcpy(key, encoded, 32);
      return true;
    };
    return fake;
  }();
  simd::Kernels kernels;
  kernels.ed25519 = &kernel;
  Ed25519Key key;
  key.x = name;
  key.x.resize(32);
  return LaneKey::Create(KeyMaterial(std::move(key)), kernels);
}

TEST(LaneKeyPoolTest, OneKeyIsHeldOnce) {
  const auto first = InternLaneKey(Fresh("one"));
  EXPECT_EQ(InternLaneKey(Fresh("one")), first);
  EXPECT_NE(InternLaneKey(Fresh("another")), first);
}

TEST(LaneKeyPoolTest, HoldsNoKeyAlive) {
  auto key = InternLaneKey(Fresh("short-lived"));
  const std::weak_ptr<LaneKey> seen = key;
  key.reset();
  EXPECT_TRUE(seen.expired());
  const auto again = Fresh("short-lived");
  EXPECT_EQ(InternLaneKey(again), again);
}

TEST(LaneKeyPoolTest, NullStaysNull) {
  EXPECT_EQ(InternLaneKey(nullptr), nullptr);
}

TEST(LaneKeyPoolTest, FindsKeysAmongManyThatCameAndWent) {
  const auto kept = InternLaneKey(Fresh("kept"));
  for (int i = 0; i < 10000; ++i) InternLaneKey(Fresh(std::to_string(i)));
  EXPECT_EQ(InternLaneKey(Fresh("kept")), kept);
}

}  // namespace
}  // namespace assay::crypto
