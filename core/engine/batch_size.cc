#include "core/engine/batch_size.h"

#include "absl/strings/str_cat.h"

namespace assay::engine {

absl::Status CheckBatchSize(size_t num_items, const Limits& limits,
                            absl::string_view noun) {
  if (num_items <= limits.max_batch_items) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a batch holds at most ", limits.max_batch_items, " ", noun,
                   ", not ", num_items, ": send it in parts"));
}

}  // namespace assay::engine
