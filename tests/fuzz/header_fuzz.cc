// Protected headers: the input is the header's JSON, so that the fuzzer spends
// its time behind the base64url.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/reason.h"
#include "core/jose/header.h"
#include "core/simd/base64url/base64url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view json(reinterpret_cast<const char*>(data), size);
  assay::jose::HeaderParser parser;
  assay::jose::ProtectedHeader header;
  const assay::Reason reason =
      parser.Parse(assay::Base64UrlEncode(json), &header);
  // A header is good exactly if it names an algorithm that we have.
  if (reason == assay::Reason::kValid &&
      header.alg == assay::jose::Algorithm::kUnspecified) {
    std::abort();
  }
  return 0;
}
