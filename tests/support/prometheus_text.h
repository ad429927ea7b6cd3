// Reads Prometheus' text format 0.0.4 strictly, to see that it is one.
#ifndef ASSAY_TESTS_SUPPORT_PROMETHEUS_TEXT_H_
#define ASSAY_TESTS_SUPPORT_PROMETHEUS_TEXT_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace assay::testing {

// Samples by their series as it is written: assay_kernel_on{lane="p256"}.
// INVALID_ARGUMENT, with the line, unless every family has HELP and TYPE, in
// that order, before its samples, which stand together; every name, label and
// value is well formed; counters, and they alone, are named _total; and no
// series comes twice.
absl::StatusOr<std::map<std::string, double>> ParsePrometheusText(
    absl::string_view text);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_SUPPORT_PROMETHEUS_TEXT_H_
