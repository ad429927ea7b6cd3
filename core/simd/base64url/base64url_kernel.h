// Strict base64url (see base64url.h for what is strict) by one instruction set.
//
// Kernels are pairs of functions; base64url.cc chooses one. They read `len`
// characters or bytes and no more, write what the result has room for and no
// more, and allocate nothing.
//
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_SIMD_BASE64URL_BASE64URL_KERNEL_H_
#define ASSAY_CORE_SIMD_BASE64URL_BASE64URL_KERNEL_H_

#include <cstddef>
#include <cstdint>

namespace assay::simd {

struct Base64UrlKernel {
  const char* name;  // For people: "portable", "avx2", "avx512".
  // Writes Base64UrlDecodedSize(len) bytes. Returns false, with `out`
  // unspecified, if the text is not strict.
  bool (*decode)(const char* text, size_t len, uint8_t* out);
  // Writes Base64UrlEncodedSize(len) characters.
  void (*encode)(const uint8_t* bytes, size_t len, char* text);
};

// Never null.
const Base64UrlKernel* Base64UrlPortableKernel();
// Null where UsableCpuFeatures() lacks the instructions.
const Base64UrlKernel* Base64UrlAvx2Kernel();
const Base64UrlKernel* Base64UrlAvx512Kernel();

// The quickest that is usable, chosen at the first call: the one that the
// functions of base64url.h call.
const Base64UrlKernel& ChosenBase64UrlKernel();

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_BASE64URL_BASE64URL_KERNEL_H_
