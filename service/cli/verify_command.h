// `assay verify`: a token per line in, a verdict per line out.
#ifndef ASSAY_SERVICE_CLI_VERIFY_COMMAND_H_
#define ASSAY_SERVICE_CLI_VERIFY_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddVerifyCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_VERIFY_COMMAND_H_
