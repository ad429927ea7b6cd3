// The public RSA operation, s^65537 mod n (RFC 8017 5.2.2), of many signatures
// at once, under the same key or different ones of one size.
//
// A kernel sees public data only and may take variable time. It is a table of
// functions, one per modulus size and instruction set; core/simd/kernels.h
// chooses. Numbers in bytes are big-endian and `modulus_len` long.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_RSA_RSA_KERNEL_H_
#define ASSAY_CORE_SIMD_RSA_RSA_KERNEL_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd {

struct RsaJob {
  const void* key;           // Made by prepare_key.
  const uint8_t* signature;  // modulus_len bytes
  uint8_t* encoded_message;  // Where the result goes: modulus_len bytes
};

struct RsaKernel {
  const char* name;    // For people: "avx512ifma".
  size_t modulus_len;  // 256, 384 or 512; the modulus' top bit is set
  size_t num_lanes;
  size_t min_batch;  // Fewer jobs are quicker one by one in BoringSSL.
  size_t key_bytes;  // Of a prepared key, aligned to 64 bytes.

  // `modulus` is odd, with its top bit set.
  void (*prepare_key)(const uint8_t* modulus, void* key);
  // in_range[i] says whether the signature is below the modulus; if not, the
  // encoded message is unspecified, and the signature is bad.
  void (*power_65537)(const RsaJob* jobs, size_t num, bool* in_range);
};

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_RSA_RSA_KERNEL_H_
