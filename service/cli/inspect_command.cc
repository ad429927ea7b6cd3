#include "service/cli/inspect_command.h"

#include <unistd.h>

#include <cmath>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/jose/compact.h"
#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"
#include "service/cli/batch_run.h"
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "inspect";

constexpr char kExamples[] = R"(Examples:
  assay inspect < token.txt
  assay inspect "$TOKEN" | jq .unverified_payload
  head -1 tokens.txt | assay inspect

NOTHING IS VERIFIED: anybody can write what you see. To know whether a token is
genuine, use `assay verify`. A token given as an argument can be seen by other
users of the machine (ps) and stays in the shell's history; standard input does
not have these troubles. One JSON object per token is printed. Exit code 1 if a
token could not be decoded.)";

constexpr char kWarning[] =
    "NOT VERIFIED: nobody has checked these tokens, anybody can write what "
    "they say; use `assay verify` to know";

enum InspectOutcome : size_t { kDecoded = 1, kNotDecoded = 2 };

// Appends "NAME":{...}, or "NAME_base64url":"..." where the bytes are not one
// JSON object that could be shown as it is. Returns whether it could.
bool AppendObject(absl::string_view name, absl::string_view encoded,
                  json::Reader& reader, json::Object* object,
                  std::string* decoded, json::Writer& writer) {
  if (Base64UrlDecode(encoded, decoded) &&
      reader.ParseObject(*decoded, object) == json::Error::kNone) {
    std::string line;
    AppendOneLineJson(*decoded, &line);
    writer.Key(name);
    writer.Raw(line);
    return true;
  }
  writer.Member(absl::StrCat(name, "_base64url"), encoded);
  return false;
}

// exp, nbf and iat for people.
void AppendTimes(const json::Object& claims, json::Writer& writer) {
  writer.Key("unverified_times");
  writer.BeginObject();
  for (const char* name : {"iat", "nbf", "exp"}) {
    double seconds = 0;
    // Beyond the year 9999 there is no RFC 3339 (and NaN is not JSON).
    if (claims[name].get(seconds) == simdjson::SUCCESS &&
        std::fabs(seconds) <= 253402300799.0) {
      const absl::Time time =
          absl::UnixEpoch() + absl::Seconds(std::floor(seconds));
      writer.Member(name, absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time,
                                           absl::UTCTimeZone()));
    }
  }
  writer.EndObject();
}

class Inspector : public BatchWorker {
 public:
  Inspector()
      : header_reader_(kMaxHeaderJsonDepth), reader_(limits_.max_json_depth) {}

  int num_batches() const override { return 1; }

  absl::Status Run(BatchPipeline& pipeline) override {
    while (std::unique_ptr<Batch> batch = pipeline.TakeRead()) {
      for (size_t i = 0; i < batch->lines.size(); ++i) {
        ++batch->tally[Inspect(*batch, i)];
      }
      pipeline.PutAnswered(std::move(batch));
    }
    return absl::OkStatus();
  }

 private:
  InspectOutcome Inspect(Batch& batch, size_t i) {
    json::Writer writer(&batch.output);
    writer.BeginObject();
    writer.Key("index");
    writer.Uint(batch.first_index + i);
    writer.Key("verified");
    writer.Bool(false);
    writer.Member("warning", "NOT VERIFIED: anybody can write this");
    jose::UnverifiedCompact parts;
    const Reason reason = batch.too_long[i]
                              ? Reason::kTokenTooLarge
                              : SplitCompact(batch.lines[i], limits_, &parts);
    const bool decoded = reason == Reason::kValid && AppendParts(parts, writer);
    if (reason != Reason::kValid) {
      writer.Member("problem", ReasonText(reason));
    }
    writer.EndObject();
    batch.output.push_back('\n');
    return decoded ? kDecoded : kNotDecoded;
  }

  bool AppendParts(const jose::UnverifiedCompact& parts, json::Writer& writer) {
    json::Object object;
    const bool header =
        AppendObject("unverified_header", parts.header, header_reader_, &object,
                     &decoded_, writer);
    const bool payload = AppendObject("unverified_payload", parts.payload,
                                      reader_, &object, &decoded_, writer);
    if (payload) AppendTimes(object, writer);
    const bool signature = Base64UrlDecode(parts.signature, &decoded_);
    if (signature) {
      writer.Key("signature_bytes");
      writer.Uint(decoded_.size());
    }
    if (!header) writer.Member("problem", ReasonText(Reason::kHeaderNotJson));
    // A payload that is not JSON is a good JWS all the same.
    return header && signature;
  }

  const Limits limits_;
  json::Reader header_reader_;
  json::Reader reader_;
  std::string decoded_;
};

// One token from the command line.
int InspectArgument(const std::string& token) {
  BatchPipeline pipeline(1);
  std::unique_ptr<Batch> batch = pipeline.TakeEmpty();
  batch->lines.push_back(token);
  batch->too_long.push_back(false);
  pipeline.PutRead(std::move(batch));
  pipeline.EndOfInput();
  Inspector inspector;
  inspector.Run(pipeline).IgnoreError();  // Never fails.
  pipeline.EndOfWork();
  batch = pipeline.TakeAnswered();
  const absl::Status status = WriteAll(STDOUT_FILENO, batch->output);
  if (!status.ok()) return Fail(kCommand, Annotate("standard output", status));
  return batch->tally[kNotDecoded] == 0 ? kExitOk : kExitSomeFailed;
}

int Run(const std::string& token) {
  Say(kCommand, kWarning);
  if (!token.empty() && token != "-") return InspectArgument(token);
  BatchRunOptions options;
  options.command = kCommand;
  options.max_line_bytes = Limits().max_token_bytes;
  Inspector inspector;
  const BatchRunReport report = RunBatches(options, inspector);
  return FinishRun(options, report, report.tally[kNotDecoded] == 0);
}

}  // namespace

Subcommand AddInspectCommand(CLI::App* root) {
  auto token = std::make_shared<std::string>();
  CLI::App* app =
      root->add_subcommand(kCommand, "Decode tokens WITHOUT verifying them");
  app->footer(kExamples);
  app->add_option("TOKEN", *token,
                  "The token itself (not a file); default: a token per line of "
                  "standard input");
  return {app, [token] { return Run(*token); }};
}

}  // namespace assay::cli
