// The bound on what a batch may hold, told in one way by all engines.
#ifndef ASSAY_CORE_ENGINE_BATCH_SIZE_H_
#define ASSAY_CORE_ENGINE_BATCH_SIZE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"

namespace assay::engine {

// INVALID_ARGUMENT if `num_items` is above max_batch_items. `noun` says what
// they are: "tokens".
absl::Status CheckBatchSize(size_t num_items, const Limits& limits,
                            absl::string_view noun);

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_BATCH_SIZE_H_
