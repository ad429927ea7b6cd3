#include "core/simd/base64url/base64url.h"

#include "core/simd/base64url/base64url_kernel.h"

namespace assay {
namespace simd {
namespace {

const Base64UrlKernel& Choose() {
  for (const Base64UrlKernel* const kernel :
       {Base64UrlAvx512Kernel(), Base64UrlAvx2Kernel()}) {
    if (kernel != nullptr) return *kernel;
  }
  return *Base64UrlPortableKernel();
}

}  // namespace

const Base64UrlKernel& ChosenBase64UrlKernel() {
  static const Base64UrlKernel& kernel = Choose();
  return kernel;
}

}  // namespace simd

bool Base64UrlDecode(absl::string_view text, uint8_t* out) {
  return simd::ChosenBase64UrlKernel().decode(text.data(), text.size(), out);
}

bool Base64UrlDecode(absl::string_view text, std::string* out) {
  out->resize(Base64UrlDecodedSize(text.size()));
  return Base64UrlDecode(text, reinterpret_cast<uint8_t*>(&(*out)[0]));
}

void Base64UrlEncode(absl::string_view bytes, char* out) {
  simd::ChosenBase64UrlKernel().encode(
      reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), out);
}

std::string Base64UrlEncode(absl::string_view bytes) {
  std::string out;
  Base64UrlAppend(bytes, &out);
  return out;
}

void Base64UrlAppend(absl::string_view bytes, std::string* out) {
  const size_t old_size = out->size();
  out->resize(old_size + Base64UrlEncodedSize(bytes.size()));
  Base64UrlEncode(bytes, &(*out)[old_size]);
}

}  // namespace assay
