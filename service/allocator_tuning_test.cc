#include "service/allocator_tuning.h"

#include <malloc.h>

#include <memory>

#include "gtest/gtest.h"

namespace assay::service {
namespace {

constexpr size_t kBatchBytes = 8 * 1024 * 1024;

// Bytes that the allocator has from the kernel.
size_t HeldBytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.arena + info.hblkhd;
}

TEST(AllocatorTuningTest, KeepsTheMemoryOfOneBatchForTheNext) {
  TuneAllocator();
  auto batch = std::make_unique<char[]>(kBatchBytes);
  const size_t held = HeldBytes();
  EXPECT_GE(held, kBatchBytes);
  batch.reset();
  EXPECT_EQ(HeldBytes(), held);
}

}  // namespace
}  // namespace assay::service
