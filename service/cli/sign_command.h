// `assay sign`: a claims object per line in, a token per line out.
#ifndef ASSAY_SERVICE_CLI_SIGN_COMMAND_H_
#define ASSAY_SERVICE_CLI_SIGN_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddSignCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_SIGN_COMMAND_H_
