#include "service/cli/decrypt_output.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/jose/encryption_algorithm.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::cli {
namespace {

void AppendNdjson(uint64_t index, const DecryptedToken& token,
                  std::string* out) {
  absl::StrAppend(out, "{\"index\":", index, ",\"verdict\":\"",
                  VerdictName(token.verdict), "\"");
  if (token.alg != jose::KeyManagement::kUnspecified) {
    absl::StrAppend(out, ",\"alg\":\"", jose::AlgorithmName(token.alg), "\"");
  }
  if (token.enc != jose::ContentAlgorithm::kUnspecified) {
    absl::StrAppend(out, ",\"enc\":\"", jose::AlgorithmName(token.enc), "\"");
  }
  if (token.kid.has_value()) {
    out->append(",\"kid\":");
    json::AppendQuoted(*token.kid, out);
  }
  if (token.aad.has_value()) {
    out->append(",\"aad\":\"");
    Base64UrlAppend(*token.aad, out);
    out->push_back('"');
  }
  if (token.verdict == DecryptVerdict::kValid) {
    out->append(",\"plaintext\":\"");
    Base64UrlAppend(token.plaintext, out);
    out->push_back('"');
  } else {
    out->append(",\"reason\":");
    json::AppendQuoted(token.reason, out);
  }
  out->append("}\n");
}

void AppendText(const DecryptedToken& token, size_t i, Batch* batch) {
  if (token.verdict == DecryptVerdict::kValid) {
    absl::StrAppend(&batch->output, token.plaintext, "\n");
    return;
  }
  absl::StrAppend(&batch->errors, "assay decrypt: ", batch->source, ":",
                  batch->line_numbers[i], ": ", token.reason, "\n");
}

}  // namespace

DecryptedToken FromEngine(const engine::DecryptResult& result) {
  DecryptedToken token;
  token.verdict = VerdictOf(result.reason);
  token.alg = result.alg;
  token.enc = result.enc;
  if (result.kid.has_value()) token.kid = *result.kid;
  token.reason = ReasonText(result.reason);
  if (result.aad.has_value()) token.aad = *result.aad;
  token.plaintext = result.plaintext;
  return token;
}

DecryptedToken TooLargeJwe() {
  DecryptedToken token;
  token.verdict = VerdictOf(DecryptReason::kTokenTooLarge);
  token.reason = ReasonText(DecryptReason::kTokenTooLarge);
  return token;
}

void AppendDecrypted(OutputForm output, size_t i, const DecryptedToken& token,
                     Batch* batch) {
  ++batch->tally[static_cast<size_t>(token.verdict)];
  switch (output) {
    case OutputForm::kNdjson:
      AppendNdjson(batch->first_index + i, token, &batch->output);
      return;
    case OutputForm::kVerdicts:
      absl::StrAppend(&batch->output, VerdictName(token.verdict), "\n");
      return;
    case OutputForm::kText:
      AppendText(token, i, batch);
      return;
    case OutputForm::kSummary:
      return;
  }
}

}  // namespace assay::cli
