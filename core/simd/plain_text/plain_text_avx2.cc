// Plain text with AVX2: 64 bytes at a time, in two vectors. What is left over
// at the end goes through a buffer, so nothing beyond the text is read.
#include <cstring>

#include "core/simd/cpu_features.h"
#include "core/simd/plain_text/plain_text_kernel.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

namespace assay::simd {
namespace {

#define ASSAY_INLINE inline __attribute__((always_inline))

constexpr size_t kVectorBytes = 32;
constexpr size_t kBlockBytes = 64;

// One bit for each byte that is a quotation mark; what is not plain leaves a
// trace in the high bits of `errors`.
ASSAY_INLINE uint64_t MarkVector(const char* from, __m256i* errors) {
  const __m256i bytes =
      _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  // As signed numbers, bytes beyond ASCII are less than a space, too.
  const __m256i below_space = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), bytes);
  const __m256i backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
  *errors = _mm256_or_si256(*errors, _mm256_or_si256(below_space, backslash));
  const __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
  return static_cast<uint32_t>(_mm256_movemask_epi8(quote));
}

ASSAY_INLINE uint64_t MarkBlock(const char* block, __m256i* errors) {
  const uint64_t low = MarkVector(block, errors);
  return low | MarkVector(block + kVectorBytes, errors) << kVectorBytes;
}

bool Mark(const char* text, size_t len, uint64_t* quotes) {
  __m256i errors = _mm256_setzero_si256();
  for (; len >= kBlockBytes; len -= kBlockBytes, text += kBlockBytes) {
    *quotes++ = MarkBlock(text, &errors);
  }
  if (len > 0) {
    char rest[kBlockBytes];
    std::memset(rest, ' ', sizeof(rest));
    std::memcpy(rest, text, len);
    *quotes = MarkBlock(rest, &errors);
  }
  return _mm256_movemask_epi8(errors) == 0;
}

constexpr PlainTextKernel kKernel = {"avx2", Mark};

#undef ASSAY_INLINE

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const PlainTextKernel* PlainTextAvx2Kernel() {
  return UsableCpuFeatures().avx2 ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const PlainTextKernel* PlainTextAvx2Kernel() { return nullptr; }

}  // namespace assay::simd

#endif
