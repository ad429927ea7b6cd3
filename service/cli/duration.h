// Durations and moments as people write them in flags.
#ifndef ASSAY_SERVICE_CLI_DURATION_H_
#define ASSAY_SERVICE_CLI_DURATION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace assay::cli {

// "60s", "5m", "1h30m", "7d", "1d12h": whole numbers, each with its unit,
// larger units first, every unit once. A bare number is refused: whether it
// means seconds or minutes is not to be guessed. At most 36500 days.
absl::StatusOr<absl::Duration> ParseDuration(absl::string_view text);

// RFC 3339 ("2026-01-31T12:00:00Z", with an offset or fractions) or whole
// seconds since 1970 ("1769860800").
absl::StatusOr<absl::Time> ParseMoment(absl::string_view text);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_DURATION_H_
