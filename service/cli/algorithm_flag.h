// Algorithm names in flags.
#ifndef ASSAY_SERVICE_CLI_ALGORITHM_FLAG_H_
#define ASSAY_SERVICE_CLI_ALGORITHM_FLAG_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"

namespace assay::cli {

// "HS256, HS384, ...": all that there are.
std::string AlgorithmNames();

// The algorithm of that name; exact and case-sensitive, as in a header. The
// error lists the names there are.
absl::StatusOr<jose::Algorithm> ParseAlgorithm(absl::string_view name);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_ALGORITHM_FLAG_H_
