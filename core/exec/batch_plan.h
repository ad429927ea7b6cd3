// The plan of a batch: which items are worked on together, in which order.
// Pure: knows neither tokens nor threads.
//
// Items of one kind follow each other, because they fill the lanes of one
// kernel whatever key they are under; within a kind, items under one key, whose
// precomputation then stays in the cache. They are cut into chunks of about
// equal cost, so that threads share the work evenly and a deadline is looked at
// often. An item that costs more than a chunk is a chunk alone.
#ifndef ASSAY_CORE_EXEC_BATCH_PLAN_H_
#define ASSAY_CORE_EXEC_BATCH_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace assay::exec {

// Kinds are small numbers, below this.
inline constexpr size_t kMaxKinds = 16;

struct PlanItem {
  uint64_t group;    // Equal for items that belong together (key, algorithm).
  uint32_t cost_ns;  // Estimate of the item's work.
  uint8_t kind = 0;  // Equal for all items of a group.
};

// Half-open range of BatchPlan::order.
struct Chunk {
  uint32_t begin;
  uint32_t end;
};

struct BatchPlan {
  // A permutation of the items' indices, grouped; within a group in input
  // order; groups by kind, within a kind in order of their first item.
  std::vector<uint32_t> order;
  std::vector<Chunk> chunks;  // Cover `order` without gaps.
};

// Items that a vector works on at once.
inline constexpr uint32_t kVectorItems = 8;

// Cuts chunks of about `chunk_cost_ns`: at the last whole vector's worth of
// items before it, or else as soon as twice that cost would be exceeded, but
// after one item at least. `items` holds fewer than 2^32. Linear time.
BatchPlan PlanBatch(absl::Span<const PlanItem> items, uint64_t chunk_cost_ns);

}  // namespace assay::exec

#endif  // ASSAY_CORE_EXEC_BATCH_PLAN_H_
