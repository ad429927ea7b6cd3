// Strict base64url: what decodes must encode back to the very same text, so
// that no two texts stand for the same bytes; and every kernel must do as the
// portable one does.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/simd/base64url/base64url.h"
#include "core/simd/base64url/base64url_kernel.h"

namespace {

using assay::simd::Base64UrlKernel;

void CompareKernels(absl::string_view text) {
  const Base64UrlKernel* const portable =
      assay::simd::Base64UrlPortableKernel();
  for (const Base64UrlKernel* const kernel :
       {assay::simd::Base64UrlAvx2Kernel(),
        assay::simd::Base64UrlAvx512Kernel()}) {
    if (kernel == nullptr) continue;
    std::string bytes[2], encoded[2];
    bool is_good[2];
    int i = 0;
    for (const Base64UrlKernel* const each : {portable, kernel}) {
      bytes[i].resize(assay::Base64UrlDecodedSize(text.size()));
      is_good[i] = each->decode(text.data(), text.size(),
                                reinterpret_cast<uint8_t*>(&bytes[i][0]));
      encoded[i].resize(assay::Base64UrlEncodedSize(text.size()));
      each->encode(reinterpret_cast<const uint8_t*>(text.data()), text.size(),
                   &encoded[i][0]);
      ++i;
    }
    if (is_good[0] != is_good[1] || encoded[0] != encoded[1]) std::abort();
    if (is_good[0] && bytes[0] != bytes[1]) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  CompareKernels(text);
  std::string bytes;
  if (assay::Base64UrlDecode(text, &bytes) &&
      assay::Base64UrlEncode(bytes) != text) {
    std::abort();
  }
  const std::string encoded = assay::Base64UrlEncode(text);
  std::string back;
  if (!assay::Base64UrlDecode(encoded, &back) || back != text) std::abort();
  return 0;
}
