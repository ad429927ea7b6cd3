#ifndef ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_
#define ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_

#include <cstddef>
#include <cstdint>

#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

// SHA-256 of two messages at once with the SHA extensions, or null where
// UsableCpuFeatures() lacks them (or AVX2). From two messages on it is quicker
// than one after the other; one alone takes as long as with any good library.
const Sha256Kernel* Sha256ShaNiKernel();

// Absorbs blocks of 64 bytes, from blocks[i] on, into the states of one or two
// messages, for other kernels. Only where Sha256ShaNiKernel() is not null. What
// it leaves on the stack, less than 1 kB, is the caller's to wipe.
void Sha256ShaNiCompress(uint32_t (*states)[8], const uint8_t* const* blocks,
                         size_t num_messages, size_t num_blocks);

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA256_SHANI_H_
