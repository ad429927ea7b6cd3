// A first look at Assay: the real server, every algorithm, a hundred thousand
// tokens, some of them damaged, and what became of each.
//
//   ./bazelw run //:quickstart
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "service/process/program_path.h"
#include "service/process/server_process.h"
#include "service/quickstart/demo_server.h"
#include "service/quickstart/encryption_case.h"
#include "service/quickstart/progress_bar.h"
#include "service/quickstart/report.h"
#include "service/quickstart/sealed_tray.h"
#include "service/quickstart/specimen.h"
#include "service/quickstart/token_streams.h"

namespace assay::quickstart {
namespace {

constexpr int kExitCannotRun = 2;
constexpr size_t kDefaultTokens = 100'000;
constexpr size_t kMaxTokens = 10'000'000;
constexpr size_t kMaxOfEachEncryption = 1'000;
constexpr char kServer[] = "service/assayd";
constexpr absl::Duration kStopPatience = absl::Seconds(30);

constexpr char kAbout[] =
    "Starts assayd on a free loopback port with fresh keys for every "
    "algorithm,\nsigns tokens over gRPC, damages one in a hundred, verifies "
    "them all over a stream,\nand checks every verdict. Then it encrypts some "
    "texts, damages some, and decrypts\nthem all.";
constexpr char kFooter[] = R"(
Examples:
  ./bazelw run //:quickstart
  ./bazelw run //:quickstart -- --tokens 1000000

RSA, ES384 and ES512 sign slowly: they get 1.8 percent of the tokens each.

Exit codes: 0 every verdict and plaintext is the expected one, 1 one is not, 2
the quickstart could not run.)";

// Of each pair of algorithms of encryption, when `num_tokens` are signed.
size_t NumOfEachEncryption(size_t num_tokens) {
  return std::min(kMaxOfEachEncryption, num_tokens / 100 + 1);
}

// Measures what an action takes, on the wall and of the server.
class CostMeter {
 public:
  explicit CostMeter(const process::ServerProcess& server)
      : server_(server), wall_(absl::Now()), cpu_(server.CpuTime()) {}
  Cost Read() const { return {absl::Now() - wall_, server_.CpuTime() - cpu_}; }

