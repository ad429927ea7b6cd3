// assay: keys, tokens and verdicts on the command line. This file only tells
// the subcommands apart; each has a file of its own.

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/crypto/random.h"
#include "service/allocator_tuning.h"
#include "service/cli/decrypt_command.h"
#include "service/cli/encrypt_command.h"
#include "service/cli/exit_code.h"
#include "service/cli/inspect_command.h"
#include "service/cli/jwks_command.h"
#include "service/cli/keygen_command.h"
#include "service/cli/sign_command.h"
#include "service/cli/verify_command.h"
#include "service/process_hardening.h"
#include "service/standard_streams.h"

namespace assay::cli {
namespace {

constexpr char kExamples[] = R"(Examples:
  assay keygen --alg ES256 --out signing.jwk
  assay jwks public signing.jwk > public.jwks
  echo '{"sub":"joe"}' | assay sign --keys signing.jwk --expires-in 1h > tokens
  assay verify --keys public.jwks tokens
  assay keygen --alg ECDH-ES --out private.jwk
  assay jwks public private.jwk > recipient.jwks
  echo secret | assay encrypt --keys recipient.jwks > encrypted
  assay decrypt --keys private.jwk encrypted

Each subcommand has --help with more examples. Exit code 0: all is well, 1: some
token or line is not, 2: usage, configuration or I/O, 130: interrupted.)";

// What was typed, up to the subcommand that understood most of it.
std::string NameOf(const CLI::App& app) {
  for (const CLI::App* sub : app.get_subcommands()) {
    return absl::StrCat(app.get_name(), " ", NameOf(*sub));
  }
  return app.get_name();
}

int ReportUsageError(const CLI::App& app, const CLI::ParseError& error) {
  const std::string name = NameOf(app);
  std::cerr << name << ": " << error.what() << "\nRun `" << name
            << " --help` for usage and examples.\n";
  return kExitError;
}

int Main(int argc, char** argv) {
  service::HoldStandardStreams();
  CLI::App app(
      "Signs, verifies, encrypts and decrypts JSON Web Tokens in bulk.",
      "assay");
  app.set_version_flag(
      "--version",
      absl::StrCat("assay; cryptography by ", crypto::CryptoLibraryName()),
      "Say which cryptographic library is inside");
  app.footer(kExamples);
  const std::vector<Subcommand> subcommands = {
      AddKeygenCommand(&app),  AddJwksCommand(&app),   AddInspectCommand(&app),
      AddSignCommand(&app),    AddVerifyCommand(&app), AddEncryptCommand(&app),
      AddDecryptCommand(&app),
  };
  try {  // CLI11 reports by exceptions, --help included.
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return ReportUsageError(app, error);
  }
  for (const Subcommand& subcommand : subcommands) {
    if (subcommand.app->parsed()) return subcommand.run();
  }
  std::cerr << "assay: nothing to do without a subcommand\n" << app.help();
  return kExitError;
}

}  // namespace
}  // namespace assay::cli

int main(int argc, char** argv) {
  assay::service::HardenProcess();
  assay::service::TuneAllocator();
  return assay::cli::Main(argc, argv);
}
