#include "core/exec/batch_plan.h"

#include "absl/container/flat_hash_map.h"

namespace assay::exec {
namespace {

// The number of each item's group, groups numbered by their first item, and
// how many items each has.
struct Groups {
  std::vector<uint32_t> of_item;
  std::vector<uint32_t> sizes;
};

Groups NumberGroups(absl::Span<const PlanItem> items) {
  Groups groups;
  groups.of_item.reserve(items.size());
  absl::flat_hash_map<uint64_t, uint32_t> numbers;
  for (const PlanItem& item : items) {
    // Runs of one group are common: ask the map once per run.
    const size_t i = groups.of_item.size();
    if (i > 0 && items[i - 1].group == item.group) {
      groups.of_item.push_back(groups.of_item[i - 1]);
    } else {
      const uint32_t next = static_cast<uint32_t>(groups.sizes.size());
      const auto [it, is_new] = numbers.try_emplace(item.group, next);
      if (is_new) groups.sizes.push_back(0);
      groups.of_item.push_back(it->second);
    }
    ++groups.sizes[groups.of_item.back()];
  }
  return groups;
}

// A counting sort by group, which keeps the input's order within each.
std::vector<uint32_t> OrderByGroup(const Groups& groups) {
  std::vector<uint32_t> next(groups.sizes.size());
  uint32_t begin = 0;
  for (size_t g = 0; g < next.size(); ++g) {
    next[g] = begin;
    begin += groups.sizes[g];
  }
  std::vector<uint32_t> order(groups.of_item.size());
  for (uint32_t i = 0; i < order.size(); ++i) {
    order[next[groups.of_item[i]]++] = i;
  }
  return order;
}

}  // namespace

BatchPlan PlanBatch(absl::Span<const PlanItem> items, uint64_t chunk_cost_ns) {
  BatchPlan plan;
  plan.order = OrderByGroup(NumberGroups(items));
  uint64_t cost_ns = 0;
  uint32_t begin = 0;
  const uint32_t num_items = static_cast<uint32_t>(plan.order.size());
  for (uint32_t k = 0; k < num_items; ++k) {
    const uint32_t item_ns = items[plan.order[k]].cost_ns;
    if (k > begin && cost_ns + item_ns > chunk_cost_ns) {
      plan.chunks.push_back({begin, k});
      begin = k;
      cost_ns = 0;
    }
    cost_ns += item_ns;
  }
  if (begin < num_items) plan.chunks.push_back({begin, num_items});
  return plan;
}

}  // namespace assay::exec