 private:
  const process::ServerProcess& server_;
  const absl::Time wall_;
  const absl::Duration cpu_;
};

absl::Status SignAll(const process::ServerProcess& server,
                     const std::shared_ptr<grpc::Channel>& channel,
                     std::vector<Tray>* trays, std::vector<Cost>* costs,
                     ProgressBar* bar) {
  SigningStream stream(channel);
  for (Tray& tray : *trays) {
    bar->SetLabel(
        absl::StrCat("signing with ", jose::AlgorithmName(tray.algorithm)));
    const CostMeter meter(server);
    const absl::Status status =
        stream.Sign(&tray, [bar](size_t num) { bar->Advance(num); });
    if (!status.ok()) return status;
    costs->push_back(meter.Read());
  }
  return stream.Finish();
}

void DamageAll(std::vector<Tray>* trays) {
  for (Tray& tray : *trays) {
    for (Specimen& specimen : tray.specimens) {
      if (specimen.damage == Damage::kNone) continue;
      specimen.text =
          DamageToken(specimen.damage, tray.algorithm, specimen.text);
    }
  }
}

absl::Status VerifyAll(const process::ServerProcess& server,
                       const std::shared_ptr<grpc::Channel>& channel,
                       std::vector<Tray>* trays, std::vector<Cost>* costs,
                       ProgressBar* bar) {
  VerifyingStream stream(channel);
  for (Tray& tray : *trays) {
    bar->SetLabel(
        absl::StrCat("verifying ", jose::AlgorithmName(tray.algorithm)));
    const CostMeter meter(server);
    const absl::Status status =
        stream.Verify(&tray, [bar](size_t num) { bar->Advance(num); });
    if (!status.ok()) return status;
    costs->push_back(meter.Read());
  }
  return stream.Finish();
}

// Encrypted tokens: made, some of them damaged, and decrypted.
absl::Status SealAll(const process::ServerProcess& server,
                     const std::shared_ptr<grpc::Channel>& channel,
                     size_t num_each, Report* report, ProgressBar* bar) {
  for (const EncryptionCase& encryption : AllEncryptionCases()) {
    SealedTray tray = MakeSealedTray(encryption, num_each);
    SealedRow row;
    row.name = NameOf(encryption);
    bar->SetLabel(absl::StrCat("encrypting with ", row.name));
    const CostMeter encrypting(server);
    absl::Status status = EncryptTray(channel, &tray);
    row.encrypt = encrypting.Read();
    if (!status.ok()) return status;
    DamageSome(&tray);
    const CostMeter decrypting(server);
    status = DecryptTray(channel, &tray);
    row.decrypt = decrypting.Read();
    if (!status.ok()) return status;
    row.num_tokens = tray.tokens.size();
    row.num_damaged = tray.num_damaged;
    row.num_wrong = tray.num_wrong;
    report->sealed_rows.push_back(row);
    bar->Advance(num_each);
  }
  return absl::OkStatus();
}

absl::Status StopServer(process::ServerProcess* server) {
  const auto exit = server->Stop(kStopPatience);
  if (!exit.ok()) return exit.status();
  if (exit->code == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("assayd exited with ", exit->code,
                                          ":\n", server->LogTail()));
}

absl::StatusOr<Report> Run(const char* argv0, size_t num_tokens,
                           ProgressBar* bar) {
  const auto program = process::FindProgram(argv0, kServer);
  if (!program.ok()) return program.status();
  auto server = StartDemoServer(
      *program, [bar](absl::string_view what) { bar->SetLabel(what); });
  if (!server.ok()) return server.status();
  const auto channel = grpc::CreateChannel((*server)->addresses()[0],
                                           grpc::InsecureChannelCredentials());

  std::vector<Tray> trays =
      MakeTrays(num_tokens, absl::ToUnixSeconds(absl::Now()));
  std::vector<Cost> sign_costs, verify_costs;
  absl::Status status = SignAll(**server, channel, &trays, &sign_costs, bar);
  if (!status.ok()) return status;
  DamageAll(&trays);
  status = VerifyAll(**server, channel, &trays, &verify_costs, bar);
  if (!status.ok()) return status;
  Report report;
  status =
      SealAll(**server, channel, NumOfEachEncryption(num_tokens), &report, bar);
  if (!status.ok()) return status;
  status = StopServer(server->get());
  if (!status.ok()) return status;
  for (size_t i = 0; i < trays.size(); ++i) {
    report.Add(trays[i], sign_costs[i], verify_costs[i]);
  }
  return report;
}

int Main(int argc, char** argv) {
  CLI::App app(kAbout, "quickstart");
  app.footer(kFooter);
  size_t num_tokens = kDefaultTokens;
  app.add_option("--tokens", num_tokens, "How many tokens in all")
      ->check(CLI::Range(size_t{1}, kMaxTokens))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitCannotRun;
  }

  absl::StatusOr<Report> report = absl::UnknownError("");
  const absl::Time start = absl::Now();
  {
    ProgressBar bar(isatty(STDERR_FILENO) != 0,
                    2 * num_tokens + NumOfEachEncryption(num_tokens) *
                                         AllEncryptionCases().size());
    report = Run(argv[0], num_tokens, &bar);
  }
  if (!report.ok()) {
    std::fprintf(stderr, "quickstart: %s\n",
                 std::string(report.status().message()).c_str());
    return kExitCannotRun;
  }
  std::printf("%s", ReportText(*report, absl::Now() - start).c_str());
  return ExitCodeOf(*report);
}

}  // namespace
}  // namespace assay::quickstart

int main(int argc, char** argv) { return assay::quickstart::Main(argc, argv); }
