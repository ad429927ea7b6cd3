#include "service/cli/verdict_output.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::cli {
namespace {

void AppendNdjson(jose::Form form, uint64_t index, const JudgedToken& token,
                  std::string* out) {
  absl::StrAppend(out, "{\"index\":", index, ",\"verdict\":\"",
                  VerdictName(token.verdict), "\"");
  if (token.alg != jose::Algorithm::kUnspecified) {
    absl::StrAppend(out, ",\"alg\":\"", jose::AlgorithmName(token.alg), "\"");
  }
  if (token.kid.has_value()) {
    out->append(",\"kid\":");
    json::AppendQuoted(*token.kid, out);
  }
  if (token.verdict != Verdict::kValid) {
    out->append(",\"reason\":");
    json::AppendQuoted(token.reason, out);
  } else if (form == jose::Form::kJwt) {
    out->append(",\"claims\":");
    AppendOneLineJson(token.payload, out);
  } else {
    out->append(",\"payload\":\"");
    Base64UrlAppend(token.payload, out);
    out->push_back('"');
  }
  out->append("}\n");
}

}  // namespace

JudgedToken TooLargeToken() {
  JudgedToken token;
  token.verdict = VerdictOf(Reason::kTokenTooLarge);
  token.reason = ReasonText(Reason::kTokenTooLarge);
  return token;
}

void AppendVerdict(OutputForm output, jose::Form form, uint64_t index,
                   const JudgedToken& token, std::string* out) {
  if (output == OutputForm::kNdjson) {
    AppendNdjson(form, index, token, out);
  } else if (output == OutputForm::kVerdicts) {
    absl::StrAppend(out, VerdictName(token.verdict), "\n");
  }
}

void AppendOneLineJson(absl::string_view json, std::string* out) {
  const size_t start = out->size();
  out->append(json.data(), json.size());
  // Within strings, JSON has line ends only as \n (RFC 8259 7): a raw one is
  // white space between tokens, and a space means the same.
  std::replace_if(
      out->begin() + start, out->end(),
      [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

}  // namespace assay::cli
