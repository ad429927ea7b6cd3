// Contents that somebody compressed: within the bounds or refused, and what
// was deflated here inflates to itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "core/base/decrypt_reason.h"
#include "core/jose/deflate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kMaxBytes = 50'000;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  assay::jose::InflateBudget budget(2 * kMaxBytes);
  std::string out;
  const assay::DecryptReason reason =
      assay::jose::Inflate(input, kMaxBytes, &budget, &out);
  if (reason == assay::DecryptReason::kUnspecified) std::abort();
  if (out.size() > kMaxBytes) std::abort();
  if (reason != assay::DecryptReason::kValid && !out.empty()) std::abort();
  if (input.size() > kMaxBytes) return 0;

  std::string deflated;
  if (!assay::jose::Deflate(input, &deflated)) std::abort();
  assay::jose::InflateBudget enough(kMaxBytes);
  if (assay::jose::Inflate(deflated, kMaxBytes, &enough, &out) !=
          assay::DecryptReason::kValid ||
      out != input) {
    std::abort();
  }
  return 0;
}
