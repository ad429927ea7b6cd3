// Who checks signatures where nobody has said so: the environment variable
// ASSAY_ENGINE. Flags and configurations win over it; it is for running a
// program, or every test there is, without kernels.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_ENGINE_ENGINE_CHOICE_H_
#define ASSAY_CORE_ENGINE_ENGINE_CHOICE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/crypto/lane_verifier.h"

namespace assay::engine {

enum class EngineChoice : uint8_t {
  kAuto,       // Kernels check many at once, under BoringSSL's eye.
  kBoringSsl,  // BoringSSL checks one by one.
};

// "auto" and "boringssl", as in ASSAY_ENGINE and --engine.
absl::string_view EngineChoiceName(EngineChoice choice);
absl::optional<EngineChoice> ParseEngineChoice(absl::string_view name);

// What ASSAY_ENGINE says, kAuto if it is not set. A value that is no choice's
// name counts as kBoringSsl: whoever sets it wants less than everything. See
// DefaultEngineProblem.
EngineChoice DefaultEngineChoice();
// Empty, or what is wrong with the value of ASSAY_ENGINE.
std::string DefaultEngineProblem();

// INVALID_ARGUMENT if ASSAY_ENGINE or ASSAY_SIMD has a value that means
// nothing: for programs to say before they begin.
absl::Status CheckEnvironment();

// A lane verifier's defaults under DefaultEngineChoice().
crypto::LaneOptions DefaultLaneOptions();

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_ENGINE_CHOICE_H_
