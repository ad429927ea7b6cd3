// `assay jwks public`: prints public halves as a JWK Set.
#ifndef ASSAY_SERVICE_CLI_JWKS_COMMAND_H_
#define ASSAY_SERVICE_CLI_JWKS_COMMAND_H_

#include "service/cli/subcommand.h"

namespace assay::cli {

Subcommand AddJwksCommand(CLI::App* root);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_JWKS_COMMAND_H_
