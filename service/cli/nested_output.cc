#include "service/cli/nested_output.h"

#include "absl/strings/str_cat.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "core/jose/encryption_algorithm.h"
#include "core/json/writer.h"

namespace assay::cli {
namespace {

void WriteLayer(const engine::NestedLayer& layer, json::Writer* writer) {
  writer->BeginObject();
  if (!layer.encrypted) {
    writer->Member("alg", jose::AlgorithmName(layer.alg));
  } else {
    writer->Member("alg", jose::AlgorithmName(layer.key_management));
    writer->Member("enc", jose::AlgorithmName(layer.enc));
  }
  if (layer.kid.has_value()) writer->Member("kid", *layer.kid);
  writer->EndObject();
}

void WriteValid(const JudgedNested& judged, json::Writer* writer,
                std::string* out) {
  writer->Member("alg", jose::AlgorithmName(judged.token.alg));
  if (judged.token.kid.has_value()) writer->Member("kid", *judged.token.kid);
  writer->Key("path");
  writer->BeginArray();
  for (const engine::NestedLayer& layer : judged.path) {
    WriteLayer(layer, writer);
  }
  writer->EndArray();
  writer->Key("claims");
  AppendOneLineJson(judged.token.payload, out);
}

}  // namespace

void AppendNestedVerdict(OutputForm output, uint64_t index,
                         const JudgedNested& judged, std::string* out) {
  const absl::string_view verdict = VerdictName(judged.token.verdict);
  if (output == OutputForm::kVerdicts) absl::StrAppend(out, verdict, "\n");
  if (output != OutputForm::kNdjson) return;
  json::Writer writer(out);
  writer.BeginObject();
  writer.Key("index");
  writer.Uint(index);
  writer.Member("verdict", verdict);
  if (judged.token.verdict == Verdict::kValid) {
    WriteValid(judged, &writer, out);
  } else {
    writer.Member("reason", judged.token.reason);
  }
  writer.EndObject();
  out->push_back('\n');
}

}  // namespace assay::cli
