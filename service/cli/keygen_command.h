// `assay keygen`: prints a fresh private key as a JWK.
#ifndef ASSAY_SERVICE_CLI_KEYGEN_COMMAND_H_
#define ASSAY_SERVICE_CLI_KEYGEN_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddKeygenCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_KEYGEN_COMMAND_H_
