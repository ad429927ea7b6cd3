#include "service/cli/algorithm_flag.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::cli {

std::string AlgorithmNames() {
  return absl::StrJoin(jose::AllAlgorithms(), ", ",
                       [](std::string* out, const jose::AlgorithmInfo& info) {
                         absl::StrAppend(out, info.name);
                       });
}

absl::StatusOr<jose::Algorithm> ParseAlgorithm(absl::string_view name) {
  const jose::Algorithm algorithm = jose::AlgorithmFromName(name);
  if (algorithm != jose::Algorithm::kUnspecified) return algorithm;
  if (absl::AsciiStrToLower(name) == "none") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--alg ", name, ": an unsigned token proves nothing, so \"none\" is ",
        "never accepted"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--alg \"", name, "\" is not known; there are (in exactly this ",
      "spelling) ", AlgorithmNames()));
}

}  // namespace assay::cli
