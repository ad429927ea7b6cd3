// The bound on how many items one request holds, for every service.
#ifndef ASSAY_SERVICE_BATCH_SIZE_H_
#define ASSAY_SERVICE_BATCH_SIZE_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "service/status.h"

namespace assay::service {

// Whether the request's repeated field `field` holds at most `max_batch_items`;
// if not, a violation names the limit.
bool CheckBatchSize(absl::string_view field, int num_items,
                    size_t max_batch_items, Violations* violations);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_BATCH_SIZE_H_
