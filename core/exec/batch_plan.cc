#include "core/exec/batch_plan.h"

#include "absl/container/flat_hash_map.h"

namespace assay::exec {
namespace {

// Numbers the groups in order of their first item. Neighbours are often of the
// same group, and then cost no look-up.
class GroupNumbers {
 public:
  uint32_t NumberOf(uint64_t group) {
    if (num_ > 0 && group == last_group_) return last_number_;
    const auto [it, is_new] = numbers_.try_emplace(group, num_);
    if (is_new) ++num_;
    last_group_ = group;
    last_number_ = it->second;
    return last_number_;
  }
  uint32_t num() const { return num_; }

 private:
  absl::flat_hash_map<uint64_t, uint32_t> numbers_;
  uint32_t num_ = 0;
  uint64_t last_group_ = 0;
  uint32_t last_number_ = 0;
};

// Renumbers groups so that those of one kind follow each other. `kinds` is by
// old number.
std::vector<uint32_t> NumbersByKind(const std::vector<uint8_t>& kinds) {
  std::vector<uint32_t> numbers(kinds.size());
  uint32_t next = 0;
  for (uint8_t kind = 0; kind < kMaxKinds; ++kind) {
    for (size_t group = 0; group < kinds.size(); ++group) {
      if (kinds[group] == kind) numbers[group] = next++;
    }
  }
  return numbers;
}

// A counting sort by group number: stable, linear.
std::vector<uint32_t> OrderByGroup(absl::Span<const PlanItem> items) {
  GroupNumbers groups;
  std::vector<uint8_t> kinds;
  std::vector<uint32_t> group_of(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    group_of[i] = groups.NumberOf(items[i].group);
    if (group_of[i] == kinds.size()) kinds.push_back(items[i].kind);
  }
  const std::vector<uint32_t> numbers = NumbersByKind(kinds);
  for (uint32_t& group : group_of) group = numbers[group];
  std::vector<uint32_t> next_place(groups.num() + 1, 0);
  for (uint32_t group : group_of) ++next_place[group + 1];
  for (uint32_t g = 0; g < groups.num(); ++g) {
    next_place[g + 1] += next_place[g];
  }
  std::vector<uint32_t> order(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    order[next_place[group_of[i]]++] = static_cast<uint32_t>(i);
  }
  return order;
}

std::vector<Chunk> Cut(absl::Span<const PlanItem> items,
                       const std::vector<uint32_t>& order,
                       uint64_t chunk_cost_ns) {
  std::vector<Chunk> chunks;
  uint32_t begin = 0;
  uint64_t cost_ns = 0;
  for (uint32_t i = 0; i < order.size(); ++i) {
    const uint64_t item_cost_ns = items[order[i]].cost_ns;
    const uint32_t num_items = i - begin;
    // What a whole vector more would make of it, if it is like this item.
    const uint64_t next_cost_ns = cost_ns + kVectorItems * item_cost_ns;
    const bool is_full =
        num_items % kVectorItems == 0 && next_cost_ns > chunk_cost_ns;
    if (num_items > 0 &&
        (is_full || cost_ns + item_cost_ns > 2 * chunk_cost_ns)) {
      chunks.push_back({begin, i});
      begin = i;
      cost_ns = 0;
    }
    cost_ns += item_cost_ns;
  }
  if (!order.empty()) {
    chunks.push_back({begin, static_cast<uint32_t>(order.size())});
  }
  return chunks;
}

}  // namespace

BatchPlan PlanBatch(absl::Span<const PlanItem> items, uint64_t chunk_cost_ns) {
  BatchPlan plan;
  plan.order = OrderByGroup(items);
  plan.chunks = Cut(items, plan.order, chunk_cost_ns);
  return plan;
}

}  // namespace assay::exec
