// Protected headers of JWEs: the input is the header's JSON, so that the fuzzer
// spends its time behind the base64url.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/crypto/key_material.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwe_header.h"
#include "core/simd/base64url/base64url.h"

namespace {

using assay::DecryptReason;
using assay::jose::KeyManagementFamily;

// Whether a good header has what its alg needs, within the bounds.
bool IsComplete(const assay::jose::JweHeader& header,
                const assay::Limits& limits) {
  if (header.alg == assay::jose::KeyManagement::kUnspecified ||
      header.enc == assay::jose::ContentAlgorithm::kUnspecified) {
    return false;
  }
  switch (assay::jose::InfoOf(header.alg).family) {
    case KeyManagementFamily::kEcdhEs:
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return header.epk.has_value() &&
             !assay::crypto::HasPrivateNumbers(*header.epk);
    case KeyManagementFamily::kAesGcmWrap:
      return header.iv.size() == 12 && header.tag.size() == 16;
    case KeyManagementFamily::kPbes2:
      return header.p2s.size() >= assay::kMinPbes2SaltBytes &&
             header.p2c >= 1 && header.p2c <= limits.max_pbes2_iterations;
    default:
      return !header.epk.has_value() && header.p2c == 0;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view json(reinterpret_cast<const char*>(data), size);
  const assay::Limits limits;
  assay::jose::JweHeaderParser parser(limits);
  assay::jose::JweHeader header;
  const DecryptReason reason =
      parser.Parse(assay::Base64UrlEncode(json), &header);
  if (reason == DecryptReason::kUnspecified) std::abort();
  if (reason == DecryptReason::kValid && !IsComplete(header, limits)) {
    std::abort();
  }
  return 0;
}
