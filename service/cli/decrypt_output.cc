#include "service/cli/decrypt_output.h"

#include "absl/strings/str_cat.h"
#include "core/base/decrypt_reason.h"
#include "core/jose/encryption_algorithm.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::cli {
namespace {

void AppendNdjson(uint64_t index, const engine::DecryptResult& result,
                  std::string* out) {
  absl::StrAppend(out, "{\"index\":", index, ",\"verdict\":\"",
                  VerdictName(VerdictOf(result.reason)), "\"");
  if (result.alg != jose::KeyManagement::kUnspecified) {
    absl::StrAppend(out, ",\"alg\":\"", jose::AlgorithmName(result.alg), "\"");
  }
  if (result.enc != jose::ContentAlgorithm::kUnspecified) {
    absl::StrAppend(out, ",\"enc\":\"", jose::AlgorithmName(result.enc), "\"");
  }
  if (result.kid.has_value()) {
    out->append(",\"kid\":");
    json::AppendQuoted(*result.kid, out);
  }
  if (result.aad.has_value()) {
    out->append(",\"aad\":\"");
    Base64UrlAppend(*result.aad, out);
    out->push_back('"');
  }
  if (result.reason == DecryptReason::kValid) {
    out->append(",\"plaintext\":\"");
    Base64UrlAppend(result.plaintext, out);
    out->push_back('"');
  } else {
    out->append(",\"reason\":");
    json::AppendQuoted(ReasonText(result.reason), out);
  }
  out->append("}\n");
}

}  // namespace

void AppendDecrypted(OutputForm output, uint64_t index,
                     const engine::DecryptResult& result, std::string* out) {
  if (output == OutputForm::kNdjson) {
    AppendNdjson(index, result, out);
  } else if (output == OutputForm::kVerdicts) {
    absl::StrAppend(out, VerdictName(VerdictOf(result.reason)), "\n");
  } else if (output == OutputForm::kText &&
             result.reason == DecryptReason::kValid) {
    absl::StrAppend(out, result.plaintext, "\n");
  }
}

}  // namespace assay::cli
