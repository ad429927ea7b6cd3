#include "core/engine/engine_choice.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "core/simd/cpu_features.h"

namespace assay::engine {
namespace {

constexpr char kVariable[] = "ASSAY_ENGINE";
constexpr EngineChoice kChoices[] = {EngineChoice::kAuto,
                                     EngineChoice::kBoringSsl};

absl::optional<EngineChoice> ChoiceFromEnvironment() {
  const char* const value = std::getenv(kVariable);
  if (value == nullptr || *value == '\0') return EngineChoice::kAuto;
  return ParseEngineChoice(value);
}

}  // namespace

absl::string_view EngineChoiceName(EngineChoice choice) {
  switch (choice) {
    case EngineChoice::kAuto:
      return "auto";
    case EngineChoice::kBoringSsl:
      return "boringssl";
  }
  return "";
}

absl::optional<EngineChoice> ParseEngineChoice(absl::string_view name) {
  for (EngineChoice choice : kChoices) {
    if (name == EngineChoiceName(choice)) return choice;
  }
  return absl::nullopt;
}

EngineChoice DefaultEngineChoice() {
  return ChoiceFromEnvironment().value_or(EngineChoice::kBoringSsl);
}

std::string DefaultEngineProblem() {
  if (ChoiceFromEnvironment().has_value()) return "";
  return absl::StrCat(kVariable, " is \"", std::getenv(kVariable),
                      "\"; it may be auto or boringssl");
}

absl::Status CheckEnvironment() {
  for (const std::string& problem :
       {simd::SimdLevelProblem(), DefaultEngineProblem()}) {
    if (!problem.empty()) return absl::InvalidArgumentError(problem);
  }
  return absl::OkStatus();
}

crypto::LaneOptions DefaultLaneOptions() {
  crypto::LaneOptions options;
  options.use_kernels = DefaultEngineChoice() == EngineChoice::kAuto;
  return options;
}

}  // namespace assay::engine
