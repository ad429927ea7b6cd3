// What a kernel says of one signature.
#ifndef ASSAY_CORE_SIMD_LANE_VERDICT_H_
#define ASSAY_CORE_SIMD_LANE_VERDICT_H_

#include <cstdint>

namespace assay::simd {

enum class LaneVerdict : uint8_t {
  kRejected = 0,
  kAccepted = 1,
  // The kernel does not handle this case (an exceptional addition, a length or
  // an exponent that it was not made for): BoringSSL must decide.
  kUndecided = 2,
};

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_LANE_VERDICT_H_
