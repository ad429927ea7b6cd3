#include "service/batch_size.h"

#include "absl/strings/str_cat.h"

namespace assay::service {

bool CheckBatchSize(absl::string_view field, int num_items,
                    size_t max_batch_items, Violations* violations) {
  if (static_cast<size_t>(num_items) <= max_batch_items) return true;
  violations->Add(field, absl::StrCat("holds ", num_items, ", above the limit ",
                                      "max_batch_items of ", max_batch_items));
  return false;
}

}  // namespace assay::service
