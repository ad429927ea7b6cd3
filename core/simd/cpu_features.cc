#include "core/simd/cpu_features.h"

#include <cstdint>
#include <cstdlib>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "absl/strings/str_cat.h"

namespace assay::simd {
namespace {

constexpr char kVariable[] = "ASSAY_SIMD";
constexpr SimdLevel kLevels[] = {SimdLevel::kPortable, SimdLevel::kAvx2,
                                 SimdLevel::kAvx512Ifma};

#if defined(__x86_64__)
// The registers that the operating system saves, by XGETBV. The instruction is
// spelled out because the intrinsic needs a compiler flag.
uint64_t SavedRegisters() {
  uint32_t low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

bool Has(uint32_t bits, int bit) { return (bits >> bit & 1) != 0; }

CpuFeatures Detect() {
  CpuFeatures features;
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return features;
  const bool ssse3_and_sse41 = Has(c, 9) && Has(c, 19);
  const bool can_ask_xcr0 = Has(c, 27);  // OSXSAVE
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return features;
  features.sha_ni = ssse3_and_sse41 && Has(b, 29);
  if (!can_ask_xcr0) return features;
  const uint64_t saved = SavedRegisters();
  // XMM and YMM; then opmask, upper halves of ZMM0-15, and ZMM16-31.
  const bool saves_ymm = (saved & 0x6) == 0x6;
  const bool saves_zmm = (saved & 0xe6) == 0xe6;
  features.avx2 = saves_ymm && Has(b, 5);
  const bool has_bmi2_and_adx = Has(b, 8) && Has(b, 19);
  features.avx512_ifma = saves_zmm && features.avx2 && has_bmi2_and_adx &&
                         Has(b, 16) && Has(b, 17) && Has(b, 21) && Has(b, 30) &&
                         Has(b, 31) && Has(c, 1);
  features.avx512_in_one = features.avx512_ifma &&
                           __get_cpuid(0x8000001a, &a, &b, &c, &d) && Has(a, 3);
  return features;
}
#else
CpuFeatures Detect() { return CpuFeatures(); }
#endif

absl::optional<SimdLevel> LevelFromEnvironment() {
  const char* const value = std::getenv(kVariable);
  if (value == nullptr || *value == '\0') return SimdLevel::kAvx512Ifma;
  return ParseSimdLevel(value);
}

}  // namespace

absl::string_view SimdLevelName(SimdLevel level) {
  switch (level) {
    case SimdLevel::kPortable:
      return "portable";
    case SimdLevel::kAvx2:
      return "avx2";
    case SimdLevel::kAvx512Ifma:
      return "avx512ifma";
  }
  return "";
}

absl::optional<SimdLevel> ParseSimdLevel(absl::string_view name) {
  for (SimdLevel level : kLevels) {
    if (name == SimdLevelName(level)) return level;
  }
  return absl::nullopt;
}

CpuFeatures DetectCpuFeatures() { return Detect(); }

CpuFeatures LimitTo(CpuFeatures features, SimdLevel level) {
  if (level < SimdLevel::kAvx512Ifma) {
    features.avx512_ifma = features.avx512_in_one = false;
  }
  if (level < SimdLevel::kAvx2) features.avx2 = features.sha_ni = false;
  return features;
}

const CpuFeatures& UsableCpuFeatures() {
  static const CpuFeatures features =
      LimitTo(Detect(), LevelFromEnvironment().value_or(SimdLevel::kPortable));
  return features;
}

std::string SimdLevelProblem() {
  if (LevelFromEnvironment().has_value()) return "";
  return absl::StrCat(kVariable, " is \"", std::getenv(kVariable),
                      "\"; it may be portable, avx2 or avx512ifma");
}

}  // namespace assay::simd
