#include "service/cli/inspect_command.h"

#include <unistd.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/json/writer.h"
#include "service/cli/batch_run.h"
#include "service/cli/diagnostics.h"
#include "service/cli/exit_code.h"
#include "service/cli/token_inspector.h"

namespace assay::cli {
namespace {

constexpr char kCommand[] = "inspect";

constexpr char kExamples[] = R"(Examples:
  assay inspect < token.txt
  assay inspect "$TOKEN" | jq .unverified_payload
  head -1 tokens.txt | assay inspect

Tokens may be signed or encrypted, compact or JSON (one object per line); of an
encrypted one the headers and the lengths are shown. NOTHING IS VERIFIED: anybody
can write what you see. To know whether a token is genuine, use `assay verify`. A
token given as an argument can be seen by other users of the machine (ps) and
stays in the shell's history; standard input does not have these troubles. One
JSON object per token is printed. Exit code 1 if a token could not be decoded.)";

constexpr char kWarning[] =
    "NOT VERIFIED: nobody has checked these tokens, anybody can write what "
    "they say; use `assay verify` to know";

enum InspectOutcome : size_t { kDecoded = 1, kNotDecoded = 2 };

class Inspector : public BatchWorker {
 public:
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
    bool decoded = false;
    if (batch.too_long[i]) {
      writer.Member("problem", ReasonText(Reason::kTokenTooLarge));
    } else {
      decoded = inspector_.Inspect(batch.lines[i], writer);
    }
    writer.EndObject();
    batch.output.push_back('\n');
    return decoded ? kDecoded : kNotDecoded;
  }

  const Limits limits_ = Limits();
  TokenInspector inspector_{limits_};
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
  if (batch->tally[kNotDecoded] == 0) return kExitOk;
  if (access(token.c_str(), F_OK) == 0) {
    Say(kCommand, absl::StrCat("an argument is a token; to decode the tokens ",
                               "in a file: assay inspect < ", token));
  }
  return kExitSomeFailed;
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
