// A flag that may be absent, which is not the same as empty.
#ifndef ASSAY_SERVICE_CLI_OPTIONAL_FLAG_H_
#define ASSAY_SERVICE_CLI_OPTIONAL_FLAG_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/types/optional.h"

namespace assay::cli {

inline CLI::Option* AddOptionalFlag(CLI::App* app, const std::string& name,
                                    absl::optional<std::string>* value,
                                    const std::string& help,
                                    const std::string& type_name) {
  return app
      ->add_option_function<std::string>(
          name, [value](const std::string& text) { *value = text; }, help)
      ->type_name(type_name);
}

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_OPTIONAL_FLAG_H_
