#include "core/simd/plain_text/plain_text.h"

#include "core/simd/plain_text/plain_text_kernel.h"

namespace assay {
namespace simd {
namespace {

const PlainTextKernel& Choose() {
  for (const PlainTextKernel* const kernel :
       {PlainTextAvx512Kernel(), PlainTextAvx2Kernel()}) {
    if (kernel != nullptr) return *kernel;
  }
  return *PlainTextPortableKernel();
}

}  // namespace

const PlainTextKernel& ChosenPlainTextKernel() {
  static const PlainTextKernel& kernel = Choose();
  return kernel;
}

}  // namespace simd

bool MarkQuotes(absl::string_view text, uint64_t* quotes) {
  return simd::ChosenPlainTextKernel().mark_quotes(text.data(), text.size(),
                                                   quotes);
}

}  // namespace assay
