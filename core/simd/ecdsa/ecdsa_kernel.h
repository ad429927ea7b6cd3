// ECDSA verification (FIPS 186-4 6.4, JOSE's ES256, ES384 and ES512) of many
// signatures at once, under the same key or different ones.
//
// A kernel sees public data only and may take variable time. It is a table of
// functions, one per curve and instruction set; core/simd/kernels.h chooses.
// Numbers in bytes are big-endian and `coordinate_len` long (32, 48, 66).
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_ECDSA_ECDSA_KERNEL_H_
#define ASSAY_CORE_SIMD_ECDSA_ECDSA_KERNEL_H_

#include <cstddef>
#include <cstdint>

#include "core/simd/lane_verdict.h"

namespace assay::simd {

// One signature to check.
struct EcdsaJob {
  // The kernel's form of the public key, made by prepare_key.
  const void* key;
  // Made by build_table from the same key, with `window_bits`; or null, and
  // then window_bits is not read.
  const void* table;
  int window_bits;
  const uint8_t* r;       // coordinate_len bytes
  const uint8_t* s;       // coordinate_len bytes
  const uint8_t* digest;  // the curve's own hash: 32, 48 or 64 bytes
};

struct EcdsaKernel {
  const char* name;  // For people: "avx512ifma", "portable".
  size_t coordinate_len;
  // Signatures that share a vector. Fewer than `min_batch` jobs with tables
  // (without: `min_cold_batch`) are quicker one by one in BoringSSL; 0: the
  // kernel has no such path, and jobs of this kind are undecided.
  size_t num_lanes;
  size_t min_batch;
  size_t min_cold_batch;
  // The windows that build_table takes, smallest first, ended by 0.
  const int* window_sizes;

  // Bytes of a prepared key and of a table; both are aligned to 64 bytes.
  size_t key_bytes;
  size_t (*table_bytes)(int window_bits);

  // `x` and `y` are of a point that is known to be on the curve and is not the
  // point at infinity.
  void (*prepare_key)(const uint8_t* x, const uint8_t* y, void* key);
  // Writes all table_bytes(window_bits) bytes. Returns false if this key cannot
  // have a table (nobody's real key); then the bytes are unspecified.
  bool (*build_table)(const void* key, int window_bits, void* table);

  // Judges jobs[0..num). r and s outside [1, n-1] are rejected here.
  void (*verify)(const EcdsaJob* jobs, size_t num, LaneVerdict* verdicts);
};

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ECDSA_ECDSA_KERNEL_H_
