#include "service/cli/nested_output.h"

#include "absl/strings/str_cat.h"
#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "core/jose/encryption_algorithm.h"
#include "core/json/writer.h"

namespace assay::cli {
namespace {

void WriteSigner(const engine::NestedLayer& layer, json::Writer* writer) {
  writer->Member("alg", jose::AlgorithmName(layer.alg));
  if (layer.kid.has_value()) writer->Member("kid", *layer.kid);
}

void WriteLayer(const engine::NestedLayer& layer, json::Writer* writer) {
  writer->BeginObject();
  if (!layer.encrypted) {
    WriteSigner(layer, writer);
  } else {
    writer->Member("alg", jose::AlgorithmName(layer.key_management));
    writer->Member("enc", jose::AlgorithmName(layer.enc));
    if (layer.kid.has_value()) writer->Member("kid", *layer.kid);
  }
  writer->EndObject();
}

void WriteValid(const engine::NestedResult& result, json::Writer* writer,
                std::string* out) {
  WriteSigner(result.path.back(), writer);
  writer->Key("path");
  writer->BeginArray();
  for (const engine::NestedLayer& layer : result.path) {
    WriteLayer(layer, writer);
  }
  writer->EndArray();
  writer->Key("claims");
  AppendOneLineJson(result.payload, out);
}

}  // namespace

void AppendNestedVerdict(OutputForm output, uint64_t index,
                         const engine::NestedResult& result, std::string* out) {
  const absl::string_view verdict = VerdictName(result.verdict());
  if (output == OutputForm::kVerdicts) absl::StrAppend(out, verdict, "\n");
  if (output != OutputForm::kNdjson) return;
  json::Writer writer(out);
  writer.BeginObject();
  writer.Key("index");
  writer.Uint(index);
  writer.Member("verdict", verdict);
  if (result.valid()) {
    WriteValid(result, &writer, out);
  } else {
    writer.Member("reason", ReasonText(result.reason));
  }
  writer.EndObject();
  out->push_back('\n');
}

}  // namespace assay::cli
