// Ed25519 verification (RFC 8032 5.1.7 as BoringSSL reads it: S < L, without
// cofactor, the encoded R' compared with R's bytes) of many signatures at once,
// under the same key or different ones.
//
// A kernel sees public data only and may take variable time. It is a table of
// functions, one per instruction set; core/simd/kernels.h chooses.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_ED25519_ED25519_KERNEL_H_
#define ASSAY_CORE_SIMD_ED25519_ED25519_KERNEL_H_

#include <cstddef>
#include <cstdint>

#include "core/simd/lane_verdict.h"

namespace assay::simd {

// One signature to check.
struct Ed25519Job {
  // The kernel's form of the public key, made by prepare_key.
  const void* key;
  // Made by build_table from the same key, with `window_bits`; or null, and
  // then window_bits is not read.
  const void* table;
  int window_bits;
  const uint8_t* signature;  // 64 bytes: R, S
  // SHA-512 of R, the encoded key and the message: 64 bytes, not yet reduced
  // modulo the group's order.
  const uint8_t* challenge;
};

struct Ed25519Kernel {
  const char* name;  // For people: "avx512ifma", "portable".
  // See EcdsaKernel, whose members of the same names mean the same.
  size_t num_lanes;
  size_t min_batch;
  size_t min_cold_batch;
  const int* window_sizes;
  size_t key_bytes;
  size_t (*table_bytes)(int window_bits);

  // Decodes a 32-byte public key as BoringSSL does: y may be above p, x = 0 may
  // bear the sign bit. False if it is no point of the curve.
  bool (*prepare_key)(const uint8_t* encoded, void* key);
  bool (*build_table)(const void* key, int window_bits, void* table);
  void (*verify)(const Ed25519Job* jobs, size_t num, LaneVerdict* verdicts);
};

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_ED25519_ED25519_KERNEL_H_
