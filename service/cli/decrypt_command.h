// `assay decrypt`.
#ifndef ASSAY_SERVICE_CLI_DECRYPT_COMMAND_H_
#define ASSAY_SERVICE_CLI_DECRYPT_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddDecryptCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_DECRYPT_COMMAND_H_
