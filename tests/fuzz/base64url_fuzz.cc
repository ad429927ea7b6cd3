// Strict base64url: what decodes must encode back to the very same text, so
// that no two texts stand for the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/base64url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
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
