// MarkQuotes (see plain_text.h) by one instruction set.
//
// Kernels read `len` bytes and no more, and write NumQuoteWords(len) words and
// no more; plain_text.cc chooses one.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_PLAIN_TEXT_PLAIN_TEXT_KERNEL_H_
#define ASSAY_CORE_SIMD_PLAIN_TEXT_PLAIN_TEXT_KERNEL_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd {

struct PlainTextKernel {
  const char* name;  // For people: "portable", "avx2", "avx512".
  bool (*mark_quotes)(const char* text, size_t len, uint64_t* quotes);
};

// Never null.
const PlainTextKernel* PlainTextPortableKernel();
// Null where UsableCpuFeatures() lacks the instructions.
const PlainTextKernel* PlainTextAvx2Kernel();
const PlainTextKernel* PlainTextAvx512Kernel();

// The quickest that is usable, chosen at the first call: the one that
// MarkQuotes calls.
const PlainTextKernel& ChosenPlainTextKernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_PLAIN_TEXT_PLAIN_TEXT_KERNEL_H_
