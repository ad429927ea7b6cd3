#include "core/json/object_names.h"

#include <algorithm>

namespace assay::json {
namespace {

// Below this, comparing every pair is faster than sorting.
constexpr size_t kPairwiseLimit = 16;

bool Equal(const FingerprintedName& a, const FingerprintedName& b) {
  return a.fingerprint == b.fingerprint && a.name == b.name;
}

bool Less(const FingerprintedName& a, const FingerprintedName& b) {
  return a.fingerprint != b.fingerprint ? a.fingerprint < b.fingerprint
                                        : a.name < b.name;
}

}  // namespace

bool ObjectNames::FindDuplicate() {
  const auto begin = stack_.begin() + static_cast<ptrdiff_t>(first_);
  const auto end = stack_.end();
  if (stack_.size() - first_ > kPairwiseLimit) {
    std::sort(begin, end, Less);
    return std::adjacent_find(begin, end, Equal) != end;
  }
  for (auto a = begin; a != end; ++a) {
    for (auto b = begin; b != a; ++b) {
      if (Equal(*a, *b)) return true;
    }
  }
  return false;
}

}  // namespace assay::json
