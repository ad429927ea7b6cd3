// Plain text with AVX-512: 64 bytes at a time. What is left over at the end is
// loaded under a mask, so nothing beyond the text is read.
#include "core/simd/cpu_features.h"
#include "core/simd/plain_text/plain_text_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,bmi2"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,bmi2")
#endif

namespace assay::simd {
namespace {

#define ASSAY_INLINE inline __attribute__((always_inline))

constexpr size_t kBlockBytes = 64;

// One bit for each byte that is a quotation mark; those that are not plain set
// theirs in `errors`.
ASSAY_INLINE uint64_t MarkVector(__m512i bytes, uint64_t* errors) {
  // As signed numbers, bytes beyond ASCII are less than a space, too.
  *errors |= _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(' ')) |
             _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
}

bool Mark(const char* text, size_t len, uint64_t* quotes) {
  uint64_t errors = 0;
  for (; len >= kBlockBytes; len -= kBlockBytes, text += kBlockBytes) {
    *quotes++ = MarkVector(_mm512_loadu_si512(text), &errors);
  }
  if (len > 0) {
    const uint64_t there = _bzhi_u64(~uint64_t{0}, static_cast<uint32_t>(len));
    *quotes = MarkVector(
        _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), there, text), &errors);
  }
  return errors == 0;
}

constexpr PlainTextKernel kKernel = {"avx512", Mark};

#undef ASSAY_INLINE

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const PlainTextKernel* PlainTextAvx512Kernel() {
  return UsableCpuFeatures().avx512_ifma ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const PlainTextKernel* PlainTextAvx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
