// `assay encrypt`.
#ifndef ASSAY_SERVICE_CLI_ENCRYPT_COMMAND_H_
#define ASSAY_SERVICE_CLI_ENCRYPT_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddEncryptCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_ENCRYPT_COMMAND_H_
