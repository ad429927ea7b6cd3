// SHA-2 (FIPS 180-4) of many messages at once.
//
// Kernels are tables of functions, one per instruction set; core/simd/kernels.h
// chooses. A kernel's time depends on the messages' lengths alone. It keeps no
// copy of a state or a message beyond its return (registers and stack that held
// states are wiped by it: an HMAC's states are secret).
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_SHA2_SHA2_KERNEL_H_
#define ASSAY_CORE_SIMD_SHA2_SHA2_KERNEL_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd {

// One message whose hash is to be finished.
template <typename Word>
struct Sha2Job {
  // The state to start from: the initial value of SHA-256, SHA-384 or SHA-512,
  // or the state after `prefix_len` bytes.
  const Word* state;  // 8 words
  // Bytes that `state` has absorbed: a multiple of the block length.
  uint64_t prefix_len;
  const uint8_t* message;
  size_t message_len;
  // The final state, 8 big-endian words: 32 or 64 bytes, of which SHA-384 uses
  // the first 48.
  uint8_t* digest;
};
using Sha256Job = Sha2Job<uint32_t>;
using Sha512Job = Sha2Job<uint64_t>;

struct Sha256Kernel {
  const char* name;  // For people: "shani", "avx512".
  size_t num_lanes;  // Messages worked on at once: give at least as many.
  void (*hash)(const Sha256Job* jobs, size_t num);
};

struct Sha512Kernel {
  const char* name;
  size_t num_lanes;
  void (*hash)(const Sha512Job* jobs, size_t num);
};

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA2_KERNEL_H_
