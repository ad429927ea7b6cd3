// Which instruction sets this processor and its operating system offer, and
// which of them the kernels may use.
//
// Detection asks cpuid for the instructions and XCR0 for the registers: a
// system that does not save the wide registers must not see them used. The
// environment variable ASSAY_SIMD lowers what is offered, so that tests can
// force every path on one machine; it never raises it.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_CPU_FEATURES_H_
#define ASSAY_CORE_SIMD_CPU_FEATURES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace assay::simd {

// Levels, each of which includes those before it.
enum class SimdLevel {
  kPortable,    // No intrinsics.
  kAvx2,        // AVX2, and SHA-NI where the processor has it.
  kAvx512Ifma,  // AVX-512 F, DQ, BW, VL, IFMA and VBMI.
};

struct CpuFeatures {
  bool sha_ni = false;
  bool avx2 = false;
  // F, DQ, BW and VL with IFMA (52-bit multiplication) and VBMI (bytes moved
  // within a register), and BMI2 and ADX, which compilers put into such
  // kernels: every processor that has IFMA in 512 bits has all, but a
  // hypervisor may hide some.
  bool avx512_ifma = false;
  // 512 bits are worked on in one piece and not in two halves: AMD says so in
  // CPUID Fn8000_001A EAX bit 3 (FP512). Of others nothing is known.
  bool avx512_in_one = false;
};

// "portable", "avx2" and "avx512ifma", as in ASSAY_SIMD.
absl::string_view SimdLevelName(SimdLevel level);
absl::optional<SimdLevel> ParseSimdLevel(absl::string_view name);

// What the machine has, whatever ASSAY_SIMD says.
CpuFeatures DetectCpuFeatures();
// `features` without what lies above `level`.
CpuFeatures LimitTo(CpuFeatures features, SimdLevel level);

// What the kernels may use: what the machine has, limited by ASSAY_SIMD as it
// was at the first call. A value that is no level's name counts as "portable":
// whoever sets it wants less than everything. See SimdLevelProblem.
const CpuFeatures& UsableCpuFeatures();
// Empty, or what is wrong with the value of ASSAY_SIMD, for programs to say.
std::string SimdLevelProblem();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_CPU_FEATURES_H_
