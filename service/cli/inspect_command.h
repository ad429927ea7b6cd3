// `assay inspect`: decodes tokens and verifies nothing.
#ifndef ASSAY_SERVICE_CLI_INSPECT_COMMAND_H_
#define ASSAY_SERVICE_CLI_INSPECT_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddInspectCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_INSPECT_COMMAND_H_
