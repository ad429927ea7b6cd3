// A subcommand of `assay`: its flags and help in CLI11, and what it does.
#ifndef ASSAY_SERVICE_CLI_SUBCOMMAND_H_
#define ASSAY_SERVICE_CLI_SUBCOMMAND_H_

#include <CLI/CLI.hpp>
#include <functional>

namespace assay::cli {

struct Subcommand {
  CLI::App* app;             // Parsed if it was asked for; owned by the root.
  std::function<int()> run;  // Returns the exit code.
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_SUBCOMMAND_H_
