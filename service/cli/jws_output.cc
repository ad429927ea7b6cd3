#include "service/cli/jws_output.h"

#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::cli {
namespace {

// The members that a token and a signature share.
void WriteVerdict(const JudgedToken& judged, json::Writer* writer) {
  writer->Member("verdict", VerdictName(judged.verdict));
  if (judged.verdict != Verdict::kValid) {
    writer->Member("reason", judged.reason);
    return;
  }
  writer->Member("alg", jose::AlgorithmName(judged.alg));
  if (judged.kid.has_value()) writer->Member("kid", *judged.kid);
}

void WriteSignatures(const std::vector<JudgedToken>& signatures,
                     json::Writer* writer) {
  writer->Key("signatures");
  writer->BeginArray();
  for (const JudgedToken& signature : signatures) {
    writer->BeginObject();
    WriteVerdict(signature, writer);
    writer->EndObject();
  }
  writer->EndArray();
}

}  // namespace

void AppendJwsVerdict(const JwsOutputOptions& options, uint64_t index,
                      const JudgedJws& jws, std::string* out) {
  if (options.output != OutputForm::kNdjson) {
    AppendVerdict(options.output, jose::Form::kJws, index, jws.token, out);
    return;
  }
  json::Writer writer(out);
  writer.BeginObject();
  writer.Key("index");
  writer.Uint(index);
  WriteVerdict(jws.token, &writer);
  if (options.has_payload && jws.token.verdict == Verdict::kValid) {
    writer.Member("payload", Base64UrlEncode(jws.token.payload));
  }
  if (options.has_signatures) WriteSignatures(jws.signatures, &writer);
  writer.EndObject();
  out->push_back('\n');
}

}  // namespace assay::cli
