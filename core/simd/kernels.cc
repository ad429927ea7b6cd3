#include "core/simd/kernels.h"

namespace assay::simd {
namespace {

Kernels Choose() {
  Kernels kernels;
  return kernels;
}

}  // namespace

const Kernels& BestKernels() {
  static const Kernels kernels = Choose();
  return kernels;
}

}  // namespace assay::simd
